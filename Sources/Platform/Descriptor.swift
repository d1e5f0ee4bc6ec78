internal import Glibc

/// An open file, pipe or socket, closed with this value.
package struct Descriptor: ~Copyable, Sendable {
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    deinit { close(number) }
}

/// Calls on sockets that do not block; every wait is a `poll(2)` with a deadline.
extension Descriptor {
    static func streamSocket(family: Int32) throws(SocketFailure) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(family, type, 0)
        guard number >= 0 else { throw .last }
        return Descriptor(number)
    }

    /// Waits until a read, write or accept would make progress, if only to fail; what poll(2) saw.
    @discardableResult
    package func wait(
        for events: Int32,
        until deadline: ContinuousClock.Instant?
    ) throws(SocketError.Reason) -> Int32 {
        while true {
            var entry = pollfd(fd: number, events: Int16(events), revents: 0)
            let count = poll(&entry, 1, deadline.map(Self.milliseconds(until:)) ?? -1)
            if count > 0 { return Int32(entry.revents) }
            if count < 0 {
                guard errno == EINTR else { throw .last }
                continue
            }
            if let deadline, deadline <= .now { throw .timedOut }
        }
    }

    /// Repeats a call that may be interrupted or find the socket not ready.
    func retry(
        waitingFor events: Int32,
        until deadline: ContinuousClock.Instant?,
        _ call: (Int32) -> Int
    ) throws(SocketFailure) -> Int {
        while true {
            let result = call(number)
            if result >= 0 { return result }
            switch errno {
            case EINTR: continue
            case EAGAIN: try wait(for: events, until: deadline)
            default: throw .last
            }
        }
    }

    /// Throws why a connection that was begun failed.
    func connectionResult() throws(SocketFailure) {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout.size(ofValue: code))
        guard getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { throw .last }
        guard code == 0 else { throw .system(code: code) }
    }

    package var localAddress: SocketAddress? {
        var raw = RawSocketAddress()
        guard raw.write({ getsockname(number, $0, $1) }) == 0 else { return nil }
        return raw.socketAddress
    }

    /// The milliseconds to a moment, rounded up, so that a wait never ends before it.
    private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let (seconds, attoseconds) = ContinuousClock.now.duration(to: deadline).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue + part)
    }
}
