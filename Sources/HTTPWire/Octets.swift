/// The character classes of RFC 9110 §5.5 and §5.6.
extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")

    var isBlank: Bool { self == .space || self == .tab }

    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercasedLetter) }

    /// VCHAR: the visible ASCII characters.
    var isVisible: Bool { (0x21...0x7E).contains(self) }

    /// What may stand in a field's value: VCHAR, obs-text, space and tab (RFC 9110 §5.5).
    var isFieldContent: Bool { self >= 0x20 && self != 0x7F || self == .tab }

    /// What may stand in a method or a field's name (RFC 9110 §5.6.2).
    var isTokenCharacter: Bool {
        if isDigit || isLetter { return true }
        return switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    /// The letter in lower case; any other byte unchanged.
    var lowercasedLetter: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }

    /// The value of a hexadecimal digit, or nil.
    var hexadecimalValue: Int? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}

extension Collection<UInt8> {
    /// Whether these bytes are a token (RFC 9110 §5.6.2).
    var isToken: Bool { !isEmpty && allSatisfy(\.isTokenCharacter) }

    /// The value of decimal digits; nil for no digits, other bytes, or an overflow.
    var decimalNumber: Int? {
        guard !isEmpty else { return nil }
        var number = 0
        for byte in self {
            guard byte.isDigit else { return nil }
            let (tens, overflowed) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflowed, !carried else { return nil }
            number = sum
        }
        return number
    }
}
