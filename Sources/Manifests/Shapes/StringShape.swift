/// A text that Compose's schema types as a string: a number or a truth value wants quotes there.
struct StringShape: Shape {
    /// What the text has to be, beside a text; gives the canonical text.
    var check: @Sendable (String) throws(TextError) -> String = { text throws(TextError) in text }
    /// The words it may be, for the schema; empty where any text may stand.
    var choices: [String] = []
    /// Which characters it may have.
    var characters = CharacterRule.printable

    /// Any text but an empty one.
    static let filled = StringShape(check: { text throws(TextError) in
        guard !text.isEmpty else { throw .empty }
        return text
    })

    /// An address of some kind.
    static func address(_ test: @escaping @Sendable (String) -> Bool) -> StringShape {
        StringShape(check: { text throws(TextError) in
            guard test(text) else {
                throw TextError("\(text.quoted) is not such an address", remedy: "write one")
            }
            return text
        })
    }

    /// One of several words.
    static func choice(_ words: [String]) -> StringShape {
        StringShape(
            check: { text throws(TextError) in
                if words.contains(text) { return text }
                let near = NearestName.of(text, among: words)
                throw TextError(
                    "\(text.quoted) is none of \(words.joined(separator: ", "))",
                    remedy: near.map { "write \($0)" } ?? ""
                )
            },
            choices: words
        )
    }

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let scalar = item.scalar, !scalar.isNull else {
            problems.report(item.expected("a text"), at: item.location, field: path)
            return nil
        }
        let text = item.convert(at: path, into: &problems, allowing: characters) {
            text throws(TextError) in
            // What quotes would not help with is said first.
            let checked = try check(text)
            guard scalar.isText else {
                throw TextError(
                    "a text is wanted, and Compose reads \(text) as something else",
                    remedy: "quote it: \"\(text)\""
                )
            }
            return checked
        }
        return text.map { item.value(.string($0)) }
    }

    var schema: SchemaNode {
        choices.isEmpty ? .type("string") : .any(of: [.choice(choices), .variable])
    }
}

/// A text, a number or a truth value, taken as the text that is written (`environment`, `labels`).
struct ScalarShape: Shape {
    /// What the text has to be, beside a text.
    var check: @Sendable (String) throws(TextError) -> Void = { _ throws(TextError) in }
    /// What stands for an empty value; nil where one is refused.
    var null: ComposeValue.Content?
    /// Whether a truth value may stand for its text.
    var allowsBoolean = true
    /// Which characters it may have.
    var characters = CharacterRule.printable

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        if item.isNull, let null { return item.value(null) }
        guard let scalar = item.scalar, !scalar.isNull else {
            problems.report(item.expected("a text"), at: item.location, field: path)
            return nil
        }
        let text = item.convert(at: path, into: &problems, allowing: characters) {
            text throws(TextError) in
            // What quotes would not help with is said first.
            try check(text)
            if scalar.isRewritten { throw Self.quote(text) }
            guard allowsBoolean || !scalar.isPlain || !["true", "false"].contains(text) else {
                throw TextError("a text or a number is wanted", remedy: "quote it: \"\(text)\"")
            }
            return text
        }
        return text.map { item.value(.string($0)) }
    }

    /// The refusal of a scalar that Compose would rewrite.
    static func quote(_ text: String) -> TextError {
        TextError(
            "Compose would read \(text) as a number or a date and change it",
            remedy: "quote it: \"\(text)\""
        )
    }

    var schema: SchemaNode {
        let types =
            ["string", "number"] + (allowsBoolean ? ["boolean"] : [])
            + (null == nil ? [] : ["null"])
        return .object([("type", .list(types.map { .text($0) }))])
    }
}
