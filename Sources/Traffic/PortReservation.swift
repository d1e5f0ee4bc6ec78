internal import Addresses
internal import Foundation
internal import Platform

/// A hold on a host port: a socket that is bound and never listens.
///
/// No other process can take the port while the value lives.
/// Connections that the table does not translate are refused by the kernel; datagrams are lost, as
/// on a busy network.
package final class PortReservation: Sendable {
    /// The kernel's number of the socket, by which a list of listeners tells it from others; 0 on a
    /// host without IPv6, where no process could take a port of it either.
    package let inode: UInt64

    private let socket: Int32

    /// Binds in the calling thread's namespace.
    init(
        port: UInt16,
        at address: IPAddress,
        _ transport: TransportProtocol
    ) throws(SystemCallFailure) {
        let kind =
            switch transport {
            case .tcp: Int32(SOCK_STREAM.rawValue)
            case .udp: Int32(SOCK_DGRAM.rawValue)
            case .sctp: Int32(SOCK_SEQPACKET.rawValue)
            }
        let name = RawSocketAddress(address, port: port)
        let number = Int32(transport.number)
        let socket = Foundation.socket(name.family, kind | Int32(SOCK_CLOEXEC.rawValue), number)
        self.socket = socket
        guard socket >= 0 else {
            let failure = SystemCallFailure.last
            guard address.isIPv6, failure.code == EAFNOSUPPORT else { throw failure }
            inode = 0
            return
        }
        if address.isIPv6 { Self.enable(IPV6_V6ONLY, of: Int32(IPPROTO_IPV6), on: socket) }
        var isBound = name.read { bind(socket, $0, $1) } == 0
        // Connections that a former owner of the port closed a minute ago (TIME_WAIT) are in the
        // way of the first attempt, which shares the port with no process, but not of the second.
        // Of UDP there are none, and the second would share the port with any process that lets it.
        if !isBound, errno == EADDRINUSE, transport != .udp {
            Self.enable(SO_REUSEADDR, of: SOL_SOCKET, on: socket)
            isBound = name.read { bind(socket, $0, $1) } == 0
        }
        guard isBound else {
            let failure = SystemCallFailure.last
            close(socket)
            throw failure
        }
        var status = stat()
        inode = fstat(socket, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    deinit { if socket >= 0 { close(socket) } }

    private static func enable(_ option: Int32, of level: Int32, on socket: Int32) {
        var yes: Int32 = 1
        setsockopt(socket, level, option, &yes, socklen_t(MemoryLayout<Int32>.size))
    }
}

extension TrafficDirector {
    /// Holds a host port for as long as the result lives.
    ///
    /// Throws `.exists` where another process listens there.
    package func reserve(
        _ entryPoint: EntryPoint,
        _ transport: TransportProtocol
    ) async throws(TrafficError) -> PortReservation {
        let operation = "Reserving \(entryPoint)/\(transport.rawValue)"
        guard case .port(let port, let address) = entryPoint else {
            throw TrafficError(.refused, operation, detail: "this is no port of the host")
        }
        return try await onHost(operation) { () throws(SystemCallFailure) in
            try PortReservation(port: port, at: address, transport)
        }
    }
}
