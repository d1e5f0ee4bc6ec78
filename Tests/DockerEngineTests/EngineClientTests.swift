import DockerEngine
import Foundation
import HTTPWire
import Platform
import TestSupport
import XCTest

final class EngineClientTests: XCTestCase {
    func testAgreesOnAVersion() async throws {
        let table: [(offer: String, prefix: String)] = [
            ("1.41", "/v1.41/"), ("1.44", "/v1.44/"), ("1.48", "/v1.48/"), ("1.52", "/v1.48/"),
        ]
        for (offer, prefix) in table {
            let engine = try StubEngine(api: offer) { _ in .json("[]") }
            _ = try await engine.client.listContainers()
            _ = try await engine.client.listContainers()
            XCTAssertEqual(engine.server.requests.count, 3, "one ping only")
            XCTAssertTrue(engine.asked.allSatisfy { $0.hasPrefix("GET \(prefix)") }, offer)
            engine.server.stop()
        }
    }

    func testRefusesADaemonItCannotSpeakWith() async throws {
        let table: [(offer: String, kind: EngineError.Kind, remedy: String)] = [
            ("1.40", .unsupportedVersion, "update Docker to 20.10"),
            ("", .malformedResponse, "docker version"),
            ("one", .malformedResponse, "docker version"),
        ]
        for (offer, kind, remedy) in table {
            let engine = try StubEngine(api: offer) { _ in .json("[]") }
            let error = await engineError(offer) { _ = try await engine.client.listContainers() }
            XCTAssertEqual(error?.kind, kind, offer)
            XCTAssertTrue("\(error as Any)".contains(remedy), "\(error as Any)")
            engine.server.stop()
        }
    }

    func testAgreesAgainAfterTheDaemonWasExchanged() async throws {
        let api = Collected<String>()
        api.add("1.44")
        let server = try StubHTTPServer { request in
            let newest = api.all.last ?? ""
            if request.target == "/_ping" {
                return .response(200, fields: ["Api-Version": newest], "OK")
            }
            guard request.target.hasPrefix("/v\(newest)/") else {
                return .json(
                    #"{"message":"client version 1.44 is too new. Maximum supported API version is"}"#,
                    status: 400
                )
            }
            return .response(
                200,
                fields: ["Api-Version": newest, "Content-Type": "application/json"],
                "[]"
            )
        }
        let client = try EngineClient(socketPath: server.address.description)
        _ = try await client.listContainers()
        api.add("1.41")
        _ = try await client.listContainers()
        let older = try await client.apiVersion()
        XCTAssertEqual(older, APIVersion(1, 41), "refused, asked again")
        let before = server.connectionCount
        _ = try await client.listContainers()
        XCTAssertEqual(server.connectionCount, before + 1, "no more pings")
        server.stop()
    }

    func testSeesAnUpgradeInAnyAnswer() async throws {
        let engine = try StubEngine(api: "1.41") { _ in
            .response(200, fields: ["Api-Version": "1.45"], "[]")
        }
        _ = try await engine.client.listContainers()
        let version = try await engine.client.apiVersion()
        XCTAssertEqual(version, APIVersion(1, 45))
        engine.server.stop()
    }

