/// Tells whether a text is a hardware address of an interface.
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
