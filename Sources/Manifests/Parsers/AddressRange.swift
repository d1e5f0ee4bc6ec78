internal import Addresses

/// A range of addresses of one family, as `10.0.0.0/8`; an address alone is a range of one.
struct AddressRange: Hashable, Sendable {
    let subnet: IPSubnet
    /// Whether the text named another address than the first one.
    let isInexact: Bool

    /// Reads CIDR notation, or an address; nil where it is neither.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
        // `Int` takes a sign and leading zeros, which Docker does not.
        guard let length = parts.count == 1 ? address.bytes.count * 8 : Int(parts[1]),
            parts.count == 1 || parts[1] == "\(length)",
            let subnet = IPSubnet(address, prefixLength: length)
        else { return nil }
        self.subnet = subnet
        isInexact = subnet.first != address
    }

    var prefixLength: Int { subnet.prefixLength }

    var isIPv6: Bool { subnet.isIPv6 }

    /// Whether all addresses of `other` are among these.
    func contains(_ other: AddressRange) -> Bool { subnet.contains(other.subnet) }

    /// Whether any address is in both.
    func overlaps(_ other: AddressRange) -> Bool { subnet.overlaps(other.subnet) }
}

extension AddressRange {
    private static func ranges(_ texts: [String]) -> [AddressRange] {
        texts.compactMap { AddressRange($0) }
    }

    /// What no network of containers and no published port can have (RFC 6890): this host, loopback
    /// and mapped addresses, link-local ones, multicast and reserved ones.
    static let special = ranges([
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/8",
        "fe80::/10", "ff00::/8",
    ])

    /// What no network of containers can have beside: Berth refuses what is forwarded to the range
    /// that services' addresses once came from.
    static let former = ranges(["198.19.0.0/16"])

    /// What no one else on the internet has: private, shared, for benchmarks and for documents
    /// (RFC 1918, 6598, 2544, 5737, 4193, 3849).
    static let local = ranges([
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15",
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "fc00::/7", "2001:db8::/32",
    ])
}
