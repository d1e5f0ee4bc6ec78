import Foundation
import TestSupport
import XCTest

@testable import GitSource

/// A server with two addresses, the first of which never answers.
final class DeadAddressTests: XCTestCase {
    private static let rootKey = "BERTH_TEST_ADDRESS_ROOT"
    private static let stateKey = "BERTH_TEST_ADDRESS_STATE"

    /// Not a test but the process that runs in namespaces of its own.
    func testHelperWithADeadAddress() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let root = environment[Self.rootKey], let state = environment[Self.stateKey] else {
            return
        }
        let server = try await HTTPGitServer.start(root: root)
        defer { server.stop() }
        var timeouts = GitTimeouts()
        timeouts.connect = .seconds(1)
        let url = server.url.replacingOccurrences(of: "127.0.0.1", with: "two.test")
        let mirror = GitMirror(
            directory: "\(state)/git",
            remote: try GitRemote("\(url)/fleet/.git"),
            timeouts: timeouts
        )
        let start = ContinuousClock.now
        let commit = try await mirror.fetch().commit
        XCTAssertGreaterThan(.now - start, .seconds(1), "the dead address was not tried first")
        try Data(commit.hex.utf8).write(to: URL(fileURLWithPath: "\(state)/found"))
    }

    func testTheNextAddressIsTriedAfterTheConnectTimeout() async throws {
        try RealParts.requireRoot()
        for program in ["nft", "ip", "unshare", "mount"] { try RealParts.require(program: program) }
        let fixture = try Fixture()
        let commit = try fixture.repository.commit("first", ["a": "1"])
        let hosts = try fixture.state.write("hosts", "127.0.0.1 two.test\n127.0.0.2 two.test\n")
        // Connections to the first address are dropped; the second is the server's other name.
        let rules = try fixture.state.write(
            "rules",
            """
            table ip two {
                chain dead {
                    type filter hook output priority -150
                    ip daddr 127.0.0.1 tcp flags & (syn | ack) == syn drop
                }
                chain alive {
                    type nat hook output priority -100
                    ip daddr 127.0.0.2 dnat to 127.0.0.1
                }
            }

            """
        )
        let script =
            "ip link set lo up; nft -f '\(rules)'; mount --bind '\(hosts)' /etc/hosts; exec \"$@\""
        var environment = ProcessInfo.processInfo.environment
        environment[Self.rootKey] = fixture.repository.root
        environment[Self.stateKey] = fixture.state.path
        let helper = try ChildProcess(
            try RealParts.require(program: "unshare"),
            [
                "--net", "--mount", "sh", "-eu", "-c", script, "sh",
                try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
                "GitSourceTests.DeadAddressTests/testHelperWithADeadAddress",
            ],
            environment: environment
        )
        XCTAssertEqual(helper.waitUntilEnded(), 0)
        let found = try String(contentsOfFile: fixture.state.file("found"), encoding: .utf8)
        XCTAssertEqual(found, commit)
    }
}
