internal import Platform
internal import Synchronization

/// A bounded number of threads for blocking calls: however many tasks call, and however long the
/// daemon hangs, there are never more.
///
/// Who finds them all taken waits in line, without a thread, and may be cancelled there.
final class Lanes: Sendable {
    private typealias Waiter = CheckedContinuation<BlockingQueue?, Never>

    private struct State {
        var idle: [BlockingQueue] = []
        var made = 0
        var line: [(ticket: UInt64, waiter: Waiter)] = []
        var nextTicket: UInt64 = 0
        var cancelled: Set<UInt64> = []
    }

    private let label: String
    private let width: Int
    private let state = Mutex(State())

    init(label: String, width: Int) {
        self.label = label
        self.width = width
    }

    /// Runs `body` on a thread of its own; nil if the task was cancelled before there was one.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async -> Value? {
        guard let lane = await acquire() else { return nil }
        defer { release(lane) }
        return await lane.run(body)
    }

    private func acquire() async -> BlockingQueue? {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let lane = await withTaskCancellationHandler {
            await withCheckedContinuation { enter($0, ticket) }
        } onCancel: {
            leave(ticket)
        }
        // A cancellation that came after the lane left its mark.
        state.withLock { _ = $0.cancelled.remove(ticket) }
        return lane
    }

    private func enter(_ waiter: Waiter, _ ticket: UInt64) {
        enum Entry {
            case lane(BlockingQueue?)
            case wait
        }
        let entry = state.withLock { state -> Entry in
            if state.cancelled.remove(ticket) != nil { return .lane(nil) }
            if let lane = state.idle.popLast() { return .lane(lane) }
            if state.made < width {
                state.made += 1
                return .lane(BlockingQueue(label: "\(label).\(state.made)"))
            }
            state.line.append((ticket, waiter))
            return .wait
        }
        if case .lane(let lane) = entry { waiter.resume(returning: lane) }
    }

    private func leave(_ ticket: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.line.firstIndex(where: { $0.ticket == ticket }) else {
                state.cancelled.insert(ticket)
                return nil
            }
            return state.line.remove(at: index).waiter
        }
        waiter?.resume(returning: nil)
    }

    private func release(_ lane: BlockingQueue) {
        let waiter = state.withLock { state -> Waiter? in
            if state.line.isEmpty {
                state.idle.append(lane)
                return nil
            }
            return state.line.removeFirst().waiter
        }
        waiter?.resume(returning: lane)
    }
}
