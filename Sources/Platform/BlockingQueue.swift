internal import Dispatch

/// A private serial thread for calls that block, so that Swift's cooperative pool never waits on
/// the outside world.
///
/// Calls run one after another in the order they came.
/// A handle that must stay on one thread (libgit2's, for one) is safe inside it as long as it never
/// leaves the closure.
package final class BlockingQueue: Sendable {
    private let queue: DispatchQueue

    /// `label` is what a debugger shows as the thread's name.
    package init(label: String) { queue = DispatchQueue(label: label) }

    /// Runs `body` on the queue and suspends the caller until it returns or throws.
    package func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(Failure) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
