internal import Foundation

/// The number of a namespace's nftables rules as a whole: every transaction, by anybody, makes the
/// next one.
///
/// As long as it stays, a listing of a table is as good as new.
enum RuleGeneration {
    private static let get: UInt16 = 10 << 8 | 16  // NFNL_SUBSYS_NFTABLES, NFT_MSG_GETGEN

    /// The calling thread's namespace's.
    static func current() throws(SystemCallFailure) -> UInt32 {
        let socket = try NetlinkSocket(.netfilter)
        var generation: UInt32?
        try socket.request(
            type: get,
            flags: NetlinkMessage.acknowledge,
            // struct nfgenmsg: family, version, resource.
            body: NetlinkBytes(bytes: [UInt8(AF_UNSPEC), 0, 0, 0])
        ) { message in
            // NFTA_GEN_ID; whichever end of it comes first is the same for comparing.
            generation = message.attributes(after: 4).number(1)
        }
        guard let generation else { throw SystemCallFailure(code: EPROTO) }
        return generation
    }
}
