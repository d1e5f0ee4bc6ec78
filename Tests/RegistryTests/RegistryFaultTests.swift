import Digests
import Foundation
import Model
import Synchronization
import TestSupport
import XCTest

@testable import Registry

/// What goes wrong on the way: limits, broken connections, floods, silence.
final class RegistryFaultTests: XCTestCase {
    private let now = Moment(milliseconds: 1_000_000)

    func testRateLimitIsReportedAndTheRegistryLeftAlone() async throws {
        let stub = try registry { _ in
            .init(
                429,
                fields: [("Retry-After", "60"), ("RateLimit-Limit", "100;w=21600")],
                body: Data(#"{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}"#.utf8)
            )
        }
        let client = client()
        await assertFails("limit", "the limit is 100 in 21600 s, again in 60 s") {
            _ = try await client.digest(of: self.image(stub), now: self.now)
        }
        await assertReason(.rateLimited(RateLimit(retryAfter: .seconds(50))), "pause") {
            _ = try await client.digest(of: self.image(stub), now: self.now + .seconds(10))
        }
        XCTAssertEqual(stub.requests.count, 1)

        stub.intercept(nil)
        let want = stub.put("app", tag: "1")
        let digest = try await client.digest(of: image(stub), now: now + .seconds(60))
        XCTAssertEqual(digest, want, "after the pause")
    }

    func testAShortPauseIsWaitedFor() async throws {
        let count = Mutex(0)
        let stub = try registry { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return number <= 2 ? .init(429, fields: [("Retry-After", "0")]) : nil
        }
        let want = stub.put("app", tag: "1")
        let digest = try await client().digest(of: image(stub), now: now)
        XCTAssertEqual(digest, want)
        XCTAssertEqual(stub.requests.count, 3)
    }

    func testPassingFailuresAreTriedAgain() async throws {
        let cut = StubRegistry.Response(200, body: Data(count: 100), cutAfter: 10)
        let cases: [(String, StubRegistry.Response)] = [
            ("502", .init(502)),
            ("503", .init(503, fields: [("Retry-After", "0")])),
            ("408", .init(408)),
            ("cut short", cut),
        ]
        for (name, fault) in cases {
            let count = Mutex(0)
            let stub = try registry { request in
                guard request.method == "GET" else { return .init(405) }
                let isFirst = count.withLock { count in
                    count += 1
                    return count == 1
                }
                return isFirst ? fault : nil
            }
            let want = stub.put("app", tag: "1")
            let digest = try await client().digest(of: image(stub), now: now)
            XCTAssertEqual(digest, want, name)
            XCTAssertEqual(stub.requests.map(\.method), ["HEAD", "GET", "GET"], name)
        }
    }

    func testLastingFailuresAreReported() async throws {
        let stub = try registry { _ in .init(500, body: Data("<html>oops</html>".utf8)) }
        await assertReason(.server(status: 500)) {
            _ = try await self.client().digest(of: self.image(stub), now: self.now)
        }
        XCTAssertEqual(stub.requests.count, 3)
    }

    func testNobodyThere() async throws {
        let stub = try registry()
        let image = try image(stub)
        stub.stop()
        do {
            _ = try await client().digest(of: image, now: now)
            XCTFail("nothing was thrown")
        } catch {
            XCTAssertTrue(error.isTemporary, "\(error)")
            XCTAssertTrue("\(error)".contains("cannot be reached"), "\(error)")
        }
    }

    func testFloodsAreCutOff() async throws {
        let flood = StubRegistry.Response(200, body: Data(count: 64 << 20))
        let stub = try registry { $0.method == "HEAD" ? .init(405) : flood }
        await assertReason(.tooLarge("more than 4194304 bytes")) {
            _ = try await self.client().digest(of: self.image(stub), now: self.now)
        }
    }

    func testAFloodOfTokensIsCutOff() async throws {
        let stub = try registry(
            .token(user: "u", password: "p", identityToken: "i", anonymous: true)
        ) { request in
            request.path == "/token" ? .init(200, body: Data(count: 1 << 20)) : nil
        }
        await assertReason(.tooLarge("more than 262144 bytes")) {
            _ = try await self.client().digest(of: self.image(stub), now: self.now)
        }
    }

    func testSilenceEndsAtTheDeadline() async throws {
        let released = DispatchSemaphore(value: 0)
        let stub = try registry { _ in
            released.wait()
            return nil
        }
        defer { for _ in 0..<8 { released.signal() } }
        let options = RegistryOptions(
            timeout: .milliseconds(700),
            requestTimeout: .milliseconds(200)
        )
        let start = ContinuousClock.now
        await assertReason(.timeout(.milliseconds(200))) {
            let client = RegistryClient(
                credentials: DockerCredentials(environment: [:]),
                options: options
            )
            _ = try await client.digest(of: self.image(stub), now: self.now)
        }
        let elapsed = ContinuousClock.now - start
        XCTAssertLessThan(elapsed, .seconds(5))
        XCTAssertGreaterThanOrEqual(
            stub.requests.count,
            2,
            "one request timed out, not the whole"
        )
    }

    func testCancellationEndsTheQuestion() async throws {
        let arrived = DispatchSemaphore(value: 0)
        let released = DispatchSemaphore(value: 0)
        let stub = try registry { _ in
            arrived.signal()
            released.wait()
            return nil
        }
        defer { released.signal() }
        let client = client()
        let image = try image(stub)
        let now = now
        let request = Task { try await client.digest(of: image, now: now) }
        await Task.detached { arrived.wait(for: 1) }.value
        let start = ContinuousClock.now
        request.cancel()
        await assertReason(.cancelled) { _ = try await request.value }
        XCTAssertLessThan(ContinuousClock.now - start, .seconds(2))
    }

    func testRedirectsEnd() async throws {
        let stub = try registry { _ in .init(302, fields: [("Location", "/again")]) }
        await assertFails("loop", "more than 5 redirects") {
            _ = try await self.client().digest(of: self.image(stub), now: self.now)
        }
        XCTAssertEqual(stub.requests.count, 6)
    }

    func testRedirectsGoNowhereElse() async throws {
        for (name, location) in [
            ("file", "file:///etc/passwd"), ("nothing", ""), ("user", "http://a:b@127.0.0.1/"),
        ] {
            let stub = try registry { _ in .init(302, fields: [("Location", location)]) }
            await assertFails(name, "a redirect has no usable Location") {
                _ = try await self.client().digest(of: self.image(stub), now: self.now)
            }
        }
    }

    func testRequestsAtOneRegistryAreBounded() async throws {
        let stub = try registry { _ in
            usleep(10_000)  // long enough for all to pile up
            return nil
        }
        let client = client()
        for number in 0..<24 { stub.put("app", tag: "\(number)") }
        let now = now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                let image = try image(stub).withTag("\(number)")
                group.addTask { _ = try await client.digest(of: image, now: now) }
            }
            try await group.waitForAll()
        }
        XCTAssertEqual(stub.requests.count, 24)
        XCTAssertLessThanOrEqual(stub.mostAtOnce, 4)
        XCTAssertGreaterThan(stub.mostAtOnce, 1)
    }

    func testManyRequestsReuseConnectionsAndStayFast() async throws {
        let stub = try registry()
        let want = stub.put("app", tag: "1")
        let client = client()
        let image = try image(stub)
        func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }
        _ = try await client.digest(of: image, now: now)
        let before = try descriptors()
        var times: [Duration] = []
        for _ in 0..<200 {
            let start = ContinuousClock.now
            let digest = try await client.digest(of: image, now: now)
            times.append(.now - start)
            XCTAssertEqual(digest, want)
        }
        XCTAssertLessThanOrEqual(stub.connectionCount, 3, "connections are reused")
        XCTAssertLessThanOrEqual(try descriptors(), before + 4)
        let early = times[..<50].sorted()[25]
        let late = times[150...].sorted()[25]
        XCTAssertLessThan(late, early * 3 + .milliseconds(5), "\(early), then \(late)")
    }

    private func registry(
        _ access: StubRegistry.Access = .open,
        intercept: StubRegistry.Intercept? = nil
    ) throws -> StubRegistry {
        let stub = try StubRegistry(access: access, intercept: intercept)
        addTeardownBlock { stub.stop() }
        return stub
    }

    private func client() -> RegistryClient {
        RegistryClient(credentials: DockerCredentials(environment: [:]))
    }

    private func image(_ stub: StubRegistry) throws -> ImageName {
        try ImageName("\(stub.address)/app:1")
    }
}

extension DispatchSemaphore {
    /// Waits for `count` signals, each for at most ten seconds.
    fileprivate func wait(for count: Int) {
        for _ in 0..<count { _ = wait(timeout: .now() + 10) }
    }
}
