/// A prefix of either family.
package enum IPSubnet: Hashable, Sendable, CustomStringConvertible {
    case four(IPv4Subnet)
    case six(IPv6Subnet)

    /// Reads CIDR notation; nil also where bits after the prefix are set.
    package init?(_ text: some StringProtocol) {
        if let subnet = IPv4Subnet(text) {
            self = .four(subnet)
        } else if let subnet = IPv6Subnet(text) {
            self = .six(subnet)
        } else {
            return nil
        }
    }

    /// The prefix that `address` lies in; nil where its family has no prefix of that length.
    package init?(_ address: IPAddress, prefixLength: Int) {
        switch address {
        case .four(let address):
            guard let subnet = IPv4Subnet(address, prefixLength: prefixLength) else { return nil }
            self = .four(subnet)
        case .six(let address):
            guard let subnet = IPv6Subnet(address, prefixLength: prefixLength) else { return nil }
            self = .six(subnet)
        }
    }

    package var first: IPAddress {
        switch self {
        case .four(let subnet): .four(subnet.address)
        case .six(let subnet): .six(subnet.address)
        }
    }

    package var last: IPAddress {
        switch self {
        case .four(let subnet): .four(subnet.last)
        case .six(let subnet): .six(subnet.last)
        }
    }

    package var prefixLength: Int {
        switch self {
        case .four(let subnet): subnet.prefixLength
        case .six(let subnet): subnet.prefixLength
        }
    }

    package var isIPv6: Bool { first.isIPv6 }

    /// The bits of an address of the family.
    package var bits: Int { isIPv6 ? 128 : 32 }

    package func contains(_ address: IPAddress) -> Bool {
        first <= address && address <= last
    }

    package func contains(_ other: IPSubnet) -> Bool {
        prefixLength <= other.prefixLength && contains(other.first)
    }

    package func overlaps(_ other: IPSubnet) -> Bool {
        contains(other.first) || other.contains(first)
    }

    package var description: String { "\(first)/\(prefixLength)" }
}
