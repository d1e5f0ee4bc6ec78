/// Reads the content of an `env_file` as Compose does (compose-go@e70e961, `dotenv`).
///
/// `KEY=value`, comments, `export`, single quotes (verbatim), double quotes (escapes and
/// variables), several lines within quotes.
/// A key without a value is refused: Compose would take it from the caller's environment.
struct DotEnvText {
    struct Entry: Hashable, Sendable {
        var key: String
        var value: String
        var line: Int
    }

    struct LineError: Error, Hashable, Sendable {
        var line: Int
        var text: TextError
        var reason = HostEnvironment.ParseError.Reason.noVariable
    }

    static let mostEntries = 10_000

    /// The most bytes of values that files may have, variables filled in.
    static let most = 32 << 20

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var values: [String: String] = [:]
    private var entries: [Entry] = []
    private var missing: [InterpolationError.Missing] = []
    private var firstMissing = 0
    private let lookup: (String) -> String?
    private let unsetIsEmpty: Bool
    private var budget: Int

    private init(
        _ text: String,
        unsetIsEmpty: Bool,
        limit: Int,
        lookup: @escaping (String) -> String?
    ) {
        bytes = Array(Self.withoutMark(text).utf8)
        budget = limit
        self.lookup = lookup
        self.unsetIsEmpty = unsetIsEmpty
    }

    /// The variables of a file by name; a later line of the same key wins.
    static func variables(
        _ text: String,
        isRaw: Bool = false,
        unsetIsEmpty: Bool = false,
        lookup: @escaping (String) -> String?
    ) throws(LineError) -> [String: String] {
        variables(try entries(text, isRaw: isRaw, unsetIsEmpty: unsetIsEmpty, lookup: lookup))
    }

    static func variables(_ entries: [Entry]) -> [String: String] {
        Dictionary(entries.map { ($0.key, $0.value) }) { _, later in later }
    }

    /// Reads a file.
    ///
    /// In values, `lookup` gives the variables of the environment; what the file itself set before
    /// comes second, and `unsetIsEmpty` takes a missing one for an empty one.
    /// Values of more than `limit` bytes in all are refused.
    static func entries(
        _ text: String,
        isRaw: Bool = false,
        unsetIsEmpty: Bool = false,
        limit: Int = most,
        lookup: @escaping (String) -> String?
    ) throws(LineError) -> [Entry] {
        if isRaw { return try rawEntries(text) }
        var reader = DotEnvText(text, unsetIsEmpty: unsetIsEmpty, limit: limit, lookup: lookup)
        while try reader.skipToStatement() { try reader.readStatement() }
        guard reader.missing.isEmpty else {
            let error = InterpolationError.missing(reader.missing)
            let text = error.text(environmentFile: "the environment file")
            throw LineError(line: reader.firstMissing, text: text, reason: .missingVariable)
        }
        return reader.entries
    }

