/// A block of IPv6 addresses: a network address and the length of its prefix.
package struct IPv6Subnet: Hashable, Sendable {
    /// The first address of the block; the bits after the prefix are zero.
    package let address: IPv6Address

    /// How many leading bits all addresses of the block share, 0 to 128.
    package let prefixLength: Int

    /// Makes the block that `address` lies in; nil where the prefix is not between 0 and 128.
    package init?(_ address: IPv6Address, prefixLength: Int) {
        guard (0...128).contains(prefixLength) else { return nil }
        self.prefixLength = prefixLength
        self.address = Self.masked(address, prefixLength)
    }

    /// Reads `fd00:1::/64`; nil for anything else, also where bits after the prefix are set.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv6Address(parts[0]),
            let length = Int(parts[1]), String(length) == parts[1],
            let subnet = IPv6Subnet(address, prefixLength: length), subnet.address == address
        else { return nil }
        self = subnet
    }

    /// Tells whether `address` lies in the block.
    package func contains(_ address: IPv6Address) -> Bool {
        Self.masked(address, prefixLength) == self.address
    }

    /// The address of the block that ends with an address of IPv4; nil where the block leaves fewer
    /// than its 32 bits.
    package func embedding(_ address: IPv4Address) -> IPv6Address? {
        guard prefixLength <= 96 else { return nil }
        let low = self.address.low | UInt64(address.rawValue)
        return IPv6Address(high: self.address.high, low: low)
    }

    private static func masked(_ address: IPv6Address, _ length: Int) -> IPv6Address {
        IPv6Address(
            high: address.high & mask(min(length, 64)),
            low: address.low & mask(max(length - 64, 0))
        )
    }

    private static func mask(_ length: Int) -> UInt64 {
        length == 0 ? 0 : ~0 << UInt64(64 - length)
    }
}

extension IPv6Subnet: CustomStringConvertible {
    /// The block as `fd00:1::/64`.
    package var description: String { "\(address)/\(prefixLength)" }
}
