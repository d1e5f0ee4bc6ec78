import TestSupport
import XCTest

@testable import GitSource

/// Fetches over HTTP from git's own server program.
final class HTTPTests: XCTestCase {
    private var quick: GitTimeouts {
        var timeouts = GitTimeouts()
        timeouts.connect = .seconds(2)
        timeouts.idle = .seconds(1)
        timeouts.look = .seconds(60)
        timeouts.fetch = .seconds(60)
        return timeouts
    }

    func testLookAndFetchAndForcedPush() async throws {
        let fixture = try Fixture()
        let root = try fixture.repository.commit("first", ["manifests/web.yaml": "a"])
        let server = try await HTTPGitServer.start(root: fixture.repository.root)
        defer { server.stop() }
        let mirror = try fixture.mirror("\(server.url)/fleet/.git")

        let tip = try await mirror.tip()
        XCTAssertEqual(tip, GitTip(branch: "main", commit: try id(root)))
        XCTAssertEqual(server.requests.count, 1, "a look is one request: \(server.requests)")
        _ = try await mirror.fetch()
        let requests = server.requests.count
        let again = try await mirror.fetch()
        XCTAssertFalse(again.isMoved)
        XCTAssertEqual(server.requests.count, requests + 1, "nothing moved, nothing transferred")

        let old = try id(fixture.repository.commit("old", ["manifests/web.yaml": "b"]))
        let moved = try await mirror.fetch()
        XCTAssertEqual(moved.commit, old)
        try fixture.repository.git("reset", "--quiet", "--hard", root)
        let new = try id(fixture.repository.commit("new", ["manifests/web.yaml": "c"]))
        let forced = try await mirror.fetch()
        XCTAssertTrue(forced.isRewritten)
        XCTAssertEqual(forced.commit, new)
        let files = try await mirror.tree(new, folders: ["manifests"])
        XCTAssertEqual(files.map(\.bytes), [Array("c".utf8)])
    }

