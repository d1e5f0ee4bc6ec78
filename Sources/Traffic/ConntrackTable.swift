internal import Foundation
internal import Platform

/// One entry of the kernel's connection table.
struct ConntrackEntry: Equatable {
    /// One direction of a connection: from where to where.
    struct Tuple: Equatable {
        var source = IPAddress.four(IPv4Address(rawValue: 0))
        var destination = IPAddress.four(IPv4Address(rawValue: 0))
        var sourcePort: UInt16 = 0
        var destinationPort: UInt16 = 0
        var transport: UInt8 = 0
    }

    /// As the caller sees it.
    var original = Tuple()
    /// As the one who answers sees it, with the directions swapped.
    var reply = Tuple()
    /// The state of a TCP connection, as in <linux/netfilter/nf_conntrack_tcp.h>.
    var tcpState: UInt8?

    /// The address of whoever answers: the backend's, whatever address the caller connected to.
    var server: IPAddress { reply.source }

    /// Whether data may still flow: from the first word, which is sent again when it is not heard,
    /// to the first end's last.
    var isOpenConnection: Bool {
        // SYN_SENT, SYN_RECV, ESTABLISHED, FIN_WAIT, CLOSE_WAIT.
        let open: ClosedRange<UInt8> = 1...5
        return tcpState.map(open.contains) ?? false
    }

    /// Whether a TCP connection has been asked for, and nobody has answered yet.
    var isUnansweredConnection: Bool { tcpState == 1 }  // SYN_SENT

    /// Whether a TCP connection has been closed by both ends and is kept for stragglers only.
    var isClosedConnection: Bool {
        // TIME_WAIT, CLOSE.
        let closed: ClosedRange<UInt8> = 7...8
        return tcpState.map(closed.contains) ?? false
    }
}

/// What names an entry of the connection table to the kernel: the reply's tuple, zone, id.
///
/// Not the caller's tuple: a caller who uses a port again, towards another server by now, has the
/// same one, and often the same id, which the kernel makes from that tuple and the place in memory
/// that it gives to the next in turn. The reply's names the server as well.
struct ConntrackIdentity {
    /// The family's number, as <sys/socket.h> has it.
    let family: UInt8
    let attributes: NetlinkBytes

    init(_ entry: ConntrackEntry, _ attributes: NetlinkAttributes) {
        family =
            switch entry.server {
            case .four: UInt8(AF_INET)
            case .six: UInt8(AF_INET6)
            }
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

/// The kernel's connection table, over ctnetlink.
enum ConntrackTable {
    private static let subsystem: UInt16 = 1 << 8  // NFNL_SUBSYS_CTNETLINK
    private static let get: UInt16 = subsystem | 1  // IPCTNL_MSG_CT_GET
    private static let delete: UInt16 = subsystem | 2  // IPCTNL_MSG_CT_DELETE

    /// Hands every entry to `visit`, of both families.
    ///
    /// The kernel fills the answer as it is read, so nothing is lost however large the table is,
    /// and nothing is kept here.
    static func visit(_ visit: (ConntrackEntry) -> Void) throws(SystemCallFailure) {
        try dump(over: try NetlinkSocket(.netfilter)) { visit(entry($0)) }
    }

    /// The entries that `isWanted` tells.
    static func identities(
        where isWanted: (ConntrackEntry) -> Bool
    ) throws(SystemCallFailure) -> [ConntrackIdentity] {
        try identities(over: try NetlinkSocket(.netfilter), where: isWanted)
    }

    private static func identities(
        over socket: borrowing NetlinkSocket,
        where isWanted: (ConntrackEntry) -> Bool
    ) throws(SystemCallFailure) -> [ConntrackIdentity] {
        var found: [ConntrackIdentity] = []
        // There may be hundreds of thousands: only what is wanted is kept.
        try dump(over: socket) { attributes in
            let entry = entry(attributes)
            if isWanted(entry) { found.append(ConntrackIdentity(entry, attributes)) }
        }
        return found
    }

    private static func dump(
        over socket: borrowing NetlinkSocket,
        _ visit: (NetlinkAttributes) -> Void
    ) throws(SystemCallFailure) {
        let all = header(UInt8(AF_UNSPEC))
        try socket.request(type: get, flags: NetlinkMessage.dump, body: all) { message in
            visit(message.attributes(after: 4))
        }
    }

    /// Takes the entries that `isStale` tells out of the table; returns how many there were.
    static func remove(
        where isStale: (ConntrackEntry) -> Bool
    ) throws(SystemCallFailure) -> Int {
        let socket = try NetlinkSocket(.netfilter)
        return try remove(over: socket, where: isStale)
    }

    private static func remove(
        over socket: borrowing NetlinkSocket,
        where isStale: (ConntrackEntry) -> Bool
    ) throws(SystemCallFailure) -> Int {
        let stale = try identities(over: socket, where: isStale)
        try remove(stale, over: socket)
        return stale.count
    }

    /// Takes the closed connections to these servers out; returns how many there were.
    static func removeClosed(
        to servers: Set<IPAddress>,
        over socket: borrowing NetlinkSocket
    ) throws(SystemCallFailure) -> Int {
        try remove(over: socket) { $0.isClosedConnection && servers.contains($0.server) }
    }

    /// Takes these entries out of the table, but not what has taken the place of one since.
    static func remove(
        _ stale: [ConntrackIdentity],
        over socket: borrowing NetlinkSocket
    ) throws(SystemCallFailure) {
        for entry in stale {
            var body = header(entry.family)
            body.bytes += entry.attributes.bytes
            do throws(SystemCallFailure) {
                try socket.request(type: delete, flags: NetlinkMessage.acknowledge, body: body)
            } catch {
                // It ended by itself meanwhile, or another entry took its place.
                guard error.code == ENOENT else { throw error }
            }
        }
    }

    /// `struct nfgenmsg`: family, version, resource.
    private static func header(_ family: UInt8) -> NetlinkBytes {
        NetlinkBytes(bytes: [family, 0, 0, 0])
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
        bytes.count == 16
            ? .six(IPv6Address(bytes: bytes)) : .four(IPv4Address(rawValue: number(bytes)))
    }

    private static func number<Value: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Value {
        bytes.reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
}
