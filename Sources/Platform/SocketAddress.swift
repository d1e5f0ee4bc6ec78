/// Where a stream socket connects to or listens.
///
/// Names are not looked up: a host is an IPv4 or IPv6 literal, so nothing here waits for DNS.
package enum SocketAddress: Sendable, Hashable {
    /// The path of a unix socket.
    case unix(path: String)

    /// An IP literal and a port.
    case tcp(host: String, port: UInt16)
}

extension SocketAddress: CustomStringConvertible {
    /// `/run/docker.sock`, `127.0.0.1:80` or `[::1]:80`.
    package var description: String {
        switch self {
        case .unix(let path): path
        case .tcp(let host, let port) where host.contains(":"): "[\(host)]:\(port)"
        case .tcp(let host, let port): "\(host):\(port)"
        }
    }
}
