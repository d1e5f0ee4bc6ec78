internal import Foundation

/// Finds out from the kernel whether our table was changed.
///
/// No `nft monitor` runs: nothing to start again, and a flood of changes cannot fill a pipe.
enum TableWatch {
    static let announcements: UInt32 = 1 << 6  // NFNLGRP_NFTABLES is group 7
    private static let subsystem: UInt16 = 10  // NFNL_SUBSYS_NFTABLES
    private static let newGeneration: UInt16 = 15  // NFT_MSG_NEWGEN, which ends every transaction
    private static let getGeneration: UInt16 = 16  // NFT_MSG_GETGEN
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

    /// The number of the rules of the calling thread's namespace as a whole: every transaction, of
    /// any process, increases it, so a listing of a table is as good as new while it stays.
    static func generation() throws(SystemCallFailure) -> UInt32 {
        var generation: UInt32?
        try NetlinkSocket(.netfilter).request(
            type: subsystem << 8 | getGeneration,
            flags: NetlinkMessage.acknowledge,
            body: .netfilterHeader(AF_UNSPEC)
        ) { message in
            // NFTA_GEN_ID; its byte order does not matter for comparing.
            generation = message.attributes(after: 4).number(1)
        }
        guard let generation else { throw SystemCallFailure(code: EPROTO) }
        return generation
    }

    /// In every announcement but the generation's, attribute 1 is the table's name.
    private static func concernsOurTable(_ message: NetlinkMessage) -> Bool {
        guard message.type >> 8 == subsystem, message.type & 0xFF != newGeneration,
            families.contains(message.body.first ?? 0),
            let name = message.attributes(after: 4).first(1)
        else { return false }
        return name.elementsEqual(table.utf8 + [0])
    }
}

extension TrafficDirector {
    /// Yields when the table was changed, by any process, this one included; several changes may be
    /// yielded as one.
    ///
    /// Ends when the task that reads it is cancelled.
    package func changes() async throws(TrafficError) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let group = try await onHost("Watching the traffic table") {
            () throws(SystemCallFailure) in
            try NetlinkGroup(TableWatch.announcements, label: "berth.nft.watch") { descriptor in
                if TableWatch.drain(descriptor) { continuation.yield() }
            }
        }
        continuation.onTermination = { _ in group.cancel() }
        return stream
    }
}
