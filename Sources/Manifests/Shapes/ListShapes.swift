/// A list of values of one form.
struct ListShape: Shape {
    /// What every item is.
    var element: any Shape
    /// Whether equal items are a mistake.
    var isUnique = true
    /// Whether a single value may stand for a list of one.
    var allowsSingle = false
    /// What is wrong with a list of nothing; nil where one may stand.
    var whenEmpty: TextError?

    /// The most items a list may have.
    static let most = 1_000

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let items = items(of: item, at: path, into: &problems) else { return nil }
        var seen: Set<String> = []
        var values: [ComposeValue] = []
        for (index, element) in items.enumerated() {
            let place = "\(path)[\(index)]"
            let value = self.element.readEntry(element, at: place, into: &problems)
            guard let value else { continue }
            if isUnique, let text = value.string, !seen.insert(text).inserted {
                let error = TextError("\(text.quoted) is written twice", remedy: "remove one")
                problems.report(error, at: element.location, field: place)
            }
            values.append(value)
        }
        return item.value(.list(values))
    }

    private func items(
        of item: Item,
        at path: String,
        into problems: inout Problems
    ) -> [Item]? {
        if allowsSingle, item.scalar != nil, !item.isNull { return [item] }
        guard let items = item.list else {
            problems.report(item.expected("a list"), at: item.location, field: path)
            return nil
        }
        guard items.count <= Self.most else {
            let error = TextError("the list has more than \(Self.most) items")
            problems.report(error, at: item.location, field: path)
            return nil
        }
        if items.isEmpty, let whenEmpty {
            problems.report(whenEmpty, at: item.location, field: path)
        }
        return items
    }

    var schema: SchemaNode {
        var list = SchemaNode.list(of: element.schema)
        if whenEmpty != nil, case .object(let parts) = list {
            list = .object(parts + [("minItems", .number(1))])
        }
        return allowsSingle ? .any(of: [element.schema, list]) : list
    }
}

/// A command: a line that is split into words, or a list of words; nothing is the image's own.
struct CommandShape: Shape {
    private static let word = StringShape(characters: .anyButNull)

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        if item.isNull { return item.value(.null) }
        guard item.scalar != nil else {
            return ListShape(element: Self.word, isUnique: false)
                .read(item, at: path, into: &problems)
        }
        guard let line = Self.word.read(item, at: path, into: &problems)?.string else {
            return nil
        }
        do {
            let words = try CommandText.split(line)
            return item.value(.list(words.map { item.value(.string($0)) }))
        } catch {
            problems.report(error, at: item.location, field: path)
            return nil
        }
    }

    var schema: SchemaNode {
        .any(of: [.type("string", "null"), .list(of: .type("string"))])
    }
}

/// The test of a health check: a line for a shell, or a list that starts with `CMD`, `CMD-SHELL` or
/// `NONE`.
struct HealthTestShape: Shape {
    private static let word = StringShape(characters: .anyButNull)

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard item.scalar == nil || item.isNull else {
            guard let line = Self.word.read(item, at: path, into: &problems) else { return nil }
            return item.value(.list([item.value(.string("CMD-SHELL")), line]))
        }
        let list = ListShape(element: Self.word, isUnique: false)
        let errors = problems.errors
        guard let test = list.read(item, at: path, into: &problems), problems.errors == errors
        else { return nil }
        if let error = Self.problem(of: test.strings ?? []) {
            problems.report(error, at: item.location, field: path)
            return nil
        }
        if let words = test.strings, words.first == "CMD-SHELL", words.count > 2 {
            let warning = TextError(
                "the shell runs the first item alone",
                remedy: "write the line as one item, or start with CMD"
            )
            problems.warn(warning, at: item.location, field: path)
        }
        return test
    }

    private static func problem(of words: [String]) -> TextError? {
        switch words.first {
        case "NONE"?, nil:
            words.count <= 1 ? nil : TextError("NONE stands alone", remedy: "remove what follows")
        case "CMD"?:
            words.count > 1 ? nil : TextError("CMD has no command", remedy: "add its words")
        case "CMD-SHELL"?:
            words.count > 1 ? nil : TextError("CMD-SHELL has no line", remedy: "add it")
        case let first?:
            TextError(
                "the test starts with \(first.quoted)",
                remedy: "start it with CMD, CMD-SHELL or NONE"
            )
        }
    }

    var schema: SchemaNode { .any(of: [.type("string"), .list(of: .type("string"))]) }
}
