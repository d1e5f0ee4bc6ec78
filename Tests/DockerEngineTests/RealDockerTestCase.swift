import DockerEngine
import Foundation
import Platform
import TestSupport
import XCTest

/// Tests against a real dockerd, so that what the scripts of the other tests say is what Docker does.
class RealDockerTestCase: XCTestCase {
    override func setUpWithError() throws {
        try PrivateDocker.requireParts()
    }

    /// A daemon with an image, and a client of it, for as long as `body` runs.
    func withDocker(
        _ options: PrivateDocker.Options = PrivateDocker.Options(),
        _ body: (PrivateDocker, EngineClient) async throws -> Void
    ) async throws {
        let docker = try await PrivateDocker.start(options)
        defer { docker.stop() }
        try await docker.importBusybox(as: "app:1")
        try await body(docker, try EngineClient(socketPath: docker.socketPath))
    }

    /// A container's body that runs a shell script.
    func shell(_ script: String) -> ContainerCreateBody {
        var config = ContainerConfig()
        config.image = "app:1"
        config.entrypoint = ["/bin/sh", "-c", script]
        config.labels = ["berth.environment": "test"]
        config.stopTimeout = 1
        var host = HostConfig()
        host.networkMode = "none"
        return ContainerCreateBody(config: config, hostConfig: host)
    }

    let untilTerm = "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done"
}
