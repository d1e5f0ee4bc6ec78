internal import Glibc

/// The kernel's handle of one socket: closed on exec, non-blocking, and closed with this value.
///
/// Every wait is a `poll(2)` with a deadline, so a socket never holds a thread for longer.
struct SocketDescriptor: ~Copyable, Sendable {
    let number: Int32

    /// Takes over a descriptor that the kernel just handed out, or its failure.
    init(adopting number: Int32) throws(SocketFailure) {
        guard number >= 0 else { throw .last }
        self.number = number
    }

    /// Opens a stream socket of this family.
    init(family: Int32) throws(SocketFailure) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        try self.init(adopting: socket(family, type, 0))
    }

    deinit {
        close(number)
    }

    /// Waits until a read, write or accept would make progress, if only to fail.
    ///
    /// - Returns: What poll(2) saw.
    @discardableResult
    func wait(
        for events: Int32,
        until deadline: ContinuousClock.Instant?
    ) throws(SocketFailure) -> Int32 {
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

    func set(_ option: Int32, at level: Int32 = SOL_SOCKET, to value: Int32) throws(SocketFailure) {
        var value = value
        let size = socklen_t(MemoryLayout.size(ofValue: value))
        guard setsockopt(number, level, option, &value, size) == 0 else { throw .last }
    }

    /// Sets on an accepted socket what `init(family:)` asks for at once; Swift's Glibc has no
    /// `accept4`.
    func harden() throws(SocketFailure) {
        guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0, fcntl(number, F_SETFL, O_NONBLOCK) == 0
        else { throw .last }
    }

    /// What became of a connection that was begun: nothing, or why it failed.
    func connectionResult() throws(SocketFailure) {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout.size(ofValue: code))
        guard getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { throw .last }
        guard code == 0 else { throw .system(code: code) }
    }

    /// The address of this end.
    func localAddress() -> SocketAddress? {
        var raw = RawSocketAddress(empty: ())
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

/// Why a call on a socket failed, before operation and address are known.
typealias SocketFailure = SocketError.Reason

extension SocketError.Reason: Error {
    /// What the last call in this thread left in `errno`; ask at once.
    static var last: Self { .system(code: errno) }

    static var refused: Self { .system(code: ECONNREFUSED) }
}
