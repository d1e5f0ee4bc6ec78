import DockerEngine
import Foundation
import HTTPWire
import Platform
import TestSupport
import XCTest

/// The parts that were chosen for this run are those that run, whichever they are.
final class RealEngineTests: RealDockerTestCase {
    func testWhatWasChosenRuns() async throws {
        try await withDocker { docker, _ in
            let chosen = TestEngine.chosen
            let version = try await self.answer(docker, "/version", "Version")
            let store = try await self.answer(docker, "/info", "Driver")
            let nft = try await Command("nft", ["--version"]).run().text
            let iptables = try await Command("iptables", ["--version"]).run().text
            print("engine \(chosen.name): Docker \(version), \(store); \(nft)\(iptables)")

            for package in chosen.packages {
                let isRun = [version, nft, iptables].contains { $0.contains(package.version) }
                XCTAssertTrue(isRun, "\(package.name) \(package.version) is not run")
            }
            XCTAssertEqual(store == "overlayfs", chosen.hasContainerdStore, store)
            if let kind = chosen.iptables {
                XCTAssertEqual(iptables.contains("legacy"), kind == "legacy", iptables)
            }
            // dockerd's chains are where that iptables has its own.
            let chains = try await docker.run(Command("iptables", ["-t", "nat", "-S"])).text
            XCTAssertTrue(chains.contains("-N DOCKER"), chains)
        }
    }

    func testComposeRunsAProject() async throws {
        let compose = try TestEngine.chosen.compose()
        try await withDocker { docker, engine in
            let folder = try TemporaryDirectory("berth-compose")
            try folder.write(
                "compose.yaml",
                """
                services:
                  web: { image: "app:1", command: [sleep, 1d], init: true, networks: [front] }
                  api: { image: "app:1", command: [sleep, 1d], init: true, networks: [front] }
                networks: { front: }

                """
            )
            let environment = ["DOCKER_HOST": "unix://\(docker.socketPath)", "HOME": folder.path]
            let project = ["--project-directory", folder.path, "--project-name", "shop"]
            try await Command(
                compose,
                project + ["up", "--detach", "--pull", "never"],
                environment: environment.merging(["PATH": TestEngine.chosen.searchPath]) { $1 }
            ).run()
            let names = try await engine.listContainers().compactMap(\.name)
            XCTAssertEqual(names.sorted(), ["shop-api-1", "shop-web-1"])
            let docker = try RealParts.require(program: "docker")
            let words = ["exec", "shop-web-1", "ping", "-c", "1", "api"]
            let ping = try await Command(docker, words, environment: environment).run().text
            XCTAssertTrue(ping.contains("1 packets received"), ping)
        }
    }

    private func answer(_ docker: PrivateDocker, _ path: String, _ key: String) async throws
        -> String
    {
        let body = try await docker.call("GET", path).body
        let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        return try XCTUnwrap(object?[key] as? String)
    }
}
