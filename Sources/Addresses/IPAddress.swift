/// An address of either family; those of IPv4 are ordered first.
package enum IPAddress: Hashable, Sendable, Comparable {
    case four(IPv4Address)
    case six(IPv6Address)

    package init?(_ text: some StringProtocol) {
        if let address = IPv4Address(text) {
            self = .four(address)
        } else if let address = IPv6Address(text) {
            self = .six(address)
        } else {
            return nil
        }
    }

    package var isIPv6: Bool { if case .six = self { true } else { false } }

    /// Whether it stands for all of a host's addresses of its family: `0.0.0.0` or `::`.
    package var isAny: Bool { self == .four(.any) || self == .six(.any) }

    package var isLoopback: Bool {
        switch self {
        case .four(let address): address.rawValue >> 24 == 127
        case .six(let address): address == .loopback
        }
    }

    /// The address as a number of IPv6; one of IPv4 is mapped (RFC 4291 §2.5.5.2).
    package var number: UInt128 {
        switch self {
        case .four(let address): 0xFFFF_0000_0000 | UInt128(address.rawValue)
        case .six(let address): address.rawValue
        }
    }

    /// The address of IPv4 that a mapped one stands for; any other address itself.
    package var unmapped: IPAddress {
        guard case .six(let address) = self, address.rawValue >> 32 == 0xFFFF else { return self }
        return .four(IPv4Address(rawValue: UInt32(truncatingIfNeeded: address.rawValue)))
    }

    /// The 4 or 16 bytes in the network's order.
    package var bytes: [UInt8] {
        switch self {
        case .four(let address): address.bytes
        case .six(let address): address.bytes
        }
    }

    /// The address as it is written before a port: that of IPv6 stands in brackets.
    package func text(port: some BinaryInteger) -> String {
        isIPv6 ? "[\(self)]:\(port)" : "\(self):\(port)"
    }
}

extension IPAddress: CustomStringConvertible, Codable {
    package var description: String {
        switch self {
        case .four(let address): "\(address)"
        case .six(let address): "\(address)"
        }
    }

    package init(from decoder: any Decoder) throws {
        self = try decoder.text("an IP address") { IPAddress($0) }
    }

    package func encode(to encoder: any Encoder) throws { try encoder.write("\(self)") }
}
