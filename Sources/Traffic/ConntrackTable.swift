internal import Addresses
internal import Foundation

struct ConntrackEntry: Equatable {
    struct Tuple: Equatable {
        var source = IPAddress.four(.any)
        var destination = IPAddress.four(.any)
        var sourcePort: UInt16 = 0
        var destinationPort: UInt16 = 0
        var transport: UInt8 = 0
    }

    var original = Tuple()
    /// As the one who answers sees it, with the directions swapped.
    var reply = Tuple()
    /// The state of a TCP connection, as in <linux/netfilter/nf_conntrack_tcp.h>.
    var tcpState: UInt8?

    /// The address that answers: the backend's, whatever address the caller connected to.
    var server: IPAddress { reply.source }

    /// Whether data may still flow: from the first SYN, which may be sent again, until both ends
    /// have closed.
    var isOpenConnection: Bool {
        // SYN_SENT, SYN_RECV, ESTABLISHED, FIN_WAIT, CLOSE_WAIT.
        tcpState.map { (1...5).contains($0) } ?? false
    }

    var isUnansweredConnection: Bool { tcpState == 1 }  // SYN_SENT

    /// Whether both ends have closed and the entry is kept for late packets only.
    var isClosedConnection: Bool {
        // TIME_WAIT, CLOSE.
        tcpState.map { (7...8).contains($0) } ?? false
    }
}

/// What identifies an entry to the kernel: the reply's tuple, zone, id.
///
/// Not the caller's tuple: a caller who uses a port again, towards another server by now, has the
/// same one, and often the same id, which the kernel makes from that tuple and the place in memory
/// that it gives to the next in turn. The reply's names the server as well.
struct ConntrackIdentity {
    /// As <sys/socket.h> numbers it.
    let family: Int32
    let attributes: NetlinkBytes

    init(_ entry: ConntrackEntry, _ attributes: NetlinkAttributes) {
        family = entry.server.isIPv6 ? AF_INET6 : AF_INET
        var identity = NetlinkBytes()
        for (type, content) in attributes {
            switch type {
            case 2: identity.append(attribute: type | 0x8000, content)  // CTA_TUPLE_REPLY, nested
            case 12, 18: identity.append(attribute: type, content)  // CTA_ID, CTA_ZONE
            default: break
            }
        }
        self.attributes = identity
    }
}

/// The kernel's connection tracking table, over ctnetlink.
enum ConntrackTable {
    private static let subsystem: UInt16 = 1 << 8  // NFNL_SUBSYS_CTNETLINK
    private static let get: UInt16 = subsystem | 1  // IPCTNL_MSG_CT_GET
    private static let delete: UInt16 = subsystem | 2  // IPCTNL_MSG_CT_DELETE

    /// Hands every entry to `visit`, of both families, with its attributes.
    ///
    /// The kernel fills the answer as it is read, so nothing is lost however large the table is,
    /// and nothing is kept here.
    static func visit(
        over socket: borrowing NetlinkSocket,
        _ visit: (ConntrackEntry, NetlinkAttributes) -> Void
    ) throws(SystemCallFailure) {
        let all = NetlinkBytes.netfilterHeader(AF_UNSPEC)
        try socket.request(type: get, flags: NetlinkMessage.dump, body: all) { message in
            let attributes = message.attributes(after: 4)
            visit(entry(attributes), attributes)
        }
    }

    static func visit(_ visit: (ConntrackEntry) -> Void) throws(SystemCallFailure) {
        try self.visit(over: NetlinkSocket(.netfilter)) { entry, _ in visit(entry) }
    }

    static func identities(
        over socket: borrowing NetlinkSocket,
        where isWanted: (ConntrackEntry) -> Bool
    ) throws(SystemCallFailure) -> [ConntrackIdentity] {
        // There may be hundreds of thousands: only what is needed is kept.
        var found: [ConntrackIdentity] = []
        try visit(over: socket) { entry, attributes in
            if isWanted(entry) { found.append(ConntrackIdentity(entry, attributes)) }
        }
        return found
    }

    static func remove(where isStale: (ConntrackEntry) -> Bool) throws(SystemCallFailure) -> Int {
        try remove(over: NetlinkSocket(.netfilter), where: isStale)
    }

    static func remove(
        over socket: borrowing NetlinkSocket,
        where isStale: (ConntrackEntry) -> Bool
    ) throws(SystemCallFailure) -> Int {
        let stale = try identities(over: socket, where: isStale)
        try remove(stale, over: socket)
        return stale.count
    }

    /// Removes these entries, but not one that has taken the place of another since.
    static func remove(
        _ stale: [ConntrackIdentity],
        over socket: borrowing NetlinkSocket
    ) throws(SystemCallFailure) {
        for entry in stale {
            var body = NetlinkBytes.netfilterHeader(entry.family)
            body.bytes += entry.attributes.bytes
            // It ended by itself meanwhile, or another entry took its place.
            try socket.command(type: delete, body: body, unless: [ENOENT])
        }
    }

    /// Reads the CTA_ attributes of <linux/netfilter/nfnetlink_conntrack.h>.
    static func entry(_ attributes: NetlinkAttributes) -> ConntrackEntry {
        var entry = ConntrackEntry()
        for (type, content) in attributes {
            switch type {
            case 1: entry.original = tuple(NetlinkAttributes(bytes: content))  // CTA_TUPLE_ORIG
            case 2: entry.reply = tuple(NetlinkAttributes(bytes: content))  // CTA_TUPLE_REPLY
            case 4:  // CTA_PROTOINFO { CTA_PROTOINFO_TCP { CTA_PROTOINFO_TCP_STATE } }
                let tcp = NetlinkAttributes(bytes: content).first(1)
                entry.tcpState = tcp.flatMap { NetlinkAttributes(bytes: $0).first(1)?.first }
            default: break
            }
        }
        return entry
    }

    private static func tuple(_ attributes: NetlinkAttributes) -> ConntrackEntry.Tuple {
        var tuple = ConntrackEntry.Tuple()
        for (type, content) in attributes {
            for (inner, value) in NetlinkAttributes(bytes: content) {
                switch (type, inner) {
                case (1, 1), (1, 3):  // CTA_TUPLE_IP, CTA_IP_V4_SRC or CTA_IP_V6_SRC
                    tuple.source = address(value)
                case (1, 2), (1, 4):  // CTA_IP_V4_DST, CTA_IP_V6_DST
                    tuple.destination = address(value)
                case (2, 1): tuple.transport = value.first ?? 0  // CTA_TUPLE_PROTO, CTA_PROTO_NUM
                case (2, 2): tuple.sourcePort = number(value)  // CTA_PROTO_SRC_PORT
                case (2, 3): tuple.destinationPort = number(value)  // CTA_PROTO_DST_PORT
                default: break
                }
            }
        }
        return tuple
    }

    private static func address(_ bytes: UnsafeRawBufferPointer) -> IPAddress {
        bytes.count == 16 ? .six(IPv6Address(bytes: bytes)) : .four(IPv4Address(bytes: bytes))
    }

    private static func number<Value: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Value {
        bytes.reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
}
