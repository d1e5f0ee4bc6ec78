internal import Foundation
internal import Platform

/// A hold on a host port: a socket that is bound and never listens.
///
/// No other process can take the port while the value lives.
/// Connections that the table does not translate are refused by the kernel; datagrams are lost, as
/// on a busy network.
public final class PortReservation: Sendable {
    /// The kernel's number of the socket, by which a list of listeners tells it from others.
    public let inode: UInt64

    private let socket: Int32

    /// Binds in the calling thread's namespace; nil address for all of the host's.
    init(
        _ port: UInt16,
        _ transport: TransportProtocol,
        at address: IPv4Address?
    ) throws(SystemCallFailure) {
        let kind =
            switch transport {
            case .tcp: Int32(SOCK_STREAM.rawValue)
            case .udp: Int32(SOCK_DGRAM.rawValue)
            case .sctp: Int32(SOCK_SEQPACKET.rawValue)
            }
        socket = Foundation.socket(
            AF_INET,
            kind | Int32(SOCK_CLOEXEC.rawValue),
            Int32(transport.number)
        )
        guard socket >= 0 else { throw SystemCallFailure(code: errno) }
        // Connections that a former owner of the port closed a minute ago (TIME_WAIT) are in the
        // way of the first attempt, which shares the port with nobody, but not of the second.
        guard
            Self.bind(socket, port, address)
                || Self.bindBesidesOldConnections(socket, port, address)
        else {
            let code = errno
            close(socket)
            throw SystemCallFailure(code: code)
        }
        var status = stat()
        inode = fstat(socket, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    deinit { close(socket) }

    private static func bind(_ socket: Int32, _ port: UInt16, _ address: IPv4Address?) -> Bool {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = (address?.rawValue ?? 0).bigEndian
        return withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func bindBesidesOldConnections(
        _ socket: Int32,
        _ port: UInt16,
        _ address: IPv4Address?
    ) -> Bool {
        guard errno == EADDRINUSE else { return false }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        return bind(socket, port, address)
    }
}
