package struct IPv4Address: FamilyAddress {
    /// 127.0.0.1 is `0x7F00_0001`.
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Reads four decimal octets, without leading zeros (which some readers take for octal), short
    /// forms, signs or spaces.
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

    package static let loopback = IPv4Address(rawValue: 0x7F00_0001)

    package var description: String {
        [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: rawValue >> $0)) }
            .joined(separator: ".")
    }
}
