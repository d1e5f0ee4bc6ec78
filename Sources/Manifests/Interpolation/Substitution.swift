/// One `${…}` of a template, taken apart.
struct Substitution {
    /// What stands between the name and the operand.
    struct Operation: Hashable {
        /// By its byte: `-`, `+`, `?`.
        enum Kind: UInt8 {
            case orDefault = 0x2D
            case ifPresent = 0x2B
            case orFail = 0x3F
        }

        var kind: Kind
        /// With a colon before it, an empty value counts as missing.
        var countsEmpty: Bool
    }

    let name: String
    /// nil for `${NAME}`.
    let operation: Operation?
    /// The text between the operation and the closing brace.
    let operand: ArraySlice<UInt8>
    let end: Int

    init(_ bytes: ArraySlice<UInt8>) throws(InterpolationError) {
        let nameStart = bytes.startIndex + 2
        let rest = bytes[nameStart...]
        let nameBytes = rest.prefix(while: \.continuesName)
        guard rest.first?.startsName == true else { throw Self.invalid(bytes) }
        name = String(decoding: nameBytes, as: UTF8.self)
        var position = nameBytes.endIndex
        if position < bytes.endIndex, bytes[position] == .rightBrace {
            operation = nil
            operand = bytes[position..<position]
            end = position + 1
            return
        }
        let countsEmpty = position < bytes.endIndex && bytes[position] == .colon
        if countsEmpty { position += 1 }
        guard position < bytes.endIndex, let kind = Operation.Kind(rawValue: bytes[position]),
            let close = Self.closingBrace(bytes), close > position
        else { throw Self.invalid(bytes) }
        operation = Operation(kind: kind, countsEmpty: countsEmpty)
        operand = bytes[(position + 1)..<close]
        end = close + 1
    }

    /// The brace that closes the first one, on the same line.
    ///
    /// Compose's count passes over the byte behind each opening brace; where it finds no end, the
    /// line's last closing brace is the end.
    private static func closingBrace(_ bytes: ArraySlice<UInt8>) -> Int? {
        var open = 0
        var last: Int?
        var isPassedOver = false
        for (position, byte) in zip(bytes.indices, bytes) {
            if byte == .lineFeed { break }
            if byte == .rightBrace { last = position }
            if isPassedOver {
                isPassedOver = false
            } else if byte == .rightBrace {
                open -= 1
                if open == 0 { return position }
            } else if byte == .leftBrace {
                open += 1
                isPassedOver = true
            }
        }
        return last
    }

    private static func invalid(_ bytes: ArraySlice<UInt8>) -> InterpolationError {
        let line = bytes.prefix { $0 != .lineFeed }.prefix(80)
        return .invalid(String(decoding: line, as: UTF8.self))
    }
}

extension UInt8 {
    static var dollar: UInt8 { 0x24 }
    static var colon: UInt8 { 0x3A }
    static var leftBrace: UInt8 { 0x7B }
    static var rightBrace: UInt8 { 0x7D }
    static var lineFeed: UInt8 { 0x0A }

    var startsName: Bool {
        switch self {
        case 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }

    var continuesName: Bool { startsName || (0x30...0x39).contains(self) }
}
