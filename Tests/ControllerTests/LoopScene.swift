import Foundation
import Model
import Platform
import Synchronization
import TestSupport
import XCTest

@testable import Controller

/// A clock that only moves when it is told to.
final class ManualClock: Sendable {
    private let moment = Mutex(Sample.now)

    var now: Moment { moment.withLock { $0 } }

    func advance(_ duration: Duration) {
        moment.withLock { $0 = $0 + duration }
    }
}

/// A loop over a host, a fleet and a clock that the test moves.
final class LoopScene: Sendable {
    let clock = ManualClock()
    let fleet: FakeFleet
    let host: FakeHost
    let tags = FakeTags()
    let lines = LogLines()
    let history: History
    let events: EventRecorder
    let loop: EnvironmentLoop
    private let directory: TemporaryDirectory
    private let isLogged: Bool

    /// Asks the registry as a controller does, if `patience` is given: without waiting longer.
    ///
    /// `sinks` replace the log and the history.
    init(
        _ desired: DesiredState,
        patience: Duration? = nil,
        sinks: [any EventSink]? = nil
    ) throws {
        directory = try TemporaryDirectory("berth-loop")
        fleet = FakeFleet(desired)
        history = History(path: directory.file("history.jsonl"))
        let clock = clock
        host = FakeHost(clock: { clock.now })
        let trigger = Trigger()
        let questions = patience.map { [tags] patience in
            PendingDigests(to: tags, patience: patience) { trigger.pull() }
        }
        isLogged = sinks == nil
        events = EventRecorder(sinks ?? [EventLog(lines.log()), history], log: lines.log())
        loop = EnvironmentLoop(
            reconciler: Reconciler(
                environment: "prod",
                host: host,
                source: fleet,
                tags: questions ?? tags,
                maxAge: .seconds(60)
            ),
            host: host,
            history: history,
            events: events,
            trigger: trigger,
            clock: { clock.now }
        )
    }

    /// Runs the loop while `body` does something to its world.
    func run(_ body: () async throws -> Void) async rethrows {
        let running = Task { [loop] in await loop.run() }
        defer { running.cancel() }
        try await body()
        running.cancel()
        loop.trigger.finish()
        await running.value
    }

    /// Lets time pass, a tenth of a second a look, until something is so.
    func pass(
        until what: String,
        file: StaticString = #filePath,
        line: UInt = #line,
        _ condition: (FakeHost.State) -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition(host.now) {
            guard ContinuousClock.now < deadline else {
                let told = (lines.all + host.now.calls).joined(separator: "\n")
                XCTFail("never: \(what)\n\(told)", file: file, line: line)
                return
            }
            clock.advance(.milliseconds(100))
            loop.trigger.pull()
            try await Task.sleep(for: .milliseconds(2))
        }
        // The log and the history receive what was recorded until then.
        if isLogged { await events.drain(within: .seconds(20)) }
    }

    /// Runs the loop as an apply does, time passing, and returns its last pass; nil when `limit`
    /// of the scene's time was not enough.
    func end(
        within limit: Duration,
        _ isDone: @escaping @Sendable (Pass) -> Bool
    ) async throws -> Pass? {
        let last = Mutex<Pass?>(nil)
        let running = Task { [loop] in
            await loop.run { pass in
                guard isDone(pass) else { return false }
                last.withLock { $0 = pass }
                return true
            }
        }
        let end = clock.now + limit
        while last.withLock({ $0 == nil }), clock.now < end {
            clock.advance(.milliseconds(100))
            loop.trigger.pull()
            try await Task.sleep(for: .milliseconds(2))
        }
        running.cancel()
        loop.trigger.finish()
        await running.value
        return last.withLock { $0 }
    }

    /// Lets a number of looks happen.
    func look(times: Int = 3, file: StaticString = #filePath, line: UInt = #line) async throws {
        let before = host.now.looks
        try await pass(until: "\(times) looks", file: file, line: line) {
            $0.looks >= before + times
        }
    }
}
