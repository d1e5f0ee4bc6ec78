internal import Dispatch
internal import Synchronization

extension StreamSocket {
    /// Finds out whether something accepts connections at an address, and hangs up.
    ///
    /// Cheap enough to call every 100 ms from many tasks: it holds no thread while it waits, and
    /// most calls never wait, because the kernel on the other side answers, not the program.
    ///
    /// Throws `SocketError` with the operation `connect`; `isRefused` for a closed port.
    package static func probe(
        _ address: SocketAddress,
        timeout: Duration
    ) async throws(SocketError) {
        do throws(SocketFailure) {
            // No wait here: a unix listener with a full queue counts as timed out.
            let (socket, connected) = try begin(address, until: .now)
            if !connected {
                try await PendingConnection(socket).result(within: timeout)
            }
            // A port in the ephemeral range may have connected to itself (RFC 9293 §3.5,
            // simultaneous open); no process listens there.
            if socket.descriptor.localAddress == address { throw .refused }
        } catch {
            throw SocketError(operation: .connect, address: address, reason: error)
        }
    }
}

/// A TCP connection that was begun and not answered yet.
///
/// The kernel's answer, the timeout and a cancellation race; the first one wins.
private final class PendingConnection: Sendable {
    private typealias Outcome = Result<Void, SocketFailure>

    private enum State {
        case idle
        case waiting(CheckedContinuation<Outcome, Never>, stop: @Sendable () -> Void)
        case done(Outcome)
    }

    private static let queue = DispatchQueue(label: "berth.probe")

    private let socket: StreamSocket
    private let state = Mutex(State.idle)

    init(_ socket: StreamSocket) { self.socket = socket }

    func result(within timeout: Duration) async throws(SocketFailure) {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { begin($0, timeout) }
        } onCancel: {
            finish(.failure(.cancelled))
        }
        try outcome.get()
    }

    private func begin(_ continuation: CheckedContinuation<Outcome, Never>, _ timeout: Duration) {
        // Cancelling a source is safe on any thread (dispatch_source_create(3)); the type says no.
        nonisolated(unsafe) let source = DispatchSource.makeWriteSource(
            fileDescriptor: socket.descriptor.number,
            queue: Self.queue
        )
        source.setEventHandler { @Sendable [self] in
            finish(Outcome { () throws(SocketFailure) in try socket.descriptor.connectionResult() })
        }
        // The descriptor must outlive the source that watches it.
        source.setCancelHandler { @Sendable [socket] in withExtendedLifetime(socket) {} }
        source.activate()
        let early = state.withLock { state -> Outcome? in
            if case .done(let outcome) = state { return outcome }
            state = .waiting(continuation, stop: { source.cancel() })
            return nil
        }
        if let early {
            source.cancel()
            continuation.resume(returning: early)
            return
        }
        let (seconds, attoseconds) = timeout.components
        let wait = Double(seconds) + Double(attoseconds) * 1e-18
        Self.queue.asyncAfter(deadline: .now() + max(wait, 0)) { [weak self] in
            self?.finish(.failure(.timedOut))
        }
    }

    private func finish(_ outcome: Outcome) {
        let waiting = state.withLock { state in
            defer { if case .done = state {} else { state = .done(outcome) } }
            return state
        }
        guard case .waiting(let continuation, let stop) = waiting else { return }
        stop()
        continuation.resume(returning: outcome)
    }
}
