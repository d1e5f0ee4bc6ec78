internal import Dispatch

/// Closed until a test opens it: the way to make two sides meet without sleeping.
package final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// Makes a closed gate.
    package init() {}

    /// Lets every waiter through, now and later.
    package func open() {
        semaphore.signal()
    }

    /// Blocks the calling thread until the gate is open, at most for ten seconds.
    ///
    /// Not for tasks: it would hold a thread of Swift's pool.
    package func wait() {
        if semaphore.wait(timeout: .now() + 10) == .success { semaphore.signal() }
    }
}
