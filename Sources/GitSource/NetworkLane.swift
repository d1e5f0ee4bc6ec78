import Platform
import Synchronization

/// The one thread on which a mirror speaks to its remote.
///
/// All waits in there are bounded by a `NetworkAttempt` but three: the resolver, a dead network
/// disk under a plain path, and the kernel itself.
/// So that none of these can hold the caller, the caller is let go a little after the attempt's
/// deadline; the thread stays with the call, and until it comes back further calls fail at once
/// instead of queueing up behind it.
final class NetworkLane: Sendable {
    private let queue: BlockingQueue
    private let grace: Duration
    private let overdue = Mutex(0)

    /// `grace` is what a call may take beyond its deadline to clean up after itself.
    init(label: String, grace: Duration = .seconds(5)) {
        queue = BlockingQueue(label: label)
        self.grace = grace
    }

    /// Runs `body` on the thread, under the attempt; ends by the attempt's deadline and the grace.
    func run<Value: Sendable>(
        _ attempt: NetworkAttempt,
        _ body: @escaping @Sendable () throws(GitFault) -> Value
    ) async throws(GitFault) -> Value {
        guard overdue.withLock({ $0 == 0 }) else {
            throw GitFault(.busy, "an earlier call to the remote still hangs")
        }
        let outcome = await withTaskCancellationHandler {
            await race(attempt, body)
        } onCancel: {
            attempt.cancel()
        }
        return try outcome.get()
    }

    private func race<Value: Sendable>(
        _ attempt: NetworkAttempt,
        _ body: @escaping @Sendable () throws(GitFault) -> Value
    ) async -> Result<Value, GitFault> {
        await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            let timer = Task { [self] in
                try? await Task.sleep(until: attempt.deadline + grace)
                // A cancelled timer wakes at once, but the answer is given by then.
                let fault = GitFault(.timedOut, "the call hangs and was left behind")
                answer.give(.failure(fault)) { overdue.withLock { $0 += 1 } }
            }
            Task { [self] in
                let result = await Self.result { () async throws(GitFault) in
                    try await queue.run { () throws(GitFault) in
                        try attempt.checkTime()
                        return try attempt.run(body)
                    }
                }
                if !answer.give(result) { overdue.withLock { $0 -= 1 } }
                timer.cancel()
            }
        }
    }

    private static func result<Value: Sendable>(
        _ body: () async throws(GitFault) -> Value
    ) async -> Result<Value, GitFault> {
        do throws(GitFault) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

/// Resumes a continuation with the first answer and ignores the second.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value, Never>?>

    init(_ continuation: CheckedContinuation<Value, Never>) {
        self.continuation = Mutex(continuation)
    }

    /// Whether this answer was the first; `noting` runs before the waiter goes on if it was.
    @discardableResult
    func give(_ value: Value, noting: () -> Void = {}) -> Bool {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            if continuation != nil { noting() }
            return continuation
        }
        waiting?.resume(returning: value)
        return waiting != nil
    }
}
