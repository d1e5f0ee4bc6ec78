/// The bytes that mean something to YAML (YAML 1.2.2 §5.3), by name.
extension UInt8 {
    static var endOfSource: UInt8 { 0x00 }
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0A }
    static var carriageReturn: UInt8 { 0x0D }
    static var space: UInt8 { 0x20 }
    static var exclamation: UInt8 { 0x21 }
    static var doubleQuote: UInt8 { 0x22 }
    static var hash: UInt8 { 0x23 }
    static var percent: UInt8 { 0x25 }
    static var ampersand: UInt8 { 0x26 }
    static var singleQuote: UInt8 { 0x27 }
    static var asterisk: UInt8 { 0x2A }
    static var plus: UInt8 { 0x2B }
    static var comma: UInt8 { 0x2C }
    static var hyphen: UInt8 { 0x2D }
    static var period: UInt8 { 0x2E }
    static var colon: UInt8 { 0x3A }
    static var greater: UInt8 { 0x3E }
    static var question: UInt8 { 0x3F }
    static var at: UInt8 { 0x40 }
    static var leftBracket: UInt8 { 0x5B }
    static var backslash: UInt8 { 0x5C }
    static var rightBracket: UInt8 { 0x5D }
    static var backtick: UInt8 { 0x60 }
    static var leftBrace: UInt8 { 0x7B }
    static var pipe: UInt8 { 0x7C }
    static var rightBrace: UInt8 { 0x7D }
    var isBlank: Bool { self == .space || self == .tab }
    var isBreak: Bool { self == .lineFeed || self == .carriageReturn }
    var endsLine: Bool { isBreak || self == .endOfSource }

    /// What may follow an indicator: a blank, a line break or the end.
    var isSeparator: Bool { isBlank || endsLine }

    /// One of `,` `[` `]` `{` `}`.
    var isFlowIndicator: Bool {
        switch self {
        case .comma, .leftBracket, .rightBracket, .leftBrace, .rightBrace: true
        default: false
        }
    }

    var isUTF8Continuation: Bool { self & 0xC0 == 0x80 }

    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
