/// A prefix of addresses: its first address and how many bits all of them share.
package struct Subnet<Address: FamilyAddress>: Hashable, Sendable {
    /// The first address; the bits after the prefix are zero.
    package let address: Address
    package let prefixLength: Int

    /// The prefix that `address` lies in; nil where the family has no prefix of that length.
    package init?(_ address: Address, prefixLength: Int) {
        guard (0...Address.Number.bitWidth).contains(prefixLength) else { return nil }
        self.prefixLength = prefixLength
        let mask = ~Self.rest(prefixLength)
        self.address = Address(rawValue: address.rawValue & mask)
    }

    /// Reads `172.30.0.0/24`; nil also where bits after the prefix are set.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        // `Int` takes a sign and leading zeros.
        guard parts.count == 2, let address = Address(parts[0]), let length = Int(parts[1]),
            String(length) == parts[1], let subnet = Self(address, prefixLength: length),
            subnet.address == address
        else { return nil }
        self = subnet
    }

    package var last: Address {
        Address(rawValue: address.rawValue | Self.rest(prefixLength))
    }

    package func contains(_ address: Address) -> Bool { self.address <= address && address <= last }

    package func contains(_ other: Self) -> Bool {
        prefixLength <= other.prefixLength && contains(other.address)
    }

    package func overlaps(_ other: Self) -> Bool {
        contains(other.address) || other.contains(address)
    }

    /// The bits after the prefix, all set.
    private static func rest(_ prefixLength: Int) -> Address.Number {
        // A shift by the whole width gives 0.
        Address.Number.max >> prefixLength
    }
}

package typealias IPv4Subnet = Subnet<IPv4Address>
package typealias IPv6Subnet = Subnet<IPv6Address>

extension Subnet: CustomStringConvertible, Codable {
    package var description: String { "\(address)/\(prefixLength)" }

    package init(from decoder: any Decoder) throws {
        self = try decoder.text("a prefix of addresses") { Self($0) }
    }

    package func encode(to encoder: any Encoder) throws { try encoder.write("\(self)") }
}

extension IPv6Subnet {
    /// The address of the prefix that ends with an address of IPv4; nil where the prefix leaves
    /// fewer than 32 bits.
    package func embedding(_ address: IPv4Address) -> IPv6Address? {
        guard prefixLength <= 96 else { return nil }
        return IPv6Address(rawValue: self.address.rawValue | UInt128(address.rawValue))
    }
}

extension Subnet {
    /// A prefix that stands in the source; ends the process where the text is none.
    package static func literal(_ text: StaticString) -> Self {
        guard let subnet = Self("\(text)") else { preconditionFailure("\(text) is no prefix") }
        return subnet
    }
}
