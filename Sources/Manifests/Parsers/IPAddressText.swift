internal import Foundation

enum IPAddressText {
    static func isAddress(_ text: String) -> Bool { bytes(of: text) != nil }
    static func isIPv4(_ text: String) -> Bool { bytes(of: text)?.count == 4 }
    static func isIPv6(_ text: String) -> Bool { bytes(of: text)?.count == 16 }

    static func isIPv6Loopback(_ text: String) -> Bool {
        bytes(of: text) == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// What mapped addresses of IPv4 begin with (RFC 4291 §2.5.5.2).
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
