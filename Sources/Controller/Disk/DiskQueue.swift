internal import Dispatch
internal import Model
internal import Synchronization

/// All access to disks beside the loops, each call with a deadline.
///
/// The kernel can hold a call for ever, as where a network file system's server is gone, and
/// nothing ends such a call. It is left behind with its thread, and until it returns further calls
/// about the same subject fail at once; other subjects go on.
package final class DiskQueue: Sendable {
    private struct State {
        /// Subjects with a call that missed its deadline and has not returned.
        var hung: Set<String> = []
        /// The serial queue of each subject that has calls under way.
        var queues: [String: (queue: DispatchQueue, calls: Int)] = [:]
    }

    private let state = Mutex(State())

    /// How many subjects may have calls that hang: each keeps a thread.
    private let most: Int

    package init(most: Int = 32) {
        self.most = most
    }

    /// Runs `body` on a thread of its own after earlier calls about the same subject.
    ///
    /// - Parameters:
    ///   - subject: what the call is about, as an error names it: a service, the state directory.
    ///   - limit: how long it may take, with what it waits for.
    ///   - body: what blocks.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; ``DiskTimeout`` after `limit`, or at once where an earlier
    ///   call still hangs.
    package func run<Value: Sendable>(
        _ subject: String,
        within limit: Duration = .seconds(10),
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let timeout = DiskTimeout(subject: subject, limit: limit)
        guard let queue = queue(for: subject) else { throw timeout }
        return try await withCheckedThrowingContinuation { continuation in
            let answer = Answer(continuation)
            let deadline = DispatchTime.now() + .milliseconds(Int(limit.milliseconds))
            DispatchQueue.global().asyncAfter(deadline: deadline) {
                guard answer.give(.failure(timeout)) else { return }
                self.state.withLock { _ = $0.hung.insert(subject) }
            }
            queue.async {
                let result = Result { try body() }
                self.finish(subject)
                answer.give(result)
            }
        }
    }

    private func queue(for subject: String) -> DispatchQueue? {
        state.withLock { state in
            guard !state.hung.contains(subject), state.hung.count < most else { return nil }
            let known = state.queues[subject]
            let queue = known?.queue ?? DispatchQueue(label: "berth.disk")
            state.queues[subject] = (queue, (known?.calls ?? 0) + 1)
            return queue
        }
    }

    private func finish(_ subject: String) {
        state.withLock { state in
            state.hung.remove(subject)
            guard let known = state.queues[subject], known.calls > 1 else {
                state.queues[subject] = nil
                return
            }
            state.queues[subject] = (known.queue, known.calls - 1)
        }
    }
}

/// The first answer of two that may come.
private final class Answer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value, any Error>?>

    init(_ continuation: CheckedContinuation<Value, any Error>) {
        self.continuation = Mutex(continuation)
    }

    /// Returns whether it was the first.
    @discardableResult
    func give(_ result: Result<Value, any Error>) -> Bool {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(with: result)
        return waiting != nil
    }
}

/// A disk, or a file system that is mounted from elsewhere, did not answer.
package struct DiskTimeout: Error, Equatable, CustomStringConvertible {
    package let subject: String
    package let limit: Duration

    package var description: String {
        "the files of \(subject) cannot be read: a call has taken longer than "
            + "\(limit.components.seconds) s; see whether the file system with its paths answers "
            + "(findmnt, ls)"
    }
}
