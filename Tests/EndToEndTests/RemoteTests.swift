import Foundation
import TestSupport
import XCTest

/// The repository behind http and ssh.
final class RemoteTests: EndToEndTestCase {
    func testRepositoryOverHTTP() async throws {
        try await withFleet { fleet in
            let server = try await HTTPGitServer.start(root: fleet.repository.root, token: "s3cret")
            defer { server.stop() }
            let files = try TemporaryDirectory("berth-token")
            let token = try files.write("token", "s3cret\n")
            try await check(
                fleet,
                url: "\(server.url)/fleet",
                more: ["--git-token-file", token, "--git-user", "robot"]
            )
        }
    }

    func testRepositoryOverSSH() async throws {
        try await withFleet { fleet in
            let server = try await SSHGitServer.start()
            defer { server.stop() }
            try await check(
                fleet,
                url: server.url(fleet.repository.path),
                more: ["--ssh-key", server.keyFile, "--known-hosts", server.knownHosts]
            )
        }
    }

    /// Plans from the remote; berth runs beside the git server, whose loopback is the test's own.
    private func check(_ fleet: Fleet, url: String, more: [String]) async throws {
        try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
        let commit = try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
        let options = fleet.options(repository: url) + more
        let plan = try await fleet.world.runOutside([fleet.world.berth, "plan"] + options)
        XCTAssertEqual(plan.code, 1, "\(plan)")
        XCTAssertTrue(plan.output.contains("prod at \(commit.prefix(7)): "), "\(plan)")
    }
}
