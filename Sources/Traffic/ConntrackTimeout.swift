/// How long the kernel remembers a TCP connection of ours that was reset: not at all.
///
/// A server that stops resets the connections that callers have kept, and the callers' ports are
/// free at once.
/// A new connection from such a port would match the old one's entry, which still translates to the
/// stopped container; the kernel replaces a closed entry only where a FIN was seen or the caller
/// itself sent the reset (nf_conntrack_proto_tcp.c, `nf_conntrack_tcp_packet`, on SYN_SENT).
/// An entry whose timeout is zero has expired when the reset has passed, so the new connection is
/// translated as any other.
///
/// The other states keep the host's own timeouts.
/// TIME_WAIT in particular must last: for callers that share the bridge's address after
/// translation, the entry keeps a port from another caller while the server's socket still waits.
enum ConntrackTimeout {
    /// The object's name in our table, in each family.
    static let name = "reset-at-once"

    static func text(in family: Family) -> String {
        "add ct timeout \(family.table) \(name) "
            + "{ protocol tcp; l3proto \(family.rawValue); policy = { close : 0 }; }"
    }

    /// Whether an object that `nft -j list` prints is ours, unchanged.
    static func isIntact(_ object: [String: Any], in family: Family) -> Bool {
        let policy = object["policy"] as? [String: Any]
        return object["name"] as? String == name && object["protocol"] as? String == "tcp"
            && object["l3proto"] as? String == family.rawValue && policy?["close"] as? Int == 0
    }
}