    func testTokens() async throws {
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["a": "1"]))
        let server = try await HTTPGitServer.start(
            root: fixture.repository.root,
            token: "s3cret-t0ken"
        )
        defer { server.stop() }
        let url = "\(server.url)/fleet/.git"
        let file = try fixture.state.write("token", "  s3cret-t0ken\n")
        let mirror = try fixture.mirror(url, credentials: .token(file: file))
        let fetched = try await mirror.fetch()
        XCTAssertEqual(fetched.commit, first)

        let anonymous = try fixture.mirror(url)
        let error = try await assertProblem(.authentication) { try await anonymous.tip() }
        XCTAssertTrue(error.description.contains("none is configured"), "\(error)")

        try fixture.state.write("token", "0ld-t0ken")
        let refused = try await assertProblem(.authentication) { try await mirror.fetch() }
        XCTAssertFalse(refused.description.contains("0ld-t0ken"), "\(refused)")
        let current = try await mirror.current("main")
        XCTAssertEqual(current, first)

        try fixture.state.write("token", "s3cret-t0ken")
        let tip = try await mirror.tip()
        XCTAssertEqual(tip.commit, first, "the file is read anew at each use")

        for text in [" \n", "two\nlines", String(repeating: "x", count: 20_000)] {
            try fixture.state.write("token", text)
            try await assertProblem(.credentialsFile(path: file)) { try await mirror.tip() }
        }
        try FileManager.default.removeItem(atPath: file)
        try await assertProblem(.credentialsFile(path: file)) { try await mirror.tip() }
    }

    func testDamagedMirrorIsMadeAnewWithTheToken() async throws {
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["a": "1"]))
        let server = try await HTTPGitServer.start(root: fixture.repository.root, token: "t")
        defer { server.stop() }
        let file = try fixture.state.write("token", "t")
        let url = "\(server.url)/fleet/.git"
        let mirror = try fixture.mirror(url, credentials: .token(file: file))
        _ = try await mirror.fetch()
        try FileManager.default.removeItem(atPath: "\(mirror.directory)/1.git/objects/pack")
        let fetched = try await mirror.fetch()
        XCTAssertNotNil(fetched.remadeBecause)
        XCTAssertEqual(fetched.previous, first, "references outlive the objects")
        XCTAssertFalse(fetched.isMoved)
    }

    func testPasswordInTheURLWorksAndIsNeverShown() async throws {
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["a": "1"]))
        let server = try await HTTPGitServer.start(
            root: fixture.repository.root,
            token: "pass word"
        )
        defer { server.stop() }
        let place = server.url.dropFirst("http://".count)
        let good = try fixture.mirror("http://ada:pass%20word@\(place)/fleet/.git")
        let tip = try await good.tip()
        XCTAssertEqual(tip.commit, first)

        let bad = try fixture.mirror("http://ada:wrong%20word@\(place)/fleet/.git")
        var errors = [try await assertProblem(.authentication) { try await bad.tip() }]
        server.become(.status(404))
        errors.append(try await assertProblem(.repositoryNotFound) { try await bad.fetch() })
        server.become(.status(503))
        errors.append(try await assertProblem(.unreachable) { try await bad.fetch() })
        server.stop()
        errors.append(try await assertProblem(.unreachable) { try await bad.fetch() })
        for error in errors {
            for text in ["\(error)", String(reflecting: error), error.detail, error.remote] {
                XCTAssertFalse(text.contains("wrong"), text)
            }
        }
        XCTAssertEqual(bad.remote.warnings().count, 2, "\(bad.remote.warnings())")
    }

    func testStatuses() async throws {
        let fixture = try Fixture()
        let server = try await HTTPGitServer.start(root: fixture.repository.root)
        defer { server.stop() }
        let mirror = try fixture.mirror("\(server.url)/fleet/.git")
        let table: [(Int, GitError.Problem)] = [
            (403, .authentication), (404, .repositoryNotFound), (500, .unreachable),
            (502, .unreachable),
        ]
        for (status, problem) in table {
            server.become(.status(status))
            let error = try await assertProblem(problem) { try await mirror.tip() }
            XCTAssertTrue(error.description.contains("\(status)"), "\(error)")
        }
    }

    func testRedirectToAnotherHostIsRefusedAndSeesNoToken() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "1"])
        let server = try await HTTPGitServer.start(root: fixture.repository.root, token: "t")
        let thief = try await HTTPGitServer.start(root: fixture.repository.root)
        defer {
            server.stop()
            thief.stop()
        }
        let file = try fixture.state.write("token", "t")
        let elsewhere = thief.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
        server.become(.redirect(elsewhere))
        let mirror = try fixture.mirror("\(server.url)/fleet/.git", credentials: .token(file: file))
        try await assertProblem(.unreachable) { try await mirror.tip() }
        XCTAssertEqual(thief.requests, [])
    }

    func testServersThatHang() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "1"])
        let silent = try LoopbackListener()
        let stuck = try await HTTPGitServer.start(root: fixture.repository.root)
        defer { stuck.stop() }
        stuck.become(.stuck)
        for url in [
            "http://127.0.0.1:\(silent.port)/fleet", "\(stuck.url)/fleet",
            "https://localhost:\(silent.port)/fleet",
        ] {
            let mirror = try fixture.mirror(url, timeouts: quick)
            let clock = ContinuousClock()
            let took = try await clock.measure {
                try await assertProblem(.timedOut) { try await mirror.tip() }
                try await assertProblem(.timedOut) { try await mirror.fetch() }
            }
            XCTAssertLessThan(took, .seconds(30), url)
        }
    }

    func testRemoteThatIsDown() async throws {
        let fixture = try Fixture()
        let port = try LoopbackListener().port
        let mirror = try fixture.mirror("http://127.0.0.1:\(port)/fleet", timeouts: quick)
        let error = try await assertProblem(.unreachable) { try await mirror.fetch() }
        XCTAssertTrue(error.description.contains("Connection refused"), "\(error)")
    }

    func testCancellationEndsAWait() async throws {
        let fixture = try Fixture()
        let silent = try LoopbackListener()
        let mirror = try fixture.mirror("http://127.0.0.1:\(silent.port)/fleet")
        let task = Task { try await mirror.tip() }
        task.cancel()
        let clock = ContinuousClock()
        let took = try await clock.measure {
            try await assertProblem(.cancelled) { try await task.value }
        }
        XCTAssertLessThan(took, .seconds(15))
    }

    func testRemoteMaySendOnlySoMuch() async throws {
        let fixture = try Fixture()
        let noise = (0..<20_000).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }
        try fixture.repository.commit("large", ["a": noise.joined()])
        let server = try await HTTPGitServer.start(root: fixture.repository.root)
        defer { server.stop() }
        var limits = GitLimits()
        limits.bytesPerFetch = 100_000
        let mirror = try fixture.mirror("\(server.url)/fleet/.git", limits: limits)
        let problem = GitError.Problem.tooLarge(
            what: "what the remote sends, in bytes,",
            limit: 100_000
        )
        try await assertProblem(problem) { try await mirror.fetch() }
        limits = GitLimits()
        limits.objectsPerFetch = 2
        let narrow = try fixture.mirror("\(server.url)/fleet/.git", limits: limits)
        let objects = GitError.Problem.tooLarge(
            what: "the number of objects in the fetch",
            limit: 2
        )
        try await assertProblem(objects) { try await narrow.fetch() }
    }
}
