internal import Foundation

/// Tells whether a text is an IP address.
enum IPAddressText {
    /// Whether `text` is an IPv4 address in four decimal parts or an IPv6 address without a zone.
    static func isAddress(_ text: String) -> Bool { isIPv4(text) || isIPv6(text) }

    /// Whether `text` is an IPv4 address in four decimal parts.
    static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    /// Whether `text` is an IPv6 address without a zone.
    static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }

    /// Whether `text` is a spelling of ::1.
    static func isIPv6Loopback(_ text: String) -> Bool {
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return false }
        return withUnsafeBytes(of: address) { $0.last == 1 && !$0.dropLast().contains { $0 != 0 } }
    }

    /// The 16 bytes of an address, those of IPv4 mapped (RFC 4291 §2.5.5.2); nil for other texts.
    static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            return mapped + withUnsafeBytes(of: four) { Array($0) }
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        return withUnsafeBytes(of: six) { Array($0) }
    }

    /// What mapped addresses of IPv4 begin with.
    static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

    /// Whether `text` is an address and a prefix length, as `10.0.0.0/8`.
    static func isSubnet(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        // `Int` takes a sign and leading zeros, which Docker does not.
        guard parts.count == 2, let length = Int(parts[1]), parts[1] == "\(length)", length >= 0
        else { return false }
        let address = String(parts[0])
        return isIPv4(address) && length <= 32 || isIPv6(address) && length <= 128
    }
}
