import Model
import Rollouts
import Synchronization
import XCTest

@testable import Controller

final class EventRecorderTests: XCTestCase {
    /// Keeps what it gets; waits while it is held, and throws what it is told to.
    private final class Sink: EventSink {
        struct State {
            var events: [Event] = []
            var error: String?
        }

        struct Refusal: Error, CustomStringConvertible {
            let description: String
        }

        let state = Mutex(State())
        let gate = NSCondition()
        nonisolated(unsafe) var isHeld = false

        func hold() { isHeld = true }

        func release() {
            gate.lock()
            isHeld = false
            gate.broadcast()
            gate.unlock()
        }

        func receive(_ event: Event) throws {
            gate.lock()
            while isHeld { gate.wait() }
            gate.unlock()
            try state.withLock { state in
                if let error = state.error { throw Refusal(description: error) }
                state.events.append(event)
            }
        }

        var times: [Int64] { state.withLock { $0.events.map(\.time.milliseconds) } }
    }

    private func events(_ times: Range<Int>) -> [Event] {
        times.map { Event(.hostReachable, at: Moment(milliseconds: Int64($0))) }
    }

    func testEachSinkGetsAllInOrder() async {
        let sinks = [Sink(), Sink()]
        let recorder = EventRecorder(sinks, log: LogLines().log())
        recorder.record(events(0..<2))
        recorder.record(events(2..<3))
        await recorder.drain()
        for sink in sinks { XCTAssertEqual(sink.times, [0, 1, 2]) }
    }

    func testASinkThatFailsIsSaidOnceAndKeepsNothingFromOthers() async {
        let (bad, good, lines) = (Sink(), Sink(), LogLines())
        bad.state.withLock { $0.error = "no space left" }
        let recorder = EventRecorder([bad, good], log: lines.log())
        recorder.record(events(0..<3))
        await recorder.drain()
        XCTAssertEqual(good.times, [0, 1, 2])
        XCTAssertEqual(lines.take(), ["error no space left"])
        bad.state.withLock { $0.error = nil }
        recorder.record(events(3..<4))
        await recorder.drain()
        bad.state.withLock { $0.error = "no space left" }
        recorder.record(events(4..<5))
        await recorder.drain()
        XCTAssertEqual(bad.times, [3])
        XCTAssertEqual(lines.take(), ["error no space left"], "it is news again")
    }

    /// Neither the caller nor another sink waits, and what is kept for it is bounded.
    func testASinkThatHangsStopsNobody() async {
        let (slow, good, lines) = (Sink(), Sink(), LogLines())
        slow.hold()
        let recorder = EventRecorder([slow, good], log: lines.log())
        for start in [0, 500, 1_000] {
            recorder.record(events(start..<start + 500))
            let limit = ContinuousClock.now + .seconds(20)
            while good.times.count < start + 500, ContinuousClock.now < limit { await Task.yield() }
        }
        await recorder.drain(within: .milliseconds(1))
        XCTAssertEqual(good.times, Array(0..<1_500))
        XCTAssertEqual(slow.times, [])
        slow.release()
        await recorder.drain(within: .seconds(20))
        XCTAssertEqual(slow.times, Array(0..<1_000))
        XCTAssertEqual(lines.take(), ["warning Sink was too slow; 500 events were dropped"])
    }

    /// What the loop decides needs no sink: a spec that failed is not tried again, and a job that
    /// completed is not run again, although their containers are gone.
    func testDecisionsNeedNoSink() async throws {
        struct Void: EventSink { func receive(_ event: Event) {} }
        let hang = Sink()
        hang.hold()
        defer { hang.release() }
        let job = try Sample.service("job") { $0.isJob = true }
        let scene = try LoopScene(
            Sample.desired([try Sample.service(), job]),
            sinks: [Void(), hang]
        )
        try await scene.run {
            try await scene.pass(until: "the job runs") { state in
                state.containers.contains { $0.service == "job" && $0.state == .running }
            }
            scene.host.change { state in
                guard let job = state.containers.firstIndex(where: { $0.service == "job" }) else {
                    return
                }
                state.containers[job].state = .exited(code: 0)
                state.containers[job].finished = scene.clock.now
            }
            try await scene.pass(until: "both are committed") { state in
                state.containers.count == 2
                    && state.containers.allSatisfy { $0.name.role == .committed }
            }
            try await scene.look()
            scene.host.change { $0.broken = ["2"] }
            scene.fleet.commit(Sample.desired([try Sample.service("web", "2"), job], revision: 2))
            try await scene.pass(until: "2 failed") { state in
                state.containers.contains { $0.name.description == "prod-web-1.bad2" }
            }
            try await scene.look()
            scene.host.change { state in
                state.containers.removeAll { $0.service == "job" || $0.version == "2" }
            }
            try await scene.look(times: 10)
        }
        let calls = scene.host.now.calls
        XCTAssertEqual(calls.count { $0.hasPrefix("create web") }, 2, "\(calls)")
        XCTAssertEqual(calls.count { $0.hasPrefix("create job") }, 1, "\(calls)")
        XCTAssertEqual(
            scene.history.entries(of: "prod").map(\.kind),
            [.completed, .exhausted]
        )
        let record = scene.history.record(of: "prod").services["web"]
        XCTAssertEqual(record?.failures.map(\.value), ["exited with code 3"])
    }
}
