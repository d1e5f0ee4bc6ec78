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
        XCTAssertEqual(again.previous, again.commit)
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
        XCTAssertEqual(tip.commit, first, "the file is read at each use")

        for text in [" \n", "two\nlines", String(repeating: "x", count: 20_000)] {
            try fixture.state.write("token", text)
            try await assertProblem(.credentialsFile(path: file)) { try await mirror.tip() }
        }
        try FileManager.default.removeItem(atPath: file)
        try await assertProblem(.credentialsFile(path: file)) { try await mirror.tip() }
    }

    func testDamagedMirrorIsRecreatedWithTheToken() async throws {
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
        XCTAssertNotNil(fetched.recreatedBecause)
        XCTAssertEqual(fetched.previous, first, "references outlive the objects")
        XCTAssertEqual(fetched.commit, first)
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

    func testCredentialsStayWithTheirOrigin() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "1"])
        let token = "secret-\(UInt64.random(in: 0 ... .max))"
        let file = try fixture.state.write("token", token)
        let server = try await HTTPGitServer.start(root: fixture.repository.root, token: token)
        let guarded = try await HTTPGitServer.start(root: fixture.repository.root, token: token)
        let open = try await HTTPGitServer.start(root: fixture.repository.root)
        defer { for server in [server, guarded, open] { server.stop() } }
        let named = guarded.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
        let tempting = guarded.url.replacingOccurrences(of: "://", with: "://user:\(token)@")
        let plain = "\(server.url)/fleet/.git"
        let withToken = plain.replacingOccurrences(of: "://", with: "://user:\(token)@")
        let encrypted = server.url.replacingOccurrences(of: "http:", with: "https:")
        typealias Mood = HTTPGitServer.Mood
        let rows: [(name: String, mood: Mood, url: String, hasFile: Bool, isFollowed: Bool)] = [
            ("another port", .redirectAfterLogin(guarded.url), plain, true, false),
            ("another port, from a URL", .redirectAfterLogin(guarded.url), withToken, false, false),
            ("another port, at once", .redirect(guarded.url), plain, true, false),
            ("another port, open to all", .redirectAfterLogin(open.url), plain, true, false),
            ("another host", .redirect(named), plain, true, false),
            ("another host, after login", .redirectAfterLogin(named), plain, true, false),
            ("credentials in the redirect", .redirectAfterLogin(tempting), plain, true, false),
            ("another scheme", .redirectAfterLogin(encrypted), plain, true, false),
            // These go on as before.
            ("no redirect", .well, plain, true, true),
            ("another path", .redirectPath(from: "/old", to: "/fleet"), plain, true, true),
            ("another port, without credentials", .redirect(open.url), plain, false, true),
        ]
        for row in rows {
            server.become(row.mood)
            let url =
                row.name == "another path" ? "\(server.url)/old/.git" : row.url
            let mirror = try fixture.mirror(
                url,
                credentials: row.hasFile ? .token(file: file) : .none,
                timeouts: quick
            )
            let before = guarded.passwords.count + open.passwords.count
            do {
                _ = try await mirror.tip()
                XCTAssertTrue(row.isFollowed, row.name)
            } catch {
                XCTAssertFalse(row.isFollowed, "\(row.name): \(error)")
                XCTAssertEqual(error.problem, .redirected, "\(row.name): \(error)")
                XCTAssertFalse("\(error)".contains(token), "\(error)")
            }
            XCTAssertEqual(guarded.passwords.count + open.passwords.count, before, row.name)
        }
    }

    /// Behind a proxy every server is reached over the same connection.
    func testCredentialsStayWithTheirOriginBehindAProxy() throws {
        let rows: [(sent: String, want: String?)] = [
            ("GET /fleet HTTP/1.1\r\nHost: x\r\n", "http://proxy:3128"),
            ("GET http://git.example/fleet HTTP/1.1\r\n", "http://git.example:80"),
            ("POST http://u:p@git.example:8080/x HTTP/1.1\r\n", "http://git.example:8080"),
            ("CONNECT git.example:443 HTTP/1.1\r\n", "https://git.example:443"),
            ("CONNECT [2001:db8::1]:8443 HTTP/1.1\r\n", "https://[2001:db8::1]:8443"),
            ("\u{16}\u{3}\u{1}", "https://proxy:3128"), ("0032want 1234", nil), ("", nil),
        ]
        for (sent, want) in rows {
            let origin = WebOrigin(asking: Array(sent.utf8), over: "proxy", port: "3128")
            XCTAssertEqual(origin?.description, want, sent)
        }
        let own = try GitRemote("https://Git.Example/fleet").location.origin
        XCTAssertEqual(own, WebOrigin(isEncrypted: true, host: "git.example", port: "443"))
        XCTAssertNil(try GitRemote("/srv/fleet").location.origin)
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
            what: "the data from the remote, in bytes,",
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
