internal import Dispatch
internal import Model
package import Platform
internal import Synchronization

/// Hands events to sinks, in order, each on a thread of its own; the caller never waits.
package final class EventRecorder: Sendable {
    private let lanes: [Lane]

    /// `log` takes what sinks throw.
    package init(_ sinks: [any EventSink], log: Log) {
        lanes = sinks.map { Lane($0, log) }
    }

    package func record(_ events: [Event]) {
        for lane in lanes { for event in events { lane.deliver(event) } }
    }

    /// Waits until what was recorded has been received, at most so long.
    package func drain(within limit: Duration = .seconds(2)) async {
        await withDiscardingTaskGroup { group in
            for lane in lanes { group.addTask { await lane.drain(within: limit) } }
        }
    }
}

/// One sink's events that it has not received yet.
private final class Lane: Sendable {
    private struct State {
        var pending = 0
        var dropped = 0
        /// What the sink threw last, until it succeeds.
        var complaint: String?
    }

    /// Beyond that, a sink that hangs loses what comes.
    private static let limit = 1_000

    private let sink: any EventSink
    private let log: Log
    private let queue = DispatchQueue(label: "berth.events")
    private let state = Mutex(State())

    init(_ sink: any EventSink, _ log: Log) {
        self.sink = sink
        self.log = log
    }

    func deliver(_ event: Event) {
        let hasRoom = state.withLock { state in
            guard state.pending < Self.limit else {
                state.dropped += 1
                return false
            }
            state.pending += 1
            return true
        }
        if hasRoom { queue.async { self.receive(event) } }
    }

    private func receive(_ event: Event) {
        var complaint: String?
        do { try sink.receive(event) } catch { complaint = "\(error)" }
        let (isNews, dropped) = state.withLock { state in
            defer { state.complaint = complaint }
            state.pending -= 1
            let dropped = state.pending == 0 ? state.dropped : 0
            state.dropped -= dropped
            return (complaint != state.complaint, dropped)
        }
        if let complaint, isNews { log(.error, complaint) }
        if dropped > 0 {
            log(.warning, "\(type(of: sink)) was too slow; \(dropped) events were dropped")
        }
    }

    func drain(within limit: Duration) async {
        await withCheckedContinuation { continuation in
            let once = Once(continuation)
            queue.async { once.resume() }
            let deadline = DispatchTime.now() + .milliseconds(Int(limit.milliseconds))
            DispatchQueue.global().asyncAfter(deadline: deadline) { once.resume() }
        }
    }
}

/// A continuation that two may resume.
private final class Once: Sendable {
    private let continuation: Mutex<CheckedContinuation<Void, Never>?>

    init(_ continuation: CheckedContinuation<Void, Never>) {
        self.continuation = Mutex(continuation)
    }

    func resume() {
        continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }?
        .resume()
    }
}
