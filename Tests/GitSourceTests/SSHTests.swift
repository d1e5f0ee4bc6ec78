import TestSupport
import XCTest

@testable import GitSource

/// Fetches from a real `sshd`.
final class SSHTests: XCTestCase {
    func testLookFetchAndForcedPush() async throws {
        let fixture = try Fixture()
        let root = try fixture.repository.commit("first", ["manifests/web.yaml": "a"])
        let server = try await SSHGitServer.start()
        defer { server.stop() }
        let key = GitCredentials.sshKey(file: server.keyFile, knownHosts: server.knownHosts)
        let mirror = try fixture.mirror(server.url(fixture.repository.path), credentials: key)

        let tip = try await mirror.tip()
        XCTAssertEqual(tip, GitTip(branch: "main", commit: try id(root)))
        let first = try await mirror.fetch()
        XCTAssertEqual(first.commit.hex, root)
        let again = try await mirror.fetch()
        XCTAssertEqual(again.previous, again.commit)

        let old = try id(fixture.repository.commit("old", ["manifests/web.yaml": "b"]))
        let moved = try await mirror.fetch()
        XCTAssertEqual(moved.commit, old)
        try fixture.repository.git("reset", "--quiet", "--hard", root)
        let new = try id(fixture.repository.commit("new", ["manifests/web.yaml": "c"]))
        let forced = try await mirror.fetch()
        XCTAssertTrue(forced.isRewritten)
        let files = try await mirror.tree(new, folders: ["manifests"])
        XCTAssertEqual(files.map(\.bytes), [Array("c".utf8)])
    }

    func testKeyTypesThatServersAskFor() async throws {
        for type in ["rsa", "ecdsa"] {
            let fixture = try Fixture()
            let first = try id(fixture.repository.commit("first", ["a": "1"]))
            let server = try await SSHGitServer.start(keyType: type)
            defer { server.stop() }
            let key = GitCredentials.sshKey(file: server.keyFile, knownHosts: server.knownHosts)
            let mirror = try fixture.mirror(server.url(fixture.repository.path), credentials: key)
            let tip = try await mirror.tip()
            XCTAssertEqual(tip.commit, first, type)
        }
    }

    func testHostKeysAreNeverTakenOnTrust() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "1"])
        let server = try await SSHGitServer.start()
        defer { server.stop() }
        let url = server.url(fixture.repository.path)
        let empty = try fixture.state.write("empty", "")
        let known = try String(contentsOfFile: server.knownHosts, encoding: .utf8)
        let revoked = try fixture.state.write("revoked", "@revoked \(known)")
        let table: [(String, GitError.KnownHosts)] = [
            (empty, .unknown),
            (try server.wrongKnownHosts(), .changed),
            (revoked, .revoked),
        ]
        for (hosts, finding) in table {
            let key = GitCredentials.sshKey(file: server.keyFile, knownHosts: hosts)
            let mirror = try fixture.mirror(url, credentials: key)
            let error = try await assertProblem(.hostKey(finding)) { try await mirror.fetch() }
            XCTAssertTrue(error.detail.contains("ssh-ed25519 SHA256:"), "\(error)")
        }
        let missing = fixture.state.file("missing")
        let key = GitCredentials.sshKey(file: server.keyFile, knownHosts: missing)
        let mirror = try fixture.mirror(url, credentials: key)
        try await assertProblem(.credentialsFile(path: missing)) { try await mirror.tip() }
        let after = (try? String(contentsOfFile: empty, encoding: .utf8)) ?? ""
        XCTAssertEqual(after, "", "nothing was learnt")
    }

    func testHashedKnownHosts() async throws {
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["a": "1"]))
        let server = try await SSHGitServer.start()
        defer { server.stop() }
        let known = try String(contentsOfFile: server.knownHosts, encoding: .utf8)
        let hashed = try fixture.state.write("known hosts %h", known)
        try SSHGitServer.hash(knownHosts: hashed)
        let text = try String(contentsOfFile: hashed, encoding: .utf8)
        XCTAssertTrue(text.hasPrefix("|1|"), text)
        let key = GitCredentials.sshKey(file: server.keyFile, knownHosts: hashed)
        let mirror = try fixture.mirror(server.url(fixture.repository.path), credentials: key)
        let tip = try await mirror.tip()
        XCTAssertEqual(tip.commit, first)
    }

    func testKeys() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "1"])
        let server = try await SSHGitServer.start()
        defer { server.stop() }
        let url = server.url(fixture.repository.path)
        let openKey = try fixture.state.write("open", "", mode: 0o600)
        try FileManager.default.removeItem(atPath: openKey)
        try FileManager.default.copyItem(atPath: server.keyFile, toPath: openKey)
        XCTAssertEqual(chmod(openKey, 0o644), 0)
        let missing = fixture.state.file("missing")
        let table: [(String, GitError.Problem)] = [
            (server.strangersKeyFile, .authentication),
            (openKey, .credentialsFile(path: openKey)),
            (missing, .credentialsFile(path: missing)),
        ]
        for (file, problem) in table {
            let key = GitCredentials.sshKey(file: file, knownHosts: server.knownHosts)
            let mirror = try fixture.mirror(url, credentials: key)
            try await assertProblem(problem) { try await mirror.tip() }
        }
        let open = GitCredentials.sshKey(file: openKey, knownHosts: server.knownHosts)
        XCTAssertEqual(open.warnings().count, 1)
    }

    func testWhatIsNotThere() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "1"])
        let server = try await SSHGitServer.start()
        let key = GitCredentials.sshKey(file: server.keyFile, knownHosts: server.knownHosts)
        let nowhere = try fixture.mirror(
            server.url(
                "/it's nowhere"
                    .replacingOccurrences(of: " ", with: "%20")
            ),
            credentials: key
        )
        let error = try await assertProblem(.repositoryNotFound) { try await nowhere.tip() }
        XCTAssertTrue(error.detail.contains("it's nowhere"), "the path is quoted: \(error)")
        let mirror = try fixture.mirror(server.url(fixture.repository.path), credentials: key)
        try await assertProblem(.branchNotFound("prod")) { try await mirror.fetch("prod") }
        server.stop()
        let down = try await assertProblem(.unreachable) { try await mirror.fetch() }
        XCTAssertTrue(down.detail.contains("Connection refused"), "\(down)")
    }

    /// This process's children, also those not waited for.
    private static func children() throws -> Set<String> {
        Set(
            try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
                let status = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8)
                // proc_pid_stat(5): state and parent come after the name in parentheses.
                let fields = status?.split(separator: ")").last?.split(separator: " ") ?? []
                return fields.count > 1 && Int32(fields[1]) == getpid()
            }
        )
    }

    func testServerThatHangsIsLeftAndLeavesNoProcess() async throws {
        let fixture = try Fixture()
        let silent = try LoopbackListener()
        let key = try fixture.state.write("key", "")
        let hosts = try fixture.state.write("known_hosts", "")
        var timeouts = GitTimeouts()
        timeouts.connect = .seconds(60)
        timeouts.idle = .seconds(1)
        let mirror = try fixture.mirror(
            "ssh://git@127.0.0.1:\(silent.port)/fleet",
            credentials: .sshKey(file: key, knownHosts: hosts),
            timeouts: timeouts
        )
        let before = try Self.children()
        let clock = ContinuousClock()
        let took = try await clock.measure {
            try await assertProblem(.timedOut) { try await mirror.tip() }
        }
        XCTAssertLessThan(took, .seconds(20))
        let left = try Self.children().subtracting(before)
        XCTAssertEqual(left, [], "a child is left")
    }
}
