internal import Foundation

/// Hears of changes of our table from the kernel's own announcements, nftables' multicast group.
///
/// No `nft monitor` runs: nothing to start again, and a flood of changes cannot fill a pipe.
enum TableWatch {
    static let announcements: UInt32 = 1 << 6  // NFNLGRP_NFTABLES is group 7
    private static let subsystem: UInt16 = 10  // NFNL_SUBSYS_NFTABLES
    private static let generation: UInt16 = 15  // NFT_MSG_NEWGEN, which ends every transaction
    private static let table = "berth"
    private static let families = [AF_INET, AF_INET6].map { UInt8($0) }

    /// Reads what there is; true where our table was among it, or something got lost.
    static func drain(_ descriptor: Int32) -> Bool {
        var isOurs = false
        NetlinkGroup.drain(descriptor) { announcement in
            switch announcement {
            case .message(let message): if concernsOurTable(message) { isOurs = true }
            case .lost: isOurs = true
            }
        }
        return isOurs
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

extension TrafficDirector {
    /// Tells when the table was changed, by anybody, this process included.
    ///
    /// It says only that something changed: look again.
    /// Several changes may be told as one.
    /// Ends when the task that reads it is cancelled.
    package func changes() async throws(TrafficError) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let group = try await netlink("Watching the traffic table") {
            () throws(SystemCallFailure) in
            try NetlinkGroup(TableWatch.announcements, label: "berth.nft.watch") { descriptor in
                if TableWatch.drain(descriptor) { continuation.yield() }
            }
        }
        continuation.onTermination = { _ in group.cancel() }
        return stream
    }
}
