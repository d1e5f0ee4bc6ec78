internal import Glibc

/// A socket that accepts connections.
///
/// As with `StreamSocket`, calls block their thread, and `shutdown` may come from anywhere.
package final class Listener: Sendable {
    /// Where it listens, with the port the kernel chose if none was asked for.
    package let address: SocketAddress

    private let descriptor: SocketDescriptor

    /// Listens on an address.
    ///
    /// - Parameters:
    ///   - address: The unix socket to make, or an IP literal and a port, 0 for any.
    ///   - backlog: How many connections may wait to be accepted.
    /// - Throws: `SocketError` with the operation `listen`.
    package init(on address: SocketAddress, backlog: Int32 = 128) throws(SocketError) {
        do throws(SocketFailure) {
            guard let raw = RawSocketAddress(address) else { throw .invalidAddress }
            let descriptor = try SocketDescriptor(family: raw.family)
            if raw.family != AF_UNIX {
                // A restart must not wait for the old connections' TIME_WAIT.
                try descriptor.set(SO_REUSEADDR, to: 1)
            }
            if raw.family == AF_INET6 {
                try descriptor.set(IPV6_V6ONLY, at: Int32(IPPROTO_IPV6), to: 1)
            }
            guard raw.read({ bind(descriptor.number, $0, $1) }) == 0,
                listen(descriptor.number, backlog) == 0
            else { throw .last }
            self.address = descriptor.localAddress() ?? address
            self.descriptor = descriptor
        } catch {
            throw SocketError(operation: .listen, address: address, reason: error)
        }
    }

    deinit {
        if case .unix(let path) = address { unlink(path) }
    }

    /// Waits for the next connection.
    ///
    /// - Parameter deadline: When to give up; nil waits until `shutdown`.
    /// - Returns: The connection; its peer is this listener's address for a unix socket, whose
    ///   clients have no name.
    /// - Throws: `SocketError` with the operation `accept`; `cancelled` after `shutdown`.
    package func accept(
        until deadline: ContinuousClock.Instant? = nil
    ) throws(SocketError) -> StreamSocket {
        do throws(SocketFailure) {
            while true {
                // A unix listener that was shut down says EAGAIN for ever; only poll tells.
                let seen = try descriptor.wait(for: Int32(POLLIN), until: deadline)
                guard seen & Int32(POLLHUP) == 0 else { throw .cancelled }
                if let connection = try acceptNow() { return connection }
            }
        } catch {
            throw SocketError(operation: .accept, address: address, reason: error)
        }
    }

    /// The first connection that waits, or nil if it has gone again.
    private func acceptNow() throws(SocketFailure) -> StreamSocket? {
        var peer = RawSocketAddress(empty: ())
        let number = peer.write { Glibc.accept(descriptor.number, $0, $1) }
        if number < 0, [EAGAIN, ECONNABORTED, EINTR].contains(errno) { return nil }
        let connection = try SocketDescriptor(adopting: number)
        try connection.harden()
        return StreamSocket(connection, peer: peer.socketAddress ?? address)
    }

    /// Stops accepting; a call that waits returns at once.
    package func shutdown() {
        _ = Glibc.shutdown(descriptor.number, Int32(SHUT_RDWR))
    }
}
