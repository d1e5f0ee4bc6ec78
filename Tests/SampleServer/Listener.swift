import Glibc

/// The two sockets of a port, on all addresses of both families.
struct Listener {
    let connections: Int32
    let datagrams: Int32

    /// Ends the process where the port cannot be had.
    init(port: UInt16) {
        connections = Self.open(port, SOCK_STREAM)
        datagrams = Self.open(port, SOCK_DGRAM)
        guard listen(connections, 4096) == 0 else { Self.fail("listen") }
    }

    private static func open(_ port: UInt16, _ kind: __socket_type) -> Int32 {
        let opened = socket(AF_INET6, Int32(kind.rawValue), 0)
        var (yes, no): (Int32, Int32) = (1, 0)
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        setsockopt(opened, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no, size)
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = port.bigEndian
        let result = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(opened, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
        guard result == 0 else { fail("bind") }
        return opened
    }

    private static func fail(_ call: String) -> Never {
        perror(call)
        exit(1)
    }
}
