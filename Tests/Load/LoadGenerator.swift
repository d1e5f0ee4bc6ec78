internal import Foundation
internal import Platform
internal import Synchronization

/// Asks one thing after another over HTTP and counts what came of it.
///
/// One thread a target, blocking calls only: some thousands of connections a second on one core.
/// A request counts as good once a whole `200` answer has come.
package final class LoadGenerator: Sendable {
    private struct State {
        var isStopped = false
        var reports: [String: Report] = [:]
        var running = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let timeout: Duration
    private let pause: Duration
    private let state = Mutex(State())

    /// Starts at once.
    ///
    /// `timeout` bounds each connect and each read; `pause` is waited between two connections.
    /// Call ``stop()``, or the threads go on.
    package init(_ targets: [Target], timeout: Duration = .seconds(5), pause: Duration = .zero) {
        self.timeout = timeout
        self.pause = pause
        state.withLock { $0.running = targets.count }
        for target in targets {
            Thread.detachNewThread { [self] in
                run(target)
                finish()
            }
        }
    }

    /// The connections so far, good or not, to all targets.
    package var count: Int {
        state.withLock { $0.reports.values.reduce(0) { $0 + $1.succeeded + $1.failed } }
    }

    /// Ends the load after the connections that are under way; returns what came of it, by target.
    package func stop() async -> [String: Report] {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                state.isStopped = true
                if state.running > 0 { state.waiter = continuation }
                return state.running == 0
            }
            if isOver { continuation.resume() }
        }
        return state.withLock(\.reports)
    }

    private func finish() {
        let waiter = state.withLock { state in
            state.running -= 1
            defer { if state.running == 0 { state.waiter = nil } }
            return state.running == 0 ? state.waiter : nil
        }
        waiter?.resume()
    }

    private func run(_ target: Target) {
        guard let namespace = target.namespace else { return work(target) }
        do throws(NetworkNamespace.VisitError<Never>) {
            try namespace.visit { work(target) }
        } catch {
            count(target, .failure(CallFailure(reason: "\(error)")), from: .now)
        }
    }

    private func work(_ target: Target) {
        var caller = Caller(target, timeout: timeout)
        while state.withLock({ !$0.isStopped }) {
            let start = ContinuousClock.now
            count(target, caller.call(), from: start)
            if pause > .zero { caller.rest(pause) }
        }
    }

    private func count(
        _ target: Target,
        _ outcome: Result<String, CallFailure>,
        from start: ContinuousClock.Instant
    ) {
        let end = ContinuousClock.now
        state.withLock { state in
            state.reports[target.name, default: Report()].note(outcome, from: start, to: end)
        }
    }
}
