import DockerEngine
import Foundation
import Platform
import TestSupport
import XCTest

/// Images, networks and volumes of a real dockerd.
final class RealObjectTests: RealDockerTestCase {
    func testImages() async throws {
        try await withDocker { docker, engine in
            try await docker.importBusybox(
                as: "app:2",
                changes: ["ENV A=b", "LABEL version=2", "EXPOSE 80/tcp", "CMD [\"true\"]"]
            )
            let image = try await engine.inspectImage("app:2")
            XCTAssertEqual(image.config.env?.contains("A=b"), true)
            XCTAssertEqual(image.config.labels, ["version": "2"])
            XCTAssertEqual(image.config.exposedPorts, ["80/tcp"])
            XCTAssertEqual(image.config.cmd, ["true"])

            let missing = await engineError {
                var body = self.shell("true")
                body.config.image = "none:1"
                _ = try await engine.createContainer(named: "x", body)
            }
            XCTAssertEqual(missing?.kind, .notFound)
            XCTAssertEqual(missing?.message, "No such image: none:1")
        }
    }

    func testPulls() async throws {
        try await withDocker { docker, engine in
            let refused = await engineError {
                _ = try await engine.pullImage("127.0.0.1:1/app", .tag("1"))
            }
            XCTAssertEqual(refused?.kind, .pullFailed)
            XCTAssertTrue(refused?.message.contains("refused") == true, "\(refused as Any)")

            let registry = try await PrivateRegistry.start(
                port: 5000,
                wrapper: ["nsenter", "--net=\(docker.namespace.path)"]
            )
            defer { registry.stop() }
            try await docker.push("app:1", as: "127.0.0.1:5000/app", tag: "1")
            try await docker.call("DELETE", "/images/127.0.0.1:5000/app:1")
            try await docker.call("DELETE", "/images/app:1")

            let steps = Collected<PullProgress>()
            let pulled = try await engine.pullImage("127.0.0.1:5000/app", .tag("1")) {
                steps.add($0)
            }
            // containerd's store reports sizes by the clock, so a fast download shows none.
            let isTimed = TestEngine.chosen.hasContainerdStore
            let end = isTimed ? "Download complete" : "Pull complete"
            XCTAssertTrue(steps.all.contains { $0.status == end && $0.layer != nil })
            XCTAssertTrue(isTimed || steps.all.contains { ($0.total ?? 0) > 0 })
            let digest = try XCTUnwrap(pulled.repoDigests.first?.split(separator: "@").last)
            let again = try await engine.pullImage("127.0.0.1:5000/app", .digest(String(digest)))
            XCTAssertEqual(again.id, pulled.id)

            let unknown = await engineError {
                _ = try await engine.pullImage("127.0.0.1:5000/app", .tag("9"))
            }
            XCTAssertEqual(unknown?.kind, .pullFailed)
            XCTAssertTrue(unknown?.message.contains("9") == true, "\(unknown as Any)")
        }
    }

    func testNetworks() async throws {
        try await withDocker { docker, engine in
            let body = NetworkCreateBody(
                name: "prod",
                options: ["com.docker.network.bridge.name": "br-prod"],
                ipam: NetworkIPAM(
                    config: [AddressPool(subnet: "172.30.0.0/24", ipRange: "172.30.0.128/25")]
                ),
                labels: ["berth.environment": "prod"]
            )
            try await engine.createNetwork(body)
            let taken = await engineError { try await engine.createNetwork(body) }
            XCTAssertEqual(taken?.kind, .conflict)
            _ = try await docker.run(Command("ip", ["link", "show", "br-prod"]))
            let listed = try await engine.listNetworks().first { $0.name == "prod" }
            XCTAssertEqual(listed?.labels, ["berth.environment": "prod"])
            XCTAssertEqual(listed?.options, ["com.docker.network.bridge.name": "br-prod"])
            XCTAssertEqual(listed?.ipam?.config?.map(\.ipRange), ["172.30.0.128/25"])
            XCTAssertEqual(listed?.isInternal, false)

            var place = EndpointSettings()
            place.aliases = ["web"]
            place.ipamConfig = EndpointIPAM(ipv4Address: "172.30.0.11")
            var shell = self.shell("busybox httpd -p 80 -h /www && while :; do sleep 0.1; done")
            shell.hostConfig.networkMode = "prod"
            shell.hostConfig.portBindings = [
                "80/tcp": [PortBinding(hostIp: "127.0.0.1", hostPort: "")]
            ]
            shell.config.exposedPorts = ["80/tcp"]
            shell.networks = ["prod": place]
            let id = try await engine.createContainer(named: "web-1", shell).id
            try await engine.startContainer(id)

            let container = try await engine.listContainers().first
            XCTAssertEqual(container?.networks["prod"]?.ipAddress, "172.30.0.11")
            XCTAssertEqual(container?.networks["prod"]?.networkID, listed?.id)
            let details = try await engine.inspectContainer(id)
            XCTAssertEqual(details.networks["prod"]?.ipamConfig?.ipv4Address, "172.30.0.11")
            XCTAssertEqual(details.networks["prod"]?.aliases?.contains("web"), true)
            XCTAssertEqual(container?.ports?.first?.ip, "127.0.0.1")
            let members = try await engine.inspectNetwork("prod").containers
            XCTAssertEqual(members?[id]?.ipv4Address, "172.30.0.11/24")

            try await engine.createNetwork(NetworkCreateBody(name: "second"))
            try await engine.connectNetwork("second", container: id)
            let twice = await engineError {
                try await engine.connectNetwork("second", container: id)
            }
            XCTAssertEqual(twice?.kind, .forbidden)
            let networks = try await engine.inspectContainer(id).networks
            XCTAssertEqual(Set(networks.keys), ["prod", "second"])
        }
    }

    func testVolumes() async throws {
        try await withDocker { _, engine in
            try await engine.createVolume(
                VolumeCreateBody(name: "data", labels: ["berth.environment": "prod"])
            )
            let listed = try await engine.listVolumes()
            XCTAssertEqual(listed.map(\.name), ["data"])
            XCTAssertEqual(listed.first?.driver, "local")
            XCTAssertEqual(listed.first?.labels, ["berth.environment": "prod"])
            XCTAssertNotNil(listed.first?.mountpoint)
            var body = self.shell("true")
            body.hostConfig.mounts = [MountSpec(type: "volume", source: "data", target: "/data")]
            _ = try await engine.createContainer(named: "user", body)
            let mounts = try await engine.listContainers().first?.mounts
            XCTAssertEqual(mounts?.first?.name, "data")
        }
    }
}
