/// A source text, checked for what may stand in one, byte by byte and without indexing a string.
struct Source: Sendable {
    /// The bytes, and behind them zeros to look ahead into; `check` refuses any other zero.
    let bytes: [UInt8]
    /// The number of bytes without those zeros.
    let count: Int
    /// Where the text starts: behind the byte order mark, if there is one.
    let start: Int
    /// Whether every byte is ASCII, so that columns count bytes.
    private(set) var isASCII = true

    private static let padding = 4

    init(_ source: some Collection<UInt8>, limit: Int) throws(YAMLError) {
        // One byte more than allowed shows that there are too many.
        var bytes =
            source.withContiguousStorageIfAvailable { Self.padded($0.prefix(limit + 1)) }
            ?? Self.padded(source.prefix(limit + 1))
        bytes.append(contentsOf: repeatElement(.endOfSource, count: Self.padding))
        self.bytes = bytes
        count = bytes.count - Self.padding
        start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard count <= limit else {
            throw failure(at: start, "the file is longer than \(limit) bytes")
                .with(remedy: "Split it into several files.")
        }
        try check()
    }

    /// Copies bytes and leaves room for the zeros behind them.
    private static func padded(_ source: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count + padding)
        bytes.append(contentsOf: source)
        return bytes
    }

    /// Refuses what is not UTF-8 and the characters outside `c-printable` (YAML 1.2.2 §5.1).
    private mutating func check() throws(YAMLError) {
        var position = start
        while position < count {
            let byte = bytes[position]
            if byte < 0x80 {
                guard byte >= .space && byte != 0x7F || isAllowedControl(at: position) else {
                    throw control(at: position)
                }
                position += 1
            } else {
                isASCII = false
                position = try checkedScalar(at: position)
            }
        }
    }

    private func isAllowedControl(at position: Int) -> Bool {
        switch bytes[position] {
        case .tab, .lineFeed: true
        case .carriageReturn: bytes[position + 1] == .lineFeed
        default: false
        }
    }

    private func control(at position: Int) -> YAMLError {
        guard bytes[position] != .carriageReturn else {
            return failure(at: position, "a carriage return stands without its line feed")
                .with(remedy: "End lines with LF or CRLF.")
        }
        let hex = Self.hex(UInt32(bytes[position]), width: 2)
        return failure(at: position, "the control character 0x\(hex) cannot stand in YAML")
            .with(remedy: "Remove it, or write \\x\(hex) inside double quotes.")
    }

    /// Checks a scalar of several bytes; returns where the next one starts.
    private func checkedScalar(at position: Int) throws(YAMLError) -> Int {
        // RFC 3629 §4: the second byte's range rules out long forms, surrogates and what lies past
        // U+10FFFF.
        let (length, second): (Int, ClosedRange<UInt8>)
        switch bytes[position] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw notUTF8(at: position)
        }
        guard second.contains(bytes[position + 1]) else { throw notUTF8(at: position) }
        var value = UInt32(bytes[position]) & (0x7F >> UInt32(length))
        for next in position + 1..<position + length {
            guard bytes[next].isUTF8Continuation else { throw notUTF8(at: position) }
            value = value << 6 | UInt32(bytes[next] & 0x3F)
        }
        try checkAllowed(value, at: position)
        return position + length
    }

    private func notUTF8(at position: Int) -> YAMLError {
        failure(at: position, "the bytes are not UTF-8", "Save the file as UTF-8.")
    }

    private func checkAllowed(_ value: UInt32, at position: Int) throws(YAMLError) {
        switch value {
        case 0xFEFF:
            throw failure(at: position, "a byte order mark stands inside the file")
                .with(remedy: "Remove it; it may only be the first character.")
        case 0x85, 0x2028, 0x2029:
            // YAML 1.1 reads these as line breaks and YAML 1.2 does not, so readers disagree.
            let hex = Self.hex(value, width: 4)
            throw failure(at: position, "YAML readers disagree whether U+\(hex) ends a line")
                .with(remedy: "Write \\u\(hex) inside double quotes.")
        case 0x80..<0xA0, 0xFFFE, 0xFFFF:
            let hex = Self.hex(value, width: 4)
            throw failure(at: position, "the character U+\(hex) cannot stand in YAML")
                .with(remedy: "Remove it, or write \\u\(hex) inside double quotes.")
        default:
            return
        }
    }

    private static func hex(_ value: UInt32, width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Source {
    /// Finds the line and column of an offset by counting from the start.
    func mark(at offset: Int) -> Mark {
        var line = 1
        var lineStart = start
        for position in start..<max(start, offset) where bytes[position] == .lineFeed {
            line += 1
            lineStart = position + 1
        }
        let column = columns(from: lineStart, to: offset) + 1
        return Mark(line: line, column: column, offset: offset)
    }

    /// The number of scalars between two offsets of a line.
    func columns(from start: Int, to end: Int) -> Int {
        guard !isASCII, start < end else { return max(0, end - start) }
        var columns = 0
        for position in start..<end where !bytes[position].isUTF8Continuation { columns += 1 }
        return columns
    }

    /// An error at an offset; costs one walk over the source.
    func failure(at offset: Int, _ message: String, _ remedy: String = "") -> YAMLError {
        YAMLError(mark: mark(at: min(offset, count)), message: message).with(remedy: remedy)
    }
}
