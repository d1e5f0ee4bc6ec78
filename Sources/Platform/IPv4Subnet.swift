/// A block of IPv4 addresses: a network address and the length of its prefix.
package struct IPv4Subnet: Hashable, Sendable {
    /// The first address of the block; the bits after the prefix are zero.
    package let address: IPv4Address

    /// How many leading bits all addresses of the block share, 0 to 32.
    package let prefixLength: Int

    /// Makes the block that `address` lies in; nil where the prefix is not between 0 and 32.
    package init?(_ address: IPv4Address, prefixLength: Int) {
        guard (0...32).contains(prefixLength) else { return nil }
        self.prefixLength = prefixLength
        self.address = IPv4Address(rawValue: address.rawValue & Self.mask(prefixLength))
    }

    /// Reads `172.30.0.0/24`; nil for anything else, also where bits after the prefix are set.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(parts[0]),
            let length = Int(parts[1]), String(length) == parts[1],
            let subnet = IPv4Subnet(address, prefixLength: length), subnet.address == address
        else { return nil }
        self = subnet
    }

    /// Tells whether `address` lies in the block.
    package func contains(_ address: IPv4Address) -> Bool {
        address.rawValue & Self.mask(prefixLength) == self.address.rawValue
    }

    private static func mask(_ length: Int) -> UInt32 {
        length == 0 ? 0 : ~0 << UInt32(32 - length)
    }
}

extension IPv4Subnet: CustomStringConvertible {
    /// The block as `172.30.0.0/24`.
    package var description: String { "\(address)/\(prefixLength)" }
}
