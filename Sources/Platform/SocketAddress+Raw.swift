internal import Glibc

/// The kernel's form of an address, of any family.
struct RawSocketAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    /// Room for an address that a call will write.
    init(empty: Void) {}

    var family: Int32 { Int32(storage.ss_family) }

    /// Lends the address to a call that reads one.
    func read<Result>(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, length) }
        }
    }

    /// Lends room for an address to a call that writes one.
    mutating func write<Result>(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        defer { self.length = length }
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
    }

    /// Stores a family's own structure; all of them fit (POSIX, sys/socket.h).
    private mutating func store<Address>(_ address: Address) {
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: Address.self) }
        length = socklen_t(MemoryLayout<Address>.size)
    }
}

extension RawSocketAddress {
    /// The kernel's form of `address`, or nil if a path is too long or a host is not a literal.
    init?(_ address: SocketAddress) {
        switch address {
        case .unix(let path):
            self.init(path: path)
        case .tcp(let host, let port):
            self.init(host: host, port: port)
        }
    }

    /// unix(7): a path of at most 107 bytes, and a zero after it.
    private init?(path: String) {
        self.init(empty: ())
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        store(address)
    }

    private init?(host: String, port: UInt16) {
        self.init(empty: ())
        var v4 = sockaddr_in()
        var v6 = sockaddr_in6()
        if inet_pton(AF_INET, host, &v4.sin_addr) == 1 {
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            store(v4)
        } else if inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 {
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = port.bigEndian
            store(v6)
        } else {
            return nil
        }
    }

    /// The address as ours, or nil for a family or a form that is not; a unix socket's peer has
    /// no name, for one.
    var socketAddress: SocketAddress? {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch family {
        case AF_INET:
            var address = load(sockaddr_in.self)
            guard inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count)) != nil
            else { return nil }
            return .tcp(host: Self.string(text), port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            var address = load(sockaddr_in6.self)
            guard inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count)) != nil
            else { return nil }
            return .tcp(host: Self.string(text), port: UInt16(bigEndian: address.sin6_port))
        default:
            return nil
        }
    }

    private func load<Address>(_ type: Address.Type) -> Address {
        withUnsafeBytes(of: storage) { $0.load(as: type) }
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
