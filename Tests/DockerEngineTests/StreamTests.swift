import DockerEngine
import Foundation
import HTTPWire
import Platform
import TestSupport
import XCTest

final class StreamTests: XCTestCase {
    func testEventsComeOneByOne() async throws {
        let third = line("kill", id: 3)
        let pieces = [
            line("start", id: 1) + line("die", id: 2), "\n", String(third.prefix(20)),
            String(third.dropFirst(20)),
        ]
        let engine = try StubEngine { _ in .chunks(pieces) + .end }
        let events = try await engine.client.events(filters: ["type": ["container"]])
        var seen: [String] = []
        for try await event in events {
            seen.append("\(event.action ?? "") \(event.actorID)")
            XCTAssertEqual(event.attributes["name"], "web")
        }
        XCTAssertEqual(seen, ["start 1", "die 2", "kill 3"])
        XCTAssertEqual(
            engine.asked,
            ["GET /v1.41/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D"]
        )
        engine.server.stop()
    }

    func testOpeningWaitsForTheDaemonAndReportsItsRefusal() async throws {
        let refused = try StubEngine { _ in .json(#"{"message":"bad filter"}"#, status: 400) }
        let error = await engineError { _ = try await refused.client.events() }
        XCTAssertEqual(error?.kind, .badParameter)
        refused.server.stop()

        var timeouts = EngineTimeouts()
        timeouts.read = .milliseconds(100)
        let silent = try StubEngine(timeouts: timeouts) { _ in [.hold] }
        let late = await engineError { _ = try await silent.client.events() }
        XCTAssertEqual(late?.kind, .timedOut)
        silent.server.stop()
    }

    func testAnOpenStreamMayBeSilentForLonger() async throws {
        var timeouts = EngineTimeouts()
        timeouts.read = .milliseconds(50)
        let gate = Gate()
        let engine = try StubEngine(timeouts: timeouts) { _ in
            .chunks([]) + [.wait(gate)] + .chunk(line("start")) + .end
        }
        let events = try await engine.client.events()
        var iterator = events.makeAsyncIterator()
        let later = ContinuousClock.now + .milliseconds(150)
        try await eventually("time passes") { ContinuousClock.now > later }
        gate.open()
        let event = try await iterator.next()
        XCTAssertEqual(event?.action, "start")
        engine.server.stop()
    }

    func testAStreamThatBreaksThrowsWhatWasReadFirst() async throws {
        let table: [(name: String, tail: StubHTTPServer.Answer, kind: EngineError.Kind)] = [
            ("hung up", [], .connectionLost),
            ("garbage", .chunk("<html>\n") + .end, .malformedResponse),
            (
                "endless line", .chunk(String(repeating: "x", count: 2_000_000)),
                .tooLarge
            ),
        ]
        for (name, tail, kind) in table {
            let engine = try StubEngine { _ in .chunks([line("start")]) + tail }
            var count = 0
            let events = try await engine.client.events()
            let error = await engineError(name) {
                for try await _ in events { count += 1 }
            }
            XCTAssertEqual(error?.kind, kind, "\(name): \(error as Any)")
            XCTAssertEqual(count, 1, name)
            engine.server.stop()
        }
    }

    func testCancellingTheListenerHangsUp() async throws {
        let engine = try StubEngine { _ in .chunks([]) + [.hold] }
        let events = try await engine.client.events()
        let listener = Task {
            for try await _ in events {}
        }
        listener.cancel()
        _ = await listener.result
        try await eventually("the client is gone") { engine.server.departedCount == 1 }
        engine.server.stop()
    }

    func testDroppingTheStreamHangsUp() async throws {
        let engine = try StubEngine { _ in .chunks([]) + [.hold] }
        _ = try await engine.client.events()
        try await eventually("the client is gone") { engine.server.departedCount == 1 }
        engine.server.stop()
    }

    func testCancellingTheOpeningHangsUp() async throws {
        let engine = try StubEngine { _ in [.hold] }
        let task = Task { await engineError { _ = try await engine.client.events() } }
        try await eventually("the daemon is asked") { engine.asked.count == 1 }
        task.cancel()
        let error = await task.value
        XCTAssertEqual(error?.kind, .cancelled)
        try await eventually("the client is gone") { engine.server.departedCount == 1 }
        engine.server.stop()
    }

    func testAListenerThatFallsBehindLosesTheOldest() async throws {
        let engine = try StubEngine { _ in
            .chunks(
                (0..<30).map { part in (0..<100).map { line("x", id: part * 100 + $0) }.joined() }
            )
                + .end
        }
        let events = try await engine.client.events()
        // The server returns from its script once everything is sent; the rest is the client's.
        try await eventually("the daemon is done") { engine.server.servedCount == 2 }
        var last = ""
        var count = 0
        for try await event in events {
            last = event.actorID
            count += 1
        }
        XCTAssertEqual(last, "2999")
        XCTAssertLessThanOrEqual(count, 3000)
        engine.server.stop()
    }

    func testStreamsAreBounded() async throws {
        let engine = try StubEngine { _ in .chunks([]) + [.hold] }
        var open: [EngineStream<EngineEvent>] = []
        for _ in 0..<64 { open.append(try await engine.client.events()) }
        let error = await engineError { _ = try await engine.client.events() }
        XCTAssertEqual(error?.kind, .badParameter)
        open.removeAll()
        try await eventually("there is room again") {
            (try? await engine.client.events()) != nil
        }
        engine.server.stop()
    }
}

/// An event as the daemon writes it.
private func line(_ action: String, id: Int = 1) -> String {
    #"{"Type":"container","Action":"\#(action)","Actor":{"ID":"\#(id)","Attributes":"#
        + #"{"name":"web"}},"scope":"local","time":1700000000,"timeNano":1700000000000000005}"#
        + "\n"
}
