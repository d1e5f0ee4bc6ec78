package struct IPv6Address: FamilyAddress {
    package let rawValue: UInt128

    package init(rawValue: UInt128) { self.rawValue = rawValue }

    /// Puts an address together from its first and its last 64 bits.
    package init(high: UInt64, low: UInt64) {
        rawValue = UInt128(high) << 64 | UInt128(low)
    }

    package var high: UInt64 { UInt64(truncatingIfNeeded: rawValue >> 64) }
    package var low: UInt64 { UInt64(truncatingIfNeeded: rawValue) }

    package static let loopback = IPv6Address(rawValue: 1)

    /// Reads any of the spellings of RFC 4291 §2.2, without a zone; the same ones as inet_pton(3).
    package init?(_ text: some StringProtocol) {
        guard let gap = text.firstRange(of: "::") else {
            guard let groups = Self.groups(text, mayEndInIPv4: true), groups.count == 8 else {
                return nil
            }
            self.init(groups)
            return
        }
        // The gap stands for one group at least.
        guard let head = Self.groups(text[..<gap.lowerBound], mayEndInIPv4: false),
            let tail = Self.groups(text[gap.upperBound...], mayEndInIPv4: true),
            head.count + tail.count < 8
        else { return nil }
        self.init(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private init(_ groups: [UInt16]) {
        rawValue = groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// Reads groups between colons; an address of IPv4 at the end is two of them.
    private static func groups(_ text: some StringProtocol, mayEndInIPv4: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, let address = IPv4Address(part) {
                groups += [16, 0].map { UInt16(truncatingIfNeeded: address.rawValue >> $0) }
            } else {
                // `UInt16` takes a sign, too.
                guard part.utf8.count <= 4, part.allSatisfy(\.isHexDigit),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    /// The canonical text of RFC 5952; compatible and mapped addresses end in one of IPv4, as
    /// inet_ntop(3) and so nft print them.
    package var description: String {
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: rawValue >> (112 - 16 * $0)) }
        let gap = Self.longestZeros(in: groups)
        if gap == 0..<6 || gap == 0..<5 && groups[5] == 0xFFFF {
            let prefix = gap.count == 5 ? "::ffff:" : "::"
            return "\(prefix)\(IPv4Address(rawValue: UInt32(truncatingIfNeeded: rawValue)))"
        }
        func text(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard !gap.isEmpty else { return text(groups[...]) }
        return "\(text(groups[..<gap.lowerBound]))::\(text(groups[gap.upperBound...]))"
    }

    /// The first of the longest runs of two zeros or more.
    private static func longestZeros(in groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > max(longest.count, 1) { longest = start..<end }
            start = end + 1
        }
        return longest
    }
}
