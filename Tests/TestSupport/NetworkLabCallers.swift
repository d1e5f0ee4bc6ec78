package import Addresses
internal import Load
internal import Foundation
package import Platform

/// A UDP caller that keeps its port, so the kernel takes all its datagrams for one flow.
package final class DatagramCaller: Sendable {
    private let socket: Int32

    /// Makes a caller in a namespace.
    package init(in namespace: NetworkNamespace, to address: IPv4Address, port: UInt16) throws {
        socket = try namespace.visit { Foundation.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) }
        SocketCalls.setTimeout(socket, .milliseconds(500))
        _ = SocketCalls.connect(socket, address, port)
    }

    deinit { close(socket) }

    /// Sends a datagram and returns the answer; nil when none came in half a second.
    package func ask() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        guard send(socket, "?", 1, Int32(MSG_NOSIGNAL)) == 1 else { return nil }
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
    }
}

/// A TCP connection that says nothing until it ends.
package final class StreamCaller: Sendable {
    private let socket: Int32

    /// Connects from a namespace.
    package init(in namespace: NetworkNamespace, to address: IPv4Address, port: UInt16) throws {
        socket = try namespace.visit { Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        SocketCalls.setTimeout(socket, .seconds(5))
        guard SocketCalls.connect(socket, address, port) else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL)
        }
    }

    deinit { close(socket) }

    /// Resets the connection, or says goodbye and waits for the other side to do so too.
    package func end() {
        shutdown(socket, Int32(SHUT_WR))
        var buffer = [UInt8](repeating: 0, count: 4096)
        while recv(socket, &buffer, buffer.count, 0) > 0 {}
    }
}
