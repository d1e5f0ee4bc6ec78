import Platform
import Synchronization

/// The thread on which a mirror speaks to its remote.
///
/// A `NetworkAttempt` bounds all waits on it but three: the resolver, a dead network disk under a
/// plain path, and the kernel itself.
/// So that none of these can hold the caller, the caller gets an error soon after the attempt's
/// deadline; until the call returns, further calls fail at once instead of queueing behind it.
final class RemoteQueue: Sendable {
    private let queue: BlockingQueue
    private let grace: Duration
    private let overdue = Mutex(0)

    /// `grace` is how long a call may clean up after its deadline.
    init(label: String, grace: Duration = .seconds(5)) {
        queue = BlockingQueue(label: label)
        self.grace = grace
    }

    /// Runs `body` on the thread; returns by the attempt's deadline and the grace.
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
                // A cancelled timer wakes at once, but then the other answer came first.
                let fault = GitFault(.timedOut, "the call hangs and was abandoned")
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

    /// Whether this answer was the first; if so, `noting` runs before the waiter continues.
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
