/// `true` or `false`; quoted, and from variables, also `yes`, `no`, `on`, `off`, `y`, `n`.
struct BooleanShape: Shape {
    /// Whether `false` is the same as saying nothing, and is left out of the canonical form.
    var dropsFalse = false

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let scalar = item.scalar, !scalar.isNull else {
            problems.report(item.expected("true or false"), at: item.location, field: path)
            return nil
        }
        let flag = item.convert(at: path, into: &problems) { text throws(TextError) in
            switch text.lowercased() {
            case "true", "yes", "y", "on": return true
            case "false", "no", "n", "off": return false
            default: throw TextError("\(text.quoted) is neither true nor false")
            }
        }
        guard let flag, flag || !dropsFalse else { return nil }
        return item.value(.boolean(flag))
    }

    var schema: SchemaNode { .any(of: [.type("boolean"), .variable]) }
}

/// A whole number in decimal digits.
struct IntegerShape: Shape {
    /// What the number may be.
    var range: ClosedRange<Int64> = 0...Int64(Int32.max)
    /// Whether zero is the same as saying nothing, and is left out of the canonical form.
    var dropsZero = false

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let scalar = item.scalar, !scalar.isNull else {
            problems.report(item.expected("a whole number"), at: item.location, field: path)
            return nil
        }
        let number = item.convert(at: path, into: &problems) { text throws(TextError) in
            guard !scalar.isRewritten, let number = Int64(text) else {
                throw TextError("\(text.quoted) is not a whole number in decimal digits")
            }
            try check(number)
            return number
        }
        guard let number, number != 0 || !dropsZero else { return nil }
        return item.value(.integer(number))
    }

    private func check(_ number: Int64) throws(TextError) {
        guard !range.contains(number) else { return }
        let bounds =
            range.upperBound >= Int64(Int32.max)
            ? "less than \(range.lowerBound)" : "not in \(range.lowerBound) to \(range.upperBound)"
        throw TextError("\(number) is \(number > range.upperBound ? "too large" : bounds)")
    }

    var schema: SchemaNode {
        let integer = SchemaNode.object([
            ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
            ("maximum", .number(range.upperBound)),
        ])
        return .any(of: [integer, .object([("type", .text("string"))])])
    }
}

/// A number with or without decimals.
struct DecimalShape: Shape {
    /// What the number may be.
    var range: ClosedRange<Double> = 0...1_000_000

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let scalar = item.scalar, !scalar.isNull else {
            problems.report(item.expected("a number"), at: item.location, field: path)
            return nil
        }
        let number = item.convert(at: path, into: &problems) { text throws(TextError) in
            let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
            guard isNumber, let number = Double(text) ?? Double("0\(text)0") else {
                throw TextError("\(text.quoted) is not a number such as 0.5")
            }
            // `010` is eight to Compose where it is plain, and ten where it is quoted.
            guard !text.hasPrefix("0") || text.hasPrefix("0.") || text == "0" else {
                throw TextError("\(text.quoted) starts with a zero", remedy: "write it without")
            }
            guard range.contains(number) else {
                throw TextError("\(text) is not in \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        return number.map { item.value(.decimal($0)) }
    }

    var schema: SchemaNode { .type("number", "string") }
}

/// A span of time such as `1m30s`.
struct DurationShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let scalar = item.scalar, !scalar.isNull else {
            problems.report(item.expected("a duration"), at: item.location, field: path)
            return nil
        }
        guard scalar.isText else {
            let error = TextError("\(scalar.text) has no unit", remedy: "write \(scalar.text)s")
            problems.report(error, at: item.location, field: path)
            return nil
        }
        let duration = item.convert(at: path, into: &problems, with: DurationText.parse)
        return duration.map { item.value(.duration($0)) }
    }

    var schema: SchemaNode { .type("string") }
}

/// A count of bytes such as `512m`.
struct BytesShape: Shape {
    /// Whether `-1` may stand for "no limit".
    var allowsUnlimited = false
    /// Whether Compose's schema takes a text only.
    var wantsText = false

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let scalar = item.scalar, !scalar.isNull else {
            problems.report(item.expected("a size"), at: item.location, field: path)
            return nil
        }
        let bytes = item.convert(at: path, into: &problems) { text throws(TextError) in
            guard scalar.isText || !wantsText else {
                throw TextError("\(text) has no unit", remedy: "write \"\(text)\", or \(text)m")
            }
            guard !scalar.isRewritten else {
                throw ScalarShape.quote(text)
            }
            let bytes = try ByteText.parse(text)
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
/// Files that Berth writes get no other bits: setuid and setgid would hand out rights on the host.
struct ModeShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let scalar = item.scalar, !scalar.isNull else {
            problems.report(item.expected("permission bits"), at: item.location, field: path)
            return nil
        }
        let mode = item.convert(at: path, into: &problems) { text throws(TextError) in
            let digits = scalar.isPlain && text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
            let isOctal = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x37).contains($0) }
            guard isOctal, digits.utf8.count <= 8, let mode = Int64(digits, radix: 8) else {
                throw TextError("\(text.quoted) is no permission", remedy: "write \"0440\"")
            }
            guard mode <= 0o777 else {
                throw TextError(
                    "\(text.quoted) has bits above 0777, as setuid",
                    remedy: "write \"0440\""
                )
            }
            guard !scalar.isPlain || text.hasPrefix("0") else {
                throw TextError(
                    "Compose reads \(text) as the decimal number \(text)",
                    remedy: "write \"0\(text)\""
                )
            }
            return mode
        }
        return mode.map { item.value(.mode($0)) }
    }

    var schema: SchemaNode { .type("integer", "string") }
}
