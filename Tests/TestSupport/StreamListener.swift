import Glibc
package import Platform

/// A stream socket that accepts connections, over a unix socket or TCP.
///
/// Calls block their thread; `shutdown` may come from anywhere.
package final class StreamListener: Sendable {
    /// Where it listens, with the port the kernel chose if none was asked for.
    package let address: SocketAddress

    private let descriptor: Descriptor

    /// Listens on an address; port 0 is any.
    package init(on address: SocketAddress, backlog: Int32 = 128) throws {
        guard let raw = RawSocketAddress(address) else {
            throw SocketError.Reason.invalidAddress
        }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = Descriptor(socket(raw.family, type, 0))
        if raw.family == AF_INET6 {
            Self.enable(IPV6_V6ONLY, at: Int32(IPPROTO_IPV6), of: descriptor.number)
        }
        if raw.family != AF_UNIX {
            Self.enable(SO_REUSEADDR, at: SOL_SOCKET, of: descriptor.number)
        }
        guard raw.read({ bind(descriptor.number, $0, $1) }) == 0,
            listen(descriptor.number, backlog) == 0
        else { throw SocketError.Reason.last }
        self.address = descriptor.localAddress ?? address
        self.descriptor = descriptor
    }

    deinit { if case .unix(let path) = address { unlink(path) } }

    private static func enable(_ option: Int32, at level: Int32, of socket: Int32) {
        var value: Int32 = 1
        setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Waits for the next connection; throws `cancelled` after `shutdown`.
    package func accept(until deadline: ContinuousClock.Instant? = nil) throws -> StreamSocket {
        while true {
            // A unix listener that was shut down says EAGAIN for ever; only poll tells.
            let seen = try descriptor.wait(for: Int32(POLLIN), until: deadline)
            guard seen & Int32(POLLHUP) == 0 else { throw SocketError.Reason.cancelled }
            let number = Glibc.accept(descriptor.number, nil, nil)
            if number < 0, [EAGAIN, ECONNABORTED, EINTR].contains(errno) { continue }
            guard number >= 0, fcntl(number, F_SETFD, FD_CLOEXEC) == 0,
                fcntl(number, F_SETFL, O_NONBLOCK) == 0
            else { throw SocketError.Reason.last }
            return StreamSocket(Descriptor(number), peer: address)
        }
    }

    /// Stops accepting; a call that waits returns at once.
    package func shutdown() { _ = Glibc.shutdown(descriptor.number, Int32(SHUT_RDWR)) }
}
