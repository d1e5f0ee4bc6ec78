/// A text that Compose's schema types as a string: a number or a truth value needs quotes there.
struct StringShape: Shape {
    /// Checks the text; gives the canonical one.
    var check: @Sendable (String) throws(TextError) -> String = { text throws(TextError) in text }
    /// The words it may be, for the schema; empty where any text may stand.
    var choices: [String] = []
    var characters = CharacterRule.printable

    static let filled = StringShape(check: { text throws(TextError) in
        guard !text.isEmpty else { throw .empty }
        return text
    })

    /// Any text that passes a test; `problem` follows the text in the message.
    static func matching(
        _ problem: String,
        remedy: String,
        _ test: @escaping @Sendable (String) -> Bool
    ) -> StringShape {
        StringShape(check: { text throws(TextError) in
            guard test(text) else { throw TextError("\(text.quoted) \(problem)", remedy: remedy) }
            return text
        })
    }

    static func address(_ test: @escaping @Sendable (String) -> Bool) -> StringShape {
        matching("is not such an address", remedy: "write one", test)
    }

    static let absolutePath = matching("is not an absolute path", remedy: "start it with /") {
        $0.hasPrefix("/")
    }

    static func choice(_ words: [String]) -> StringShape {
        StringShape(
            check: { text throws(TextError) in
                if words.contains(text) { return text }
                let near = NearestName.of(text, among: words)
                throw TextError("\(text.quoted) is none of \(words.joined(separator: ", "))")
                    .with(remedy: near.map { "write \($0)" } ?? "")
            },
            choices: words
        )
    }

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        convert(item, at: path, into: &problems) { text throws(TextError) in
            item.value(.string(text))
        }
    }

    /// Reads a short form, of which `conversion` gives the long one.
    func convert(
        _ item: Item,
        at path: String,
        into problems: inout Problems,
        with conversion: (String) throws(TextError) -> ComposeValue
    ) -> ComposeValue? {
        item.convert(to: "a text", at: path, into: &problems, allowing: characters) {
            scalar throws(TextError) in
            // What quotes would not help with is said first.
            let checked = try check(scalar.text)
            guard scalar.isText else {
                throw TextError(
                    "expected a text, and Compose reads \(scalar.text) as something else",
                    remedy: "quote it: \"\(scalar.text)\""
                )
            }
            return try conversion(checked)
        }
    }

    var schema: SchemaNode {
        choices.isEmpty ? .type("string") : .any(of: [.choice(choices), .variable])
    }
}

/// A text, a number or a truth value, taken as the text that is written (`environment`, `labels`).
struct ScalarShape: Shape {
    var check: @Sendable (String) throws(TextError) -> Void = { _ throws(TextError) in }
    /// What stands for an empty value; nil where one is refused.
    var null: ComposeValue.Content?
    var allowsBoolean = true
    var characters = CharacterRule.printable
    /// The types of the schema, where they are others than those that can be read.
    var types: [String] = []

    /// A number or a text with a form of its own, as `80` and `80-90`.
    static func number(
        allowsBoolean: Bool = true,
        _ check: @escaping @Sendable (String) throws(TextError) -> Void
    ) -> ScalarShape {
        ScalarShape(check: check, allowsBoolean: allowsBoolean, types: ["integer", "string"])
    }

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        if item.isNull, let null { return item.value(null) }
        return item.convert(to: "a text", at: path, into: &problems, allowing: characters) {
            scalar throws(TextError) in
            let text = scalar.text
            // What quotes would not help with is said first.
            try check(text)
            if scalar.isRewritten { throw Self.quote(text) }
            guard allowsBoolean || !scalar.isPlain || !["true", "false"].contains(text) else {
                throw TextError("expected a text or a number", remedy: "quote it: \"\(text)\"")
            }
            return item.value(.string(text))
        }
    }

    /// The refusal of a scalar that Compose would rewrite.
    static func quote(_ text: String) -> TextError {
        TextError("Compose would read \(text) as a number or a date and change it")
            .with(remedy: "quote it: \"\(text)\"")
    }

    var schema: SchemaNode {
        let readable =
            ["string", "number"] + (allowsBoolean ? ["boolean"] : [])
            + (null == nil ? [] : ["null"])
        let names = types.isEmpty ? readable : types
        return .object([("type", .list(names.map { .text($0) }))])
    }
}
