internal import Dispatch
internal import Foundation

/// Hears of changes of our table from the kernel's own announcements, nftables' multicast group.
///
/// No `nft monitor` runs: nothing to start again, and a flood of changes cannot fill a pipe.
final class TableWatch: Sendable {
    static let announcements: UInt32 = 1 << 6  // NFNLGRP_NFTABLES is group 7
    private static let subsystem: UInt16 = 10  // NFNL_SUBSYS_NFTABLES
    private static let generation: UInt16 = 15  // NFT_MSG_NEWGEN, which ends every transaction
    private static let table = "berth"
    private static let families = [AF_INET, AF_INET6].map { UInt8($0) }

    private let socket: SocketBox
    /// Sources may be used from any thread; Dispatch's Swift face on Linux does not say so.
    nonisolated(unsafe) private let source: any DispatchSourceRead

    /// Listens in the calling thread's namespace and calls `changed` from a queue of its own.
    init(_ changed: @escaping @Sendable () -> Void) throws(SystemCallFailure) {
        let socket = SocketBox(try NetlinkSocket(.netfilter, groups: Self.announcements))
        self.socket = socket
        source = DispatchSource.makeReadSource(
            fileDescriptor: socket.descriptor,
            queue: DispatchQueue(label: "berth.nft.watch")
        )
        source.setEventHandler { @Sendable in
            if Self.drain(socket.descriptor) { changed() }
        }
        // The descriptor lives until the source lets go of it.
        source.setCancelHandler { @Sendable in withExtendedLifetime(socket) {} }
        source.activate()
    }

    /// Stops listening.
    func cancel() {
        source.cancel()
    }

    /// Reads what there is; true where our table was among it, or something got lost.
    static func drain(_ descriptor: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var isOurs = false
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else {
                // More came than the socket holds: what it was is unknown, so look.
                if errno == ENOBUFS { isOurs = true }
                if errno == EINTR || errno == ENOBUFS { continue }
                return isOurs
            }
            buffer.withUnsafeBytes { bytes in
                let datagram = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                _ = NetlinkMessage.visit(datagram) { if concernsOurTable($0) { isOurs = true } }
            }
        }
    }

    /// In every announcement but the generation's, attribute 1 is the table's name.
    private static func concernsOurTable(_ message: NetlinkMessage) -> Bool {
        guard message.type >> 8 == subsystem, message.type & 0xFF != generation,
            families.contains(message.body.first ?? 0),
            let name = message.attributes(after: 4).first(1)
        else { return false }
        return name.elementsEqual(table.utf8 + [0])
    }
}

/// Shares a socket between the source and its handlers.
final class SocketBox: Sendable {
    let socket: NetlinkSocket

    var descriptor: Int32 { socket.descriptor }

    init(_ socket: consuming NetlinkSocket) {
        self.socket = socket
    }
}

extension TrafficDirector {
    /// Tells when the table was changed, by anybody, this process included.
    ///
    /// It says only that something changed: look again.
    /// Several changes may be told as one.
    /// Ends when the task that reads it is cancelled.
    public func changes() async throws(TrafficError) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let watch = try await netlink("Watching the traffic table") {
            () throws(SystemCallFailure) in
            try TableWatch { continuation.yield() }
        }
        continuation.onTermination = { _ in watch.cancel() }
        return stream
    }
}
