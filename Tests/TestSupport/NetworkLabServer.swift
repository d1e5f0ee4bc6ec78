internal import Addresses
internal import Load
internal import Foundation
package import Platform

/// A tiny server in a namespace that answers everything with its name.
///
/// TCP: any HTTP request gets `200` and the name, then the connection closes.
/// UDP: any datagram gets the name.
package final class NetworkLabServer: Sendable {
    private let socket: Int32
    private let name: String

    /// Listens on all addresses of `namespace` (nil is this process's own) and serves until
    /// ``stop()``.
    package init(
        _ name: String,
        in namespace: NetworkNamespace?,
        port: UInt16,
        datagrams: Bool = false
    ) throws {
        self.name = name
        // A socket stays in the namespace it was made in, whichever thread uses it.
        let open = { () throws in try Self.listen(port, datagrams: datagrams) }
        socket = if let namespace { try namespace.visit(open) } else { try open() }
        Thread.detachNewThread { [self] in datagrams ? serveDatagrams() : serveConnections() }
    }

    /// Ends the server; later connections are refused.
    package func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
    }

    static func listen(_ port: UInt16, datagrams: Bool) throws -> Int32 {
        let kind = datagrams ? SOCK_DGRAM : SOCK_STREAM
        let socket = Foundation.socket(AF_INET, Int32(kind.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let isBound = RawSocketAddress(.four(.any), port: port).read {
            bind(socket, $0, $1)
        }
        guard isBound == 0, datagrams || Foundation.listen(socket, 1024) == 0 else {
            let code = errno
            close(socket)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL)
        }
        return socket
    }

    private func serveConnections() {
        let answer = "HTTP/1.0 200 OK\r\nContent-Length: \(name.utf8.count + 1)\r\n\r\n\(name)\n"
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                break
            }
            SocketCalls.setTimeout(connection, .seconds(5))
            if recv(connection, &buffer, buffer.count, 0) > 0 {
                send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                shutdown(connection, Int32(SHUT_WR))
            }
            close(connection)
        }
        close(socket)
    }

    private func serveDatagrams() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var peer = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let isServing = withUnsafeMutablePointer(to: &peer) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
                    guard recvfrom(socket, &buffer, buffer.count, 0, peer, &size) > 0 else {
                        return false
                    }
                    return sendto(socket, name, name.utf8.count, 0, peer, size) >= 0
                        || errno != EBADF
                }
            }
            guard isServing else { break }
        }
        close(socket)
    }
}
