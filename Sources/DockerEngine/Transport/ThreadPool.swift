internal import Platform
internal import Synchronization

/// A bounded number of threads for blocking calls, however many tasks call and however long the
/// daemon hangs.
///
/// A task that finds all of them busy waits in a queue, without a thread, and can be cancelled
/// there.
final class ThreadPool: Sendable {
    private typealias Waiter = CheckedContinuation<BlockingQueue?, Never>

    private struct State {
        var idle: [BlockingQueue] = []
        var count = 0
        var queue: [(ticket: UInt64, waiter: Waiter)] = []
        var nextTicket: UInt64 = 0
        var cancelled: Set<UInt64> = []
    }

    private let label: String
    private let size: Int
    private let state = Mutex(State())

    init(label: String, size: Int) {
        self.label = label
        self.size = size
    }

    /// Runs `body` on one of the threads; nil if the task was cancelled before one was free.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async -> Value? {
        guard let thread = await acquire() else { return nil }
        defer { release(thread) }
        return await thread.run(body)
    }

    private func acquire() async -> BlockingQueue? {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let thread = await withTaskCancellationHandler {
            await withCheckedContinuation { enter($0, ticket) }
        } onCancel: {
            leave(ticket)
        }
        // A cancellation after that has left its mark.
        state.withLock { _ = $0.cancelled.remove(ticket) }
        return thread
    }

    private func enter(_ waiter: Waiter, _ ticket: UInt64) {
        enum Entry {
            case resume(BlockingQueue?)
            case wait
        }
        let entry = state.withLock { state -> Entry in
            if state.cancelled.remove(ticket) != nil { return .resume(nil) }
            if let thread = state.idle.popLast() { return .resume(thread) }
            if state.count < size {
                state.count += 1
                return .resume(BlockingQueue(label: "\(label).\(state.count)"))
            }
            state.queue.append((ticket, waiter))
            return .wait
        }
        if case .resume(let thread) = entry { waiter.resume(returning: thread) }
    }

    private func leave(_ ticket: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.queue.firstIndex(where: { $0.ticket == ticket }) else {
                state.cancelled.insert(ticket)
                return nil
            }
            return state.queue.remove(at: index).waiter
        }
        waiter?.resume(returning: nil)
    }

    private func release(_ thread: BlockingQueue) {
        let waiter = state.withLock { state -> Waiter? in
            if state.queue.isEmpty {
                state.idle.append(thread)
                return nil
            }
            return state.queue.removeFirst().waiter
        }
        waiter?.resume(returning: thread)
    }
}
