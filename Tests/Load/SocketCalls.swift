package import Addresses
internal import Foundation
internal import Platform

/// The socket calls that the lab needs, without their C clothes.
package enum SocketCalls {
    /// Asks the system's resolver; the first address, or nil where it has none.
    package static func resolve(_ name: String) -> IPv4Address? {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0, let first = list else { return nil }
        defer { freeaddrinfo(first) }
        guard let name = first.pointee.ai_addr,
            case .four(let address)? = RawSocketAddress.ipAddress(at: name)
        else { return nil }
        return address
    }

    /// Connects; false where that failed, with `errno` set.
    package static func connect(_ socket: Int32, _ address: IPv4Address, _ port: UInt16) -> Bool {
        connect(socket, .four(address), port)
    }

    static func connect(_ socket: Int32, _ address: IPAddress, _ port: UInt16) -> Bool {
        RawSocketAddress(address, port: port).read { Foundation.connect(socket, $0, $1) } == 0
    }

    /// Bounds each read and write.
    package static func setTimeout(_ socket: Int32, _ timeout: Duration) {
        var time = timeval()
        time.tv_sec = Int(timeout.components.seconds)
        time.tv_usec = Int(timeout.components.attoseconds / 1_000_000_000_000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    /// Makes closing forget the connection at both ends.
    package static func resetOnClose(_ socket: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