    func testEveryStatusHasItsKind() async throws {
        let table: [(status: Int, body: String, kind: EngineError.Kind, want: String)] = [
            (400, #"{"message":"bad thing"}"#, .badParameter, "bad thing"),
            (401, #"{"message":"no"}"#, .forbidden, "no"),
            (403, #"{"message":"no"}"#, .forbidden, "no"),
            (404, #"{"message":"No such container: x"}"#, .notFound, "No such container"),
            (409, #"{"message":"in use"}"#, .conflict, "in use"),
            (500, #"{"message":"oops"}"#, .server, "journalctl"),
            (503, "plain words\nover lines", .server, "plain words over lines"),
            (500, "", .server, "server"),
            (301, "moved", .malformedResponse, "moved"),
            (
                400, #"{"message":"client version 1.41 is too old. Minimum is 1.50"}"#,
                .unsupportedVersion, "update Berth"
            ),
        ]
        for (status, body, kind, want) in table {
            let engine = try StubEngine { _ in .json(body, status: status) }
            let error = await engineError("\(status)") {
                _ = try await engine.client.inspectContainer("x")
            }
            XCTAssertEqual(error?.kind, kind, "\(status)")
            XCTAssertEqual(error?.operation, "GET /containers/x/json")
            XCTAssertTrue("\(error as Any)".contains(want), "\(error as Any)")
            engine.server.stop()
        }
    }

    func testBrokenAnswersAreErrors() async throws {
        let head = "HTTP/1.1 200 OK\r\n"
        let table: [(name: String, answer: StubHTTPServer.Answer, kind: EngineError.Kind)] = [
            ("hangs up at once", [], .connectionLost),
            ("hangs up in the head", [.send(Array(head.utf8))], .connectionLost),
            (
                "hangs up in the body",
                [.send(Array((head + "Content-Length: 100\r\n\r\n[").utf8))], .connectionLost
            ),
            ("hangs up in a chunk", .chunks(["[{"]), .connectionLost),
            ("garbage", [.send([0, 1, 2, 3, 13, 10, 13, 10])], .malformedResponse),
            ("not JSON", .json("hello"), .malformedResponse),
            ("other JSON", .json(#"{"a":1}"#), .malformedResponse),
            ("null", .json("null"), .malformedResponse),
            ("JSON that ends early", .json("[{"), .malformedResponse),
            ("missing field", .json(#"[{"State":"running"}]"#), .malformedResponse),
            (
                "endless header",
                [.send(Array((head + "A: " + String(repeating: "a", count: 200_000)).utf8))],
                .tooLarge
            ),
            (
                "huge body", [.send(Array((head + "Content-Length: 99999999999\r\n\r\n").utf8))],
                .tooLarge
            ),
        ]
        for (name, answer, kind) in table {
            let engine = try StubEngine { _ in answer }
            let error = await engineError(name) { _ = try await engine.client.listContainers() }
            XCTAssertEqual(error?.kind, kind, "\(name): \(error as Any)")
            engine.server.stop()
        }
    }

    func testADecodingErrorSaysWhereAndNotWhat() async throws {
        let engine = try StubEngine { _ in
            .json(#"[{"Id":"a","State":"running","Labels":{"secret":17}}]"#)
        }
        let error = await engineError { _ = try await engine.client.listContainers() }
        XCTAssertTrue("\(error as Any)".contains("labels.secret"), "\(error as Any)")
        XCTAssertFalse("\(error as Any)".contains("17"), "\(error as Any)")
        engine.server.stop()
    }

    func testAHangingDaemonEndsAtTheDeadline() async throws {
        var timeouts = EngineTimeouts()
        timeouts.read = .milliseconds(100)
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[".utf8)
        let answers: [(name: String, answer: StubHTTPServer.Answer)] = [
            ("says nothing", [.hold]), ("stops in the body", [.send(head), .hold]),
        ]
        for (name, answer) in answers {
            let engine = try StubEngine(timeouts: timeouts) { _ in answer }
            let begin = ContinuousClock.now
            let error = await engineError(name) { _ = try await engine.client.listContainers() }
            XCTAssertEqual(error?.kind, .timedOut, name)
            XCTAssertLessThan(ContinuousClock.now - begin, .seconds(5), name)
            engine.server.stop()
        }
    }

    func testManyCallsToAHangingDaemonHoldFewConnections() async throws {
        var timeouts = EngineTimeouts()
        timeouts.read = .milliseconds(300)
        let engine = try StubEngine(timeouts: timeouts) { _ in [.hold] }
        _ = try await engine.client.apiVersion()
        let threads = threadCount()
        await withTaskGroup(of: EngineError.Kind?.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await engineError { _ = try await engine.client.listContainers() }?.kind
                }
            }
            for await kind in group { XCTAssertEqual(kind, .timedOut) }
        }
        // One for the ping, and eight threads; calls that waited for one never connected.
        XCTAssertLessThanOrEqual(engine.server.connectionCount, 1 + 8 + 4)
        // Other tests of the process have left threads of their own; a hundred more would show.
        XCTAssertLessThanOrEqual(threadCount(), threads + 40)
        engine.server.stop()
    }

    func testCancellationHangsUpAtOnce() async throws {
        let engine = try StubEngine { _ in [.hold] }
        _ = try await engine.client.apiVersion()
        let begin = ContinuousClock.now
        let task = Task {
            await engineError { _ = try await engine.client.listContainers() }
        }
        try await eventually("the daemon is asked") { engine.asked.count == 1 }
        task.cancel()
        let error = await task.value
        XCTAssertEqual(error?.kind, .cancelled)
        XCTAssertLessThan(ContinuousClock.now - begin, .seconds(5))
        try await eventually("the client is gone") { engine.server.departedCount == 1 }
        engine.server.stop()
    }

    func testCancellationReachesWhoWaitsInLine() async throws {
        let engine = try StubEngine { _ in [.hold] }
        _ = try await engine.client.apiVersion()
        let tasks = (0..<20).map { _ in
            Task { await engineError { _ = try await engine.client.listContainers() }?.kind }
        }
        try await eventually("every thread is busy") { engine.asked.count == 8 }
        tasks.last?.cancel()
        let kind = await tasks.last?.value
        XCTAssertEqual(kind, .cancelled)
        for task in tasks { task.cancel() }
        for task in tasks {
            let kind = await task.value
            XCTAssertEqual(kind, .cancelled)
        }
        XCTAssertLessThanOrEqual(engine.asked.count, 20)
        engine.server.stop()
    }

    func testSlowAnswersDoNotHoldTheOthersUp() async throws {
        let gate = Gate()
        let engine = try StubEngine { request in
            request.target.contains("/stop") ? [.wait(gate)] + .response(204) : .json("[]")
        }
        let stops = (0..<20).map { index in
            Task<Void, any Error> { try await engine.client.stopContainer("c\(index)", grace: 60) }
        }
        try await eventually("all stops are asked for") { engine.asked.count == 20 }
        _ = try await engine.client.listContainers()
        gate.open()
        for stop in stops { try await stop.value }
        engine.server.stop()
    }

    func testUnreachableSaysWhyAndWhatToDo() async throws {
        let folder = try TemporaryDirectory()
        let table: [(path: String, want: String)] = [
            ("\(folder.path)/none.sock", "systemctl start docker"),
            (folder.path, "no process listens"),
            ("/dev/null/docker.sock", "systemctl status docker.socket"),
        ]
        for (path, want) in table {
            let client = try EngineClient(socketPath: path)
            let error = await engineError(path) { _ = try await client.listContainers() }
            XCTAssertEqual(error?.kind, .unreachable)
            XCTAssertTrue("\(error as Any)".contains(path), "\(error as Any)")
            XCTAssertTrue("\(error as Any)".contains(want), "\(error as Any)")
        }
    }

    private func threadCount() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
    }
}
