internal import Dispatch
internal import Foundation

/// Hears a multicast group of the kernel's announcements, on a queue of its own (netlink(7)).
final class NetlinkGroup: Sendable {
    private let socket: SocketBox
    /// Sources may be used from any thread; their type does not say so.
    nonisolated(unsafe) private let source: any DispatchSourceRead

    enum Announcement {
        case message(NetlinkMessage)
        /// More came than the socket holds: what it was is unknown.
        case lost
    }

    /// Listens in the calling thread's namespace to `groups`, a bit mask, and calls `isReadable`
    /// with the socket's descriptor whenever there is something to ``drain(_:_:)``.
    init(
        _ groups: UInt32,
        label: String,
        isReadable: @escaping @Sendable (Int32) -> Void
    ) throws(SystemCallFailure) {
        let socket = SocketBox(try NetlinkSocket(.netfilter, groups: groups))
        self.socket = socket
        source = DispatchSource.makeReadSource(
            fileDescriptor: socket.descriptor,
            queue: DispatchQueue(label: label, qos: .userInteractive)
        )
        source.setEventHandler { @Sendable in isReadable(socket.descriptor) }
        // The descriptor lives until the source lets go of it.
        source.setCancelHandler { @Sendable in withExtendedLifetime(socket) {} }
        source.activate()
    }

    deinit { source.cancel() }

    func cancel() { source.cancel() }

    /// Hands over what has been announced, and returns when there is nothing more for now.
    static func drain(_ descriptor: Int32, _ hear: (Announcement) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else {
                if errno == ENOBUFS { hear(.lost) }
                if errno == EINTR || errno == ENOBUFS { continue }
                return
            }
            buffer.withUnsafeBytes { bytes in
                let datagram = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                _ = NetlinkMessage.visit(datagram) { hear(.message($0)) }
            }
        }
    }
}

/// Shares a socket between a source and its handlers.
final class SocketBox: Sendable {
    let socket: NetlinkSocket

    var descriptor: Int32 { socket.descriptor }

    init(_ socket: consuming NetlinkSocket) {
        self.socket = socket
    }
}
