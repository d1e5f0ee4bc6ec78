import Foundation
import TestSupport
import XCTest

@testable import GitSource

/// The host's git configuration must not change which remote is read.
final class HostConfigurationTests: XCTestCase {
    private static let directoryKey = "BERTH_TEST_HOME_DIRECTORY"
    private static let remoteKey = "BERTH_TEST_HOME_REMOTE"

    /// Not a test but a process with another home: libgit2 looks for it once, at its start.
    func testHelperWithAnotherHome() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let directory = environment[Self.directoryKey], let url = environment[Self.remoteKey]
        else { return }
        _ = try await GitMirror(directory: directory, remote: try GitRemote(url)).fetch()
    }

    func testInsteadOfIsNotFollowed() async throws {
        let fixture = try Fixture()
        let commit = try id(fixture.repository.commit("first", ["a": "1"]))
        let server = try await HTTPGitServer.start(root: fixture.repository.root)
        defer { server.stop() }
        let home = try TemporaryDirectory("berth-home")
        let elsewhere = "[url \"http://127.0.0.1:1/\"]\n\tinsteadOf = \(server.url)/\n"
        try home.write(".gitconfig", elsewhere)
        try home.write("git/config", elsewhere)
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = home.path
        environment["XDG_CONFIG_HOME"] = home.path
        let mirror = try fixture.mirror("\(server.url)/fleet/.git")
        environment[Self.directoryKey] = mirror.directory
        environment[Self.remoteKey] = "\(server.url)/fleet/.git"
        let helper = try ChildProcess(
            "/proc/self/exe",
            ["GitSourceTests.HostConfigurationTests/testHelperWithAnotherHome"],
            environment: environment
        )
        XCTAssertEqual(helper.waitUntilEnded(), 0)
        let current = try await mirror.lastFetched()
        XCTAssertEqual(current?.commit, commit)
    }
}
