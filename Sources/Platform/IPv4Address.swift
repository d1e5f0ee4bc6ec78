/// An IPv4 address, kept as the number its four octets spell.
package struct IPv4Address: RawRepresentable, Hashable, Sendable {
    /// The address as a number in the host's byte order: 127.0.0.1 is `0x7F00_0001`.
    package let rawValue: UInt32

    /// Takes the number of an address, in the host's byte order.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Reads four decimal octets.
    ///
    /// Strict: no leading zeros (which some readers take for octal), no short forms, no spaces.
    package init?(_ text: some StringProtocol) {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var value: UInt32 = 0
        for octet in octets {
            guard let number = UInt8(octet), String(number) == octet else { return nil }
            value = value << 8 | UInt32(number)
        }
        rawValue = value
    }

    /// 127.0.0.1.
    package static let loopback = IPv4Address(rawValue: 0x7F00_0001)

    /// 0.0.0.0, which stands for all addresses of a host.
    package static let any = IPv4Address(rawValue: 0)
}

extension IPv4Address: CustomStringConvertible {
    /// The four octets in decimal, separated by dots.
    package var description: String {
        [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: rawValue >> $0)) }
            .joined(separator: ".")
    }
}

extension IPv4Address: Comparable {
    /// Orders addresses as numbers.
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
