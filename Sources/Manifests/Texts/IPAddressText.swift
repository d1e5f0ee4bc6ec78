internal import Addresses

/// Tells whether a text is an IP address.
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
