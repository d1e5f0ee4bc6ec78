internal import Glibc
internal import HTTPWire
internal import Platform
internal import Synchronization

/// One request and its response, on a connection of its own.
///
/// It blocks the thread it runs on; `cancel` ends it from any other.
final class Exchange: Sendable {
    struct Deadlines {
        let connect: ContinuousClock.Instant
        let head: ContinuousClock.Instant

        /// For the end of the body; nil for a stream.
        let body: ContinuousClock.Instant?

        /// Between two pieces of the body.
        let idle: Duration?

        var nextPiece: ContinuousClock.Instant? {
            guard let idle else { return body }
            let next = ContinuousClock.now + idle
            return body.map { min($0, next) } ?? next
        }
    }

    private struct State {
        var socket: StreamSocket?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// Makes the call in progress fail as `cancelled` at once.
    func cancel() {
        let socket = state.withLock { state in
            state.isCancelled = true
            return state.socket
        }
        socket?.shutdown()
    }

    /// Sends the request and passes on the parts of its response as they arrive.
    func perform(
        _ call: EngineCall,
        _ version: APIVersion?,
        at address: EngineAddress,
        deadlines: Deadlines,
        receive: (ResponseParser.Part) throws(EngineError) -> Void
    ) throws(EngineError) {
        let bytes = try call.encoded(version)
        // The call may have waited for a thread until its deadline.
        guard deadlines.head > .now else {
            throw EngineError(
                .timedOut,
                call.operation,
                "it was not sent: all threads were busy with earlier calls"
            )
        }
        let socket = try connect(call, at: address, until: deadlines.connect)
        // The exchange may live on; the connection must not.
        defer { state.withLock { $0.socket = nil } }
        try mapping(call) { () throws(SocketError) in
            try socket.write(bytes, until: deadlines.head)
        }
        var parser = ResponseParser(
            method: call.method.rawValue,
            limits: WireLimits(bodyBytes: call.bodyLimit)
        )
        var deadline: ContinuousClock.Instant? = deadlines.head
        while true {
            while let part = try next(of: &parser, call) {
                try receive(part)
                if case .end = part { return }
                deadline = deadlines.nextPiece
            }
            let bytes = try mapping(call) { () throws(SocketError) in
                try socket.read(upTo: 64 * 1024, until: deadline)
            }
            try checkCancellation(call)
            if bytes.isEmpty { parser.receiveEnd() } else { parser.receive(bytes) }
        }
    }

    private func connect(
        _ call: EngineCall,
        at address: EngineAddress,
        until deadline: ContinuousClock.Instant
    ) throws(EngineError) -> StreamSocket {
        let socket: StreamSocket
        do throws(SocketError) {
            socket = try StreamSocket.connect(to: address.socketAddress, until: deadline)
        } catch {
            throw EngineError(unreachable: address, error, call.operation)
        }
        state.withLock { $0.socket = socket }
        // After the store, so that a cancellation either sees the socket or is seen here.
        try checkCancellation(call)
        return socket
    }

    private func checkCancellation(_ call: EngineCall) throws(EngineError) {
        guard !state.withLock({ $0.isCancelled }) else {
            throw EngineError(.cancelled, call.operation, "the call was cancelled")
        }
    }

    private func next(
        of parser: inout ResponseParser,
        _ call: EngineCall
    ) throws(EngineError) -> ResponseParser.Part? {
        do throws(WireError) {
            return try parser.next()
        } catch {
            let kind: EngineError.Kind =
                switch error {
                case .truncated: .connectionLost
                case .tooLarge: .tooLarge
                case .malformed, .unsupported, .unencodable: .malformedResponse
                }
            throw EngineError(kind, call.operation, "\(error)")
        }
    }

    /// Converts the failure of the socket during a call.
    private func mapping<Value>(
        _ call: EngineCall,
        _ body: () throws(SocketError) -> Value
    ) throws(EngineError) -> Value {
        do throws(SocketError) {
            return try body()
        } catch {
            try checkCancellation(call)
            throw EngineError(
                error.reason == .timedOut ? .timedOut : .connectionLost,
                call.operation,
                error.reasonText
            )
        }
    }
}

extension EngineCall {
    fileprivate func encoded(_ version: APIVersion?) throws(EngineError) -> [UInt8] {
        let request = try request(version)
        do throws(WireError) {
            return try request.encoded()
        } catch {
            throw EngineError(.badParameter, operation, "\(error)")
        }
    }
}

extension EngineError {
    fileprivate init(unreachable address: EngineAddress, _ error: SocketError, _ operation: String)
    {
        let remedy =
            switch error.reason {
            case .system(ENOENT):
                "install and start Docker (systemctl start docker), "
                    + "or set DOCKER_HOST to its socket"
            case .system(ECONNREFUSED):
                "start Docker (systemctl start docker): no process listens on its socket"
            case .system(EACCES), .system(EPERM):
                "run as root or as a member of the socket's group (usually docker)"
            case .timedOut:
                "see whether dockerd hangs (journalctl -u docker)"
            default:
                "see whether this is Docker's socket (systemctl status docker.socket)"
            }
        self.init(
            .unreachable,
            operation,
            "no answer at \(address): \(error.reasonText); \(remedy)"
        )
    }
}
