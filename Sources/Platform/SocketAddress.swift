package import Addresses
package import Glibc

/// Where a stream socket connects to or listens.
package enum SocketAddress: Sendable, Hashable {
    case unix(path: String)
    case tcp(IPAddress, port: UInt16)
}

extension SocketAddress: CustomStringConvertible {
    /// `/run/docker.sock`, `127.0.0.1:80` or `[::1]:80`.
    package var description: String {
        switch self {
        case .unix(let path): path
        case .tcp(let address, let port): address.text(port: port)
        }
    }
}

/// The kernel's form of an address, of any family.
package struct RawSocketAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    /// Room for an address that a call will write.
    package init() {}

    package init(_ address: IPAddress, port: UInt16) {
        switch address {
        case .four(let address):
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = address.rawValue.bigEndian
            store(name)
        case .six(let address):
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: address.bytes) }
            store(name)
        }
    }

    /// Nil for a path that is too long: unix(7) takes at most 107 bytes, and a zero after them.
    package init?(_ address: SocketAddress) {
        switch address {
        case .tcp(let address, let port): self.init(address, port: port)
        case .unix(let path):
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            let room = MemoryLayout.size(ofValue: name.sun_path)
            guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else { return nil }
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
            self.init()
            store(name)
        }
    }

    package var family: Int32 { Int32(storage.ss_family) }

    /// Lends the address to a call that reads one.
    package func read<Result>(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, length) }
        }
    }

    /// Lends room for an address to a call that writes one.
    package mutating func write<Result>(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
    }

    /// Nil for other families; a unix socket's peer has no name, for one.
    package var socketAddress: SocketAddress? {
        read { pointer, _ in
            Self.ipAddress(at: pointer).map { address in
                // The port is at the same place in both families.
                let port = withUnsafeBytes(of: storage) {
                    $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
                }
                return .tcp(address, port: UInt16(bigEndian: port))
            }
        }
    }

    /// The address in a structure of the C library's; nil for other families.
    package static func ipAddress(at name: UnsafePointer<sockaddr>) -> IPAddress? {
        switch Int32(name.pointee.sa_family) {
        case AF_INET:
            name.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                .four(IPv4Address(rawValue: UInt32(bigEndian: $0.pointee.sin_addr.s_addr)))
            }
        case AF_INET6:
            name.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { name in
                withUnsafeBytes(of: name.pointee.sin6_addr) { .six(IPv6Address(bytes: $0)) }
            }
        default: nil
        }
    }

    /// Stores a family's own structure; all of them fit (POSIX, sys/socket.h).
    private mutating func store<Address>(_ address: Address) {
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: Address.self) }
        length = socklen_t(MemoryLayout<Address>.size)
    }
}
