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
    init(_ entryPoint: EntryPoint, _ transport: TransportProtocol) throws(SystemCallFailure) {
        guard let (address, port) = entryPoint.binding else {
            throw SystemCallFailure(code: EADDRNOTAVAIL)
        }
        let kind =
            switch transport {
            case .tcp: Int32(SOCK_STREAM.rawValue)
            case .udp: Int32(SOCK_DGRAM.rawValue)
            case .sctp: Int32(SOCK_SEQPACKET.rawValue)
            }
        socket = Foundation.socket(
            entryPoint.isIPv6 ? AF_INET6 : AF_INET,
            kind | Int32(SOCK_CLOEXEC.rawValue),
            Int32(transport.number)
        )
        guard socket >= 0 else {
            let code = errno
            guard entryPoint.isIPv6, code == EAFNOSUPPORT else {
                throw SystemCallFailure(code: code)
            }
            inode = 0
            return
        }
        if entryPoint.isIPv6 { Self.enable(IPV6_V6ONLY, of: Int32(IPPROTO_IPV6), on: socket) }
        // Connections that a former owner of the port closed a minute ago (TIME_WAIT) are in the
        // way of the first attempt, which shares the port with no process, but not of the second.
        // Of UDP there are none, and the second would share the port with any process that lets it.
        guard
            Self.bind(socket, address, port)
                || transport != .udp && Self.bindBesidesOldConnections(socket, address, port)
        else {
            let code = errno
            close(socket)
            throw SystemCallFailure(code: code)
        }
        var status = stat()
        inode = fstat(socket, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    deinit { if socket >= 0 { close(socket) } }

    private static func bind(_ socket: Int32, _ address: IPAddress, _ port: UInt16) -> Bool {
        switch address {
        case .four(let address):
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = address.rawValue.bigEndian
            return bind(socket, to: &name)
        case .six(let address):
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &name.sin6_addr) { bytes in
                bytes.storeBytes(of: address.high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return bind(socket, to: &name)
        }
    }

    private static func bind<Name>(_ socket: Int32, to name: inout Name) -> Bool {
        withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.bind(socket, $0, socklen_t(MemoryLayout<Name>.size)) == 0
            }
        }
    }

    private static func bindBesidesOldConnections(
        _ socket: Int32,
        _ address: IPAddress,
        _ port: UInt16
    ) -> Bool {
        guard errno == EADDRINUSE else { return false }
        enable(SO_REUSEADDR, of: SOL_SOCKET, on: socket)
        return bind(socket, address, port)
    }

    private static func enable(_ option: Int32, of level: Int32, on socket: Int32) {
        var yes: Int32 = 1
        setsockopt(socket, level, option, &yes, socklen_t(MemoryLayout<Int32>.size))
    }
}

extension EntryPoint {
    /// Where a socket that holds the entry point is bound; nil for a service's own address.
    fileprivate var binding: (address: IPAddress, port: UInt16)? {
        switch self {
        case .hostPort(let port): (.four(.any), port)
        case .hostPort6(let port): (.six(.any), port)
        case .address(let address, let port): (.four(address), port)
        case .address6(let address, let port): (.six(address), port)
        case .service: nil
        }
    }
}
