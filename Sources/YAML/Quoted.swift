// Quoted scalars (YAML 1.2.2 §7.3.1, §7.3.2).

extension Parser {
    /// Reads `'text'`, in which `''` is a quote.
    mutating func singleQuoted(indent: Int) throws(YAMLError) -> Node {
        let start = mark()
        position += 1
        if let text = simpleQuoted(until: .singleQuote, escape: .singleQuote) {
            return try node(.scalar(Scalar(text: text, style: .singleQuoted)), from: start)
        }
        var text: [UInt8] = []
        while true {
            switch byte {
            case .singleQuote:
                position += 1
                guard byte == .singleQuote else {
                    let scalar = Scalar(
                        text: String(decoding: text, as: UTF8.self),
                        style: .singleQuoted
                    )
                    return try node(.scalar(scalar), from: start)
                }
                text.append(.singleQuote)
                position += 1
            case .lineFeed, .carriageReturn:
                text.trimBlanks(from: 0)
                text.appendFold(breaks: try quotedBreaks(indent: indent))
            case .endOfSource:
                throw unclosedQuote(at: start.offset)
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    /// Reads `"text"` with its escapes.
    mutating func doubleQuoted(indent: Int) throws(YAMLError) -> Node {
        let start = mark()
        position += 1
        if let text = simpleQuoted(until: .doubleQuote, escape: .backslash) {
            return try node(.scalar(Scalar(text: text, style: .doubleQuoted)), from: start)
        }
        var text: [UInt8] = []
        // Blanks before a line break are dropped, but not those that an escape stands for.
        var kept = 0
        while true {
            switch byte {
            case .doubleQuote:
                position += 1
                let scalar = Scalar(
                    text: String(decoding: text, as: UTF8.self),
                    style: .doubleQuoted
                )
                return try node(.scalar(scalar), from: start)
            case .backslash:
                if self.byte(ahead: 1).isBreak {
                    position += 1
                    let breaks = try quotedBreaks(indent: indent)
                    text.append(contentsOf: repeatElement(.lineFeed, count: breaks - 1))
                } else {
                    try appendEscape(to: &text)
                }
                kept = text.count
            case .lineFeed, .carriageReturn:
                text.trimBlanks(from: kept)
                text.appendFold(breaks: try quotedBreaks(indent: indent))
                kept = text.count
            case .endOfSource:
                throw unclosedQuote(at: start.offset)
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    /// Reads the text of a quoted scalar without escape and line break; else leaves the position.
    private mutating func simpleQuoted(until quote: UInt8, escape: UInt8) -> String? {
        let start = position
        var end = start
        while source.bytes[end] != quote {
            if source.bytes[end] == escape || source.bytes[end].endsLine { return nil }
            end += 1
        }
        if quote == escape, source.bytes[end + 1] == quote { return nil }
        position = end + 1
        return text(from: start, to: end)
    }

    private func unclosedQuote(at offset: Int) -> YAMLError {
        failure(at: offset, "the quote is never closed")
            .with(remedy: "Close it, and double or escape the quotes inside.")
    }

    /// Moves over line breaks and the next line's indentation; returns the number of breaks.
    private mutating func quotedBreaks(indent: Int) throws(YAMLError) -> Int {
        var breaks = 0
        while byte.isBreak {
            skipBreak()
            breaks += 1
            if isAtDocumentMarker {
                throw failure(at: position, "a document marker stands inside a quoted value")
                    .with(remedy: "Indent the line, or close the quote before it.")
            }
            let start = position
            while byte == .space { position += 1 }
            let spaces = position - start
            skipBlanks()
            let hasTab = position > start + spaces
            if spaces < indent, hasTab { throw tabIndentation() }
            if spaces < indent, !byte.endsLine {
                throw failure(
                    at: position,
                    "the quoted value's further lines must be indented",
                    "Indent the line by \(indent) or more spaces, or close the quote before it."
                )
            }
        }
        return breaks
    }
}

// MARK: - Escapes

extension Parser {
    /// Reads the escape at the position and appends what it stands for (YAML 1.2.2 §5.7).
    private mutating func appendEscape(to text: inout [UInt8]) throws(YAMLError) {
        let scalar: UInt32
        switch byte(ahead: 1) {
        case UInt8(ascii: "0"): scalar = 0x00
        case UInt8(ascii: "a"): scalar = 0x07
        case UInt8(ascii: "b"): scalar = 0x08
        case UInt8(ascii: "t"), .tab: scalar = 0x09
        case UInt8(ascii: "n"): scalar = 0x0A
        case UInt8(ascii: "v"): scalar = 0x0B
        case UInt8(ascii: "f"): scalar = 0x0C
        case UInt8(ascii: "r"): scalar = 0x0D
        case UInt8(ascii: "e"): scalar = 0x1B
        case .space: scalar = 0x20
        case .doubleQuote: scalar = 0x22
        case UInt8(ascii: "/"): scalar = 0x2F
        case .backslash: scalar = 0x5C
        case UInt8(ascii: "N"): scalar = 0x85
        case UInt8(ascii: "_"): scalar = 0xA0
        case UInt8(ascii: "L"): scalar = 0x2028
        case UInt8(ascii: "P"): scalar = 0x2029
        case UInt8(ascii: "x"): return try appendHexEscape(digits: 2, to: &text)
        case UInt8(ascii: "u"): return try appendHexEscape(digits: 4, to: &text)
        case UInt8(ascii: "U"): return try appendHexEscape(digits: 8, to: &text)
        default:
            throw failure(at: position, "unknown escape in double quotes")
                .with(remedy: "Write \\\\ for a backslash, or use single quotes.")
        }
        position += 2
        text.append(scalar: Unicode.Scalar(scalar) ?? "\u{FFFD}")
    }

    private mutating func appendHexEscape(digits: Int, to text: inout [UInt8]) throws(YAMLError) {
        let start = position
        position += 2
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure(at: start, "the escape needs \(digits) hexadecimal digits")
                    .with(remedy: "Write all \(digits) of them.")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw failure(at: start, "the escape names no Unicode character")
                .with(remedy: "Write characters beyond U+FFFF as \\U and eight digits.")
        }
        text.append(scalar: scalar)
    }
}

extension [UInt8] {
    /// Drops the spaces and tabs at the end that stand behind the first `start` bytes.
    fileprivate mutating func trimBlanks(from start: Int) {
        while count > start, let last, last.isBlank { removeLast() }
    }

    fileprivate mutating func append(scalar: Unicode.Scalar) {
        append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }
}
