internal import Foundation

/// Tells whether a text is an IP address.
enum IPAddressText {
    /// Whether `text` is an IPv4 address in four decimal parts or an IPv6 address without a zone.
    static func isAddress(_ text: String) -> Bool { bytes(of: text) != nil }

    /// Whether `text` is an IPv4 address in four decimal parts.
    static func isIPv4(_ text: String) -> Bool { bytes(of: text)?.count == 4 }

    /// Whether `text` is an IPv6 address without a zone.
    static func isIPv6(_ text: String) -> Bool { bytes(of: text)?.count == 16 }

    /// Whether `text` is a spelling of ::1.
    static func isIPv6Loopback(_ text: String) -> Bool {
        bytes(of: text) == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// The 16 bytes of an address, those of IPv4 mapped (RFC 4291 §2.5.5.2); nil for other texts.
    static func mappedBytes(of text: String) -> [UInt8]? {
        bytes(of: text).map { $0.count == 4 ? mapped + $0 : $0 }
    }

    /// What mapped addresses of IPv4 begin with.
    static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

    /// Whether `text` is an address and a prefix length, as `10.0.0.0/8`.
    static func isSubnet(_ text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: "/")) && AddressRange(text) != nil
    }

    /// The 4 or 16 bytes of an address; nil where the text is none.
    static func bytes(of text: String) -> [UInt8]? {
        // The call would stop at a NUL and take what stands before it.
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        return withUnsafeBytes(of: six) { Array($0) }
    }
}
