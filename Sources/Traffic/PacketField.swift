internal import Addresses

/// A part of a packet that rules look at, as `nft -j` names it.
enum PacketField {
    case port(Set<TransportProtocol>)
    case destination
    case transport
    case family
    /// Whether the destination is the host's own address, which all claims are limited to.
    case destinationType
    case other

    init(_ left: [String: Any]) {
        guard let (kind, value) = left.first, let object = value as? [String: Any] else {
            self = .other
            return
        }
        let words = [kind, object["protocol"] as? String, object["field"] as? String]
        switch words {
        case ["payload", "th", "dport"]: self = .port(Set(TransportProtocol.allCases))
        case ["payload", "tcp", "dport"]: self = .port([.tcp])
        case ["payload", "udp", "dport"]: self = .port([.udp])
        case ["payload", "sctp", "dport"]: self = .port([.sctp])
        case ["payload", "ip", "daddr"], ["payload", "ip6", "daddr"]: self = .destination
        case ["payload", "ip", "protocol"], ["payload", "ip6", "nexthdr"]: self = .transport
        case ["meta", nil, nil] where object["key"] as? String == "l4proto": self = .transport
        case ["meta", nil, nil] where object["key"] as? String == "nfproto": self = .family
        case ["fib", nil, nil] where object["result"] as? String == "type":
            let flags =
                [object["flags"] as? String].compactMap(\.self)
                + (object["flags"] as? [String] ?? [])
            self = flags.contains("daddr") ? .destinationType : .other
        default: self = .other
        }
    }

    /// The packets in which the field has one of the values; where that cannot be told, all
    /// packets, and `isExact` becomes false.
    func claim(of values: [Any], _ isExact: inout Bool) -> PortClaim {
        let all = PortClaim.everything
        let values = values.map(NftValue.plain)
        switch self {
        case .port(let transports):
            let ranges = values.map(NftValue.ports)
            let known = ranges.compactMap(\.self)
            if known.count < ranges.count { isExact = false }
            let ports = known.count < ranges.count ? .all : NumberRanges(known)
            return PortClaim(ports: ports, transports: transports)
        case .destination:
            let ranges = values.map(NftValue.addresses)
            let known = ranges.compactMap(\.self)
            guard known.count == ranges.count else {
                isExact = false
                return all
            }
            return all.limited(to: NumberRanges(known))
        case .transport:
            return PortClaim(transports: Set(values.compactMap(TransportProtocol.init(listed:))))
        case .family:
            let families = values.map { value in
                switch value as? String {
                case "ipv4": PortClaim.four
                case "ipv6": PortClaim.six
                default: NumberRanges<UInt128>([])
                }
            }
            return all.limited(to: families.reduce(NumberRanges([])) { $0.union($1) })
        case .destinationType:
            let isLocal = values.contains { $0 as? String == "local" }
            return isLocal ? all : all.limited(to: NumberRanges([]))
        case .other:
            isExact = false
            return all
        }
    }

    func complement(of claim: PortClaim) -> PortClaim {
        let all = PortClaim.everything
        return switch self {
        case .port: PortClaim(ports: claim.ports.complement, transports: claim.transports)
        case .transport: PortClaim(transports: all.transports.subtracting(claim.transports))
        case .destination, .family, .destinationType:
            all.limited(to: claim.addresses.complement)
        case .other: all
        }
    }
}

/// The values that rules compare with, as `nft -j` writes them.
enum NftValue {
    /// A value without the counters and timeouts that an element of a set may come with.
    static func plain(_ value: Any) -> Any {
        guard let element = (value as? [String: Any])?["elem"] as? [String: Any] else {
            return value
        }
        return element["val"] ?? value
    }

    static func ports(_ value: Any) -> ClosedRange<UInt16>? {
        if let port = value as? Int { return UInt16(exactly: port).map { $0...$0 } }
        guard let range = (value as? [String: Any])?["range"] as? [Int], range.count == 2,
            let first = UInt16(exactly: range[0]), let last = UInt16(exactly: range[1]),
            first <= last
        else { return nil }
        return first...last
    }

    static func addresses(_ value: Any) -> ClosedRange<UInt128>? {
        if let text = value as? String { return AddressRange.parse(text) }
        let object = value as? [String: Any]
        if let prefix = object?["prefix"] as? [String: Any], let text = prefix["addr"] as? String,
            let length = prefix["len"] as? Int
        {
            return AddressRange.parse("\(text)/\(length)")
        }
        guard let range = object?["range"] as? [String], range.count == 2,
            let first = AddressRange.parse(range[0]), let last = AddressRange.parse(range[1]),
            first.lowerBound <= last.upperBound
        else { return nil }
        return first.lowerBound...last.upperBound
    }
}

/// Addresses as rules write them: `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `fd00::/8`.
enum AddressRange {
    static func parse(_ text: String) -> ClosedRange<UInt128>? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]), parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return address.number...address.number }
        guard let length = length(parts[1]),
            let subnet = IPSubnet(address, prefixLength: length)
        else { return nil }
        return subnet.first.number...subnet.last.number
    }

    private static func length(_ text: Substring) -> Int? {
        guard let mask = IPv4Address(text) else { return Int(text) }
        let length = (~mask.rawValue).leadingZeroBitCount
        return IPv4Subnet(mask, prefixLength: length)?.address == mask ? length : nil
    }
}
