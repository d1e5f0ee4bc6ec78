import DockerEngine
import Foundation
import HTTPWire
import Platform
import TestSupport
import XCTest

/// A real dockerd that comes and goes.
final class RealDaemonTests: RealDockerTestCase {
    func testTheDaemonComesAndGoes() async throws {
        var options = PrivateDocker.Options()
        options.keepsContainersRunning = true
        try await withDocker(options) { docker, engine in
            let id = try await engine.createContainer(named: "web", self.shell(self.untilTerm)).id
            try await engine.startContainer(id)
            let processID = try await self.processID(of: id, docker)
            for ending in [PrivateDocker.Ending.politely, .suddenly] {
                let events = try await engine.events()
                let listener = Task { () -> EngineError? in
                    do throws(EngineError) {
                        for try await _ in events {}
                        return nil
                    } catch {
                        return error
                    }
                }
                docker.end(ending)
                let end = await listener.value
                XCTAssertTrue(end == nil || end?.kind == .connectionLost, "\(end as Any)")
                let away = await engineError { _ = try await engine.listContainers() }
                XCTAssertEqual(away?.kind, .unreachable)
                try await docker.launch()
                let details = try await engine.inspectContainer(id)
                XCTAssertTrue(details.state.running)
                let now = try await self.processID(of: id, docker)
                XCTAssertEqual(now, processID, "it outlived the daemon")
            }
        }
    }

    func testNothingIsLeftBehind() async throws {
        let docker = try await PrivateDocker.start()
        try await docker.importBusybox(as: "app:1")
        let engine = try EngineClient(socketPath: docker.socketPath)
        var body = shell("while :; do sleep 1; done")
        body.hostConfig.restartPolicy = RestartPolicy(name: "always")
        for index in 0..<3 {
            let id = try await engine.createContainer(named: "c\(index)", body).id
            try await engine.startContainer(id)
        }
        let processID = try await self.processID(of: "c0", docker)
        docker.end(.suddenly)
        XCTAssertTrue(runs(processID), "it runs on without a daemon")
        docker.stop()
        // A killed process lets go of its mounts and namespaces before it ends.
        try await eventually("it is ended") { !runs(processID) }
        XCTAssertFalse(FileManager.default.fileExists(atPath: docker.folder))
        XCTAssertFalse(FileManager.default.fileExists(atPath: docker.namespace.path))
        let mounts = try PrivateDocker.mountTable(of: "/proc/self")
        XCTAssertFalse(mounts.contains(docker.folder))
        for group in ["", "memory/", "pids/"] {
            let path = "/sys/fs/cgroup/\(group)\(docker.namespaceName)"
            XCTAssertFalse(FileManager.default.fileExists(atPath: path), path)
        }
    }

    private func processID(of container: String, _ docker: PrivateDocker) async throws -> Int {
        let body = try await docker.call("GET", "/containers/\(container)/json").body
        let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        let state = object?["State"] as? [String: Any]
        return try XCTUnwrap(state?["Pid"] as? Int)
    }
}

/// Whether a process is there and not merely waited for (proc_pid_stat(5): state Z).
private func runs(_ processID: Int) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
    return status?.split(separator: ")").last?.hasPrefix(" Z") == false
}