    static func text(of bytes: [UInt8]) throws(LineError) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let lines = bytes.split(separator: .lineFeed, omittingEmptySubsequences: false)
        let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        let error = TextError("the line is not UTF-8", remedy: "save the file as UTF-8")
        throw LineError(line: line + 1, text: error, reason: .encoding)
    }

    /// The text without the mark that some editors put first (U+FEFF).
    private static func withoutMark(_ text: String) -> Substring {
        let hasMark = text.unicodeScalars.first?.value == 0xFEFF
        return Substring(text.unicodeScalars.dropFirst(hasMark ? 1 : 0))
    }

    /// Reads the `raw` format: every line is `KEY=value`, verbatim.
    private static func rawEntries(_ text: String) throws(LineError) -> [Entry] {
        var entries: [Entry] = []
        let lines = withoutMark(text).utf8.split(
            separator: .lineFeed,
            omittingEmptySubsequences: false
        )
        for (index, slice) in lines.enumerated() {
            var line = Substring(slice)
            if line.utf8.last == 0x0D { line = Substring(line.utf8.dropLast()) }
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            let item = KeyValueText(String(trimmed))
            guard let value = item.value, !item.key.isEmpty,
                !item.key.contains(where: \.isWhitespace), entries.count < mostEntries
            else {
                throw LineError(line: index + 1, text: noValue(item.key))
            }
            let problem =
                CharacterRule.printable.problem(of: item.key)
                ?? CharacterRule.anyButNull.problem(of: value)
            if let problem { throw LineError(line: index + 1, text: problem) }
            entries.append(Entry(key: item.key, value: value, line: index + 1))
        }
        return entries
    }

    private mutating func skipToStatement() throws(LineError) -> Bool {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "#") {
                skipLine()
            } else if Self.isSpace(bytes[position]) || bytes[position] == .lineFeed {
                if bytes[position] == .lineFeed { line += 1 }
                position += 1
            } else {
                return true
            }
        }
        return false
    }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != .lineFeed { position += 1 }
    }

    private mutating func readStatement() throws(LineError) {
        let start = line
        let key = try readKey()
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
        let value = try readValue()
        guard entries.count < Self.mostEntries else {
            throw fail("the file has more than \(Self.mostEntries) variables", "split it")
        }
        if let problem = CharacterRule.anyButNull.problem(of: value) {
            throw LineError(line: start, text: problem)
        }
        budget -= value.utf8.count
        guard budget >= 0 else { throw Self.tooMuch(at: start) }
        entries.append(Entry(key: key, value: value, line: start))
        values[key] = value
    }

    private mutating func readKey() throws(LineError) -> String {
        let export = Array("export".utf8)
        if bytes[position...].starts(with: export), position + 6 < bytes.count,
            Self.isSpace(bytes[position + 6])
        {
            position += 6
            while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
        }
        let start = position
        while position < bytes.count,
            ![UInt8(ascii: "="), .colon, .lineFeed].contains(bytes[position])
        {
            position += 1
        }
        var key = String(decoding: bytes[start..<position], as: UTF8.self)
        while let last = key.last, last.isWhitespace { key.removeLast() }
        guard position < bytes.count, bytes[position] != .lineFeed else {
            throw LineError(line: line, text: Self.noValue(key))
        }
        guard !key.isEmpty, key.allSatisfy({ $0.isLetter || $0.isNumber || "_.-[]".contains($0) })
        else {
            throw fail("\(key.quoted) is not a variable's name", "use letters, digits and _")
        }
        position += 1
        return key
    }

    private mutating func readValue() throws(LineError) -> String {
        guard position < bytes.count else { return "" }
        let quote = bytes[position]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let start = position
            skipLine()
            let value = Self.withoutComment(bytes[start..<position])
            return try fill(String(decoding: value, as: UTF8.self))
        }
        let opening = line
        position += 1
        var value: [UInt8] = []
        while position < bytes.count, bytes[position] != quote {
            let byte = bytes[position]
            if byte == .lineFeed { line += 1 }
            let escapesQuote =
                byte == UInt8(ascii: "\\") && position + 1 < bytes.count
                && bytes[position + 1] == quote
            if byte == UInt8(ascii: "\\"), !escapesQuote, position + 1 < bytes.count {
                value.append(byte)
                position += 1
                if bytes[position] == .lineFeed { line += 1 }
                value.append(bytes[position])
                position += 1
                continue
            }
            if escapesQuote { position += 1 }
            value.append(bytes[position])
            position += 1
        }
        guard position < bytes.count else {
            let text = TextError("the quoted value is not closed", remedy: "close the quotes")
            throw LineError(line: opening, text: text)
        }
        position += 1
        let text = String(decoding: value, as: UTF8.self)
        return quote == UInt8(ascii: "'") ? text : try fill(Self.withoutEscapes(text))
    }

    /// Fills in variables; those that are missing are noted, for all of them to be named at once.
    private mutating func fill(_ template: String) throws(LineError) -> String {
        do {
            return try Interpolation.fill(template, unsetIsEmpty: unsetIsEmpty) {
                [values, lookup] in
                lookup($0) ?? values[$0]
            }.text
        } catch .missing(let variables) {
            if missing.isEmpty { firstMissing = line }
            let known = Set(missing.map(\.name))
            let new = variables.filter { !known.contains($0.name) }
            missing += new.prefix(Interpolation.mostMissing - missing.count)
            return ""
        } catch {
            throw LineError(line: line, text: error.text(environmentFile: "the environment file"))
        }
    }

    private func fail(_ message: String, _ remedy: String) -> LineError {
        LineError(line: line, text: TextError(message, remedy: remedy))
    }

    static func tooMuch(at line: Int) -> LineError {
        let text = TextError("files of variables come to more than \(most >> 20) MiB")
            .with(remedy: "use shorter variables, or name fewer files")
        return LineError(line: line, text: text)
    }

    private static func noValue(_ key: String) -> TextError {
        TextError("\(key.quoted) has no value, and none is taken from the process environment")
            .with(remedy: "write NAME=value")
    }

    /// Space and tab, not the line feed.
    private static func isSpace(_ byte: UInt8) -> Bool {
        [0x20, 0x09, 0x0B, 0x0C, 0x0D].contains(byte)
    }

    private static func withoutComment(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var value = value
        for position in value.indices.dropLast()
        where value[position] == 0x20 && value[position + 1] == UInt8(ascii: "#") {
            value = value[..<position]
            break
        }
        while let last = value.last, isSpace(last) { value.removeLast() }
        return value
    }

    /// Resolves `\n` and its like, and `\$` to `$$`, which interpolation turns into one.
    private static func withoutEscapes(_ text: String) -> String {
        let simple: [Character: Character] = [
            "a": "\u{07}", "b": "\u{08}", "c": "c", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t",
            "v": "\u{0B}", "\"": "\"", "\\": "\\",
        ]
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "\\", let next = rest.first else {
                result.append(character)
                continue
            }
            if next == "$" {
                result += "$$"
                rest.removeFirst()
            } else if next == "0" {
                let digits = rest.dropFirst().prefix(3).prefix { ("0"..."7").contains($0) }
                if digits.count == 3, let code = UInt8(digits, radix: 8) {
                    result.append(Character(Unicode.Scalar(code)))
                    rest = rest.dropFirst(4)
                } else {
                    result.append(character)
                }
            } else if next != "c", let escape = simple[next] {
                result.append(escape)
                rest.removeFirst()
            } else {
                result.append(character)
            }
        }
        return result
    }
}
