internal import Addresses

enum IPAddressText {
    static func isAddress(_ text: String) -> Bool { IPAddress(text) != nil }

    static func isIPv4(_ text: String) -> Bool { IPv4Address(text) != nil }

    /// Whether `text` is an IPv6 address without a zone.
    static func isIPv6(_ text: String) -> Bool { IPv6Address(text) != nil }

    /// Whether `text` is an address and a prefix length, as `10.0.0.0/8`.
    static func isSubnet(_ text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: "/")) && AddressRange(text) != nil
    }
}

enum HardwareAddressText {
    /// Whether `text` is six pairs of hexadecimal digits with colons or hyphens between them.
    static func isAddress(_ text: String) -> Bool {
        guard let separator = text.utf8.dropFirst(2).first,
            separator == .colon || separator == UInt8(ascii: "-")
        else { return false }
        let pairs = text.utf8.split(separator: separator, omittingEmptySubsequences: false)
        return pairs.count == 6
            && pairs.allSatisfy { $0.count == 2 && $0.allSatisfy(\.isHexadecimal) }
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
