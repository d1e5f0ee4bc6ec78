/// `true` or `false`; quoted, and from variables, also `yes`, `no`, `on`, `off`, `y`, `n`.
struct BooleanShape: Shape {
    /// Whether `false` is the same as saying nothing, and is left out of the canonical form.
    var dropsFalse = false

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let flag = item.convert(to: "true or false", at: path, into: &problems) {
            scalar throws(TextError) in
            switch scalar.text.lowercased() {
            case "true", "yes", "y", "on": return true
            case "false", "no", "n", "off": return false
            default:
                let text = scalar.text.quoted
                throw TextError("\(text) is neither true nor false", remedy: "write one")
            }
        }
        guard let flag, flag || !dropsFalse else { return nil }
        return item.value(.boolean(flag))
    }

    var schema: SchemaNode { .any(of: [.type("boolean"), .variable]) }
}

struct IntegerShape: Shape {
    var range: ClosedRange<Int64> = 0...Int64(Int32.max)
    /// Whether zero is the same as saying nothing, and is left out of the canonical form.
    var dropsZero = false

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let number = item.convert(to: "a whole number", at: path, into: &problems) {
            scalar throws(TextError) in
            guard !scalar.text.isEmpty else { throw .empty }
            guard !scalar.isRewritten, let number = Int64(scalar.text) else {
                throw TextError("\(scalar.text.quoted) is not a whole number in decimal digits")
                    .with(remedy: "write one such as 10")
            }
            try check(number)
            return number
        }
        guard let number, number != 0 || !dropsZero else { return nil }
        return item.value(.integer(number))
    }

    private func check(_ number: Int64) throws(TextError) {
        guard !range.contains(number) else { return }
        let (least, most) = (range.lowerBound, range.upperBound)
        guard number < least else {
            throw TextError("\(number) is not in \(least) to \(most)")
                .with(remedy: "write \(most) or less")
        }
        let isOpen = most >= Int64(Int32.max)
        throw TextError(
            "\(number) is " + (isOpen ? "less than \(least)" : "not in \(least) to \(most)"),
            remedy: "write \(least) or more"
        )
    }

    var schema: SchemaNode {
        let integer = SchemaNode.object([
            ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
            ("maximum", .number(range.upperBound)),
        ])
        return .any(of: [integer, .type("string")])
    }
}

struct DecimalShape: Shape {
    var range: ClosedRange<Double> = 0...1_000_000

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let number = item.convert(to: "a number", at: path, into: &problems) {
            scalar throws(TextError) in
            let text = scalar.text
            guard !text.isEmpty else { throw .empty }
            let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
            guard isNumber, text.utf8.contains(where: { $0 != 0x2E }),
                let number = Double(text) ?? Double("0\(text)0")
            else {
                throw TextError("\(text.quoted) is not a number", remedy: "write one such as 0.5")
            }
            // `010` is eight to Compose where it is plain, and ten where it is quoted.
            guard !text.hasPrefix("0") || text.hasPrefix("0.") || text == "0" else {
                throw TextError("\(text.quoted) starts with a zero", remedy: "write it without")
            }
            guard number > 0 || !text.isNonzero else {
                throw TextError("\(text.quoted) is too small a number", remedy: "write 0.01")
            }
            guard range.contains(number) else {
                let bounds = "\(Int64(range.lowerBound)) to \(Int64(range.upperBound))"
                throw TextError("\(text) is not in \(bounds)", remedy: "write a number in it")
            }
            return number
        }
        return number.map { item.value(.decimal($0)) }
    }

    var schema: SchemaNode { .type("number", "string") }
}

struct DurationShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let duration = item.convert(to: "a duration", at: path, into: &problems) {
            scalar throws(TextError) in
            let text = scalar.text
            guard !text.isEmpty else { throw .empty }
            guard !scalar.isText, (try? DurationText.parse("\(text)s")) != nil else {
                return try DurationText.parse(text)
            }
            throw TextError("\(text) has no unit", remedy: "write \(text)s")
        }
        return duration.map { item.value(.duration($0)) }
    }

    var schema: SchemaNode { .type("string") }
}

struct BytesShape: Shape {
    /// Whether `-1` may stand for "no limit".
    var allowsUnlimited = false
    /// Whether Compose's schema takes a text only.
    var needsText = false

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let bytes = item.convert(to: "a size", at: path, into: &problems) {
            scalar throws(TextError) in
            let text = scalar.text
            guard !text.isEmpty else { throw .empty }
            let bytes = try ByteText.parse(text)
            guard scalar.isText || !needsText else {
                // Docker refuses a limit below 6m.
                let size = bytes < 6 << 20 ? "\(max(6, bytes))m" : "\"\(bytes)\""
                throw TextError("\(text) has no unit", remedy: "write \(size)")
            }
            if scalar.isRewritten { throw ScalarShape.quote(text) }
            guard bytes >= (allowsUnlimited ? -1 : 0) else {
                throw TextError("\(text) is negative", remedy: "write a size such as 512m")
            }
            return bytes
        }
        // Zero is the same as saying nothing, everywhere.
        guard let bytes, bytes != 0 else { return nil }
        return item.value(.bytes(bytes))
    }

    var schema: SchemaNode { .type("integer", "string") }
}

/// Permission bits in octal digits, quoted or with a leading zero.
///
/// Files that Berth writes get no other bits than 0777: setuid and setgid would hand out rights on
/// the host.
struct ModeShape: Shape {
    var most: Int64 = 0o777
    /// Whether Compose writes the bits as a number.
    var isNumber = false

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let mode = item.convert(to: "permission bits", at: path, into: &problems) {
            scalar throws(TextError) in
            let text = scalar.text
            let isGo = scalar.isPlain && text.hasPrefix("0o")
            if scalar.isPlain, !text.hasPrefix("0"), let error = decimal(text) { throw error }
            return try ModeText.parse(isGo ? text.dropFirst(2) : text[...], most: most)
        }
        return mode.map { item.value(isNumber ? .bits($0) : .mode($0)) }
    }

    /// The error for a plain number, which means one thing to Compose and another to chmod(1).
    private func decimal(_ text: String) -> TextError? {
        guard let number = Int64(text), number >= 0 else { return nil }
        let octal = try? ModeText.parse(text, most: most)
        var readings = octal.map { ["\"\(ModeText.octal($0))\""] } ?? []
        if number <= most {
            readings.append("\"\(ModeText.octal(number))\" for the decimal number")
        }
        guard !readings.isEmpty else { return nil }
        return TextError("Compose reads \(text) as the decimal number \(text)")
            .with(remedy: "write \(readings.joined(separator: ", or "))")
    }

    var schema: SchemaNode { .type("integer", "string") }
}

/// Permission bits in octal digits: `0440`, `755`.
enum ModeText {
    /// Reads the bits, of which none is above those of `most`.
    static func parse(_ text: some StringProtocol, most: Int64) throws(TextError) -> Int64 {
        let isOctal = text.utf8.allSatisfy { (0x30...0x37).contains($0) }
        guard isOctal, (1...8).contains(text.utf8.count), let mode = Int64(text, radix: 8) else {
            throw TextError("\(String(text).quoted) is not a file mode")
                .with(remedy: "write octal digits in quotes, as \"0440\"")
        }
        guard mode <= most else {
            throw TextError("\(String(text).quoted) has bits above \(octal(most)), as setuid")
                .with(remedy: "write at most \"\(octal(most))\"")
        }
        return mode
    }

    static func octal(_ mode: Int64) -> String { "0\(String(mode, radix: 8))" }
}
