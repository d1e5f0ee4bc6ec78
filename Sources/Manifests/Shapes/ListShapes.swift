struct ListShape: Shape {
    var element: any Shape
    var isUnique = true
    var allowsSingle = false
    /// What is wrong with a list of nothing; nil where one may stand.
    var whenEmpty: TextError?

    private static let most = 1_000

    static let texts = ListShape(element: StringShape())
    static let names = ListShape(element: StringShape.filled)

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let isSingle = allowsSingle && item.scalar != nil && !item.isNull
        let list = isSingle ? [item] : Self.items(of: item, at: path, into: &problems)
        guard let list else { return nil }
        if list.isEmpty, let whenEmpty {
            problems.report(whenEmpty, at: item.location, field: path)
        }
        var seen: Set<String> = []
        var values: [ComposeValue] = []
        for (index, element) in list.enumerated() {
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

    /// The items of a list that is not too long.
    static func items(of item: Item, at path: String, into problems: inout Problems) -> [Item]? {
        guard let items = item.list else {
            problems.report(item.expected("a list"), at: item.location, field: path)
            return nil
        }
        guard items.count <= most else {
            let error = TextError("the list has more than \(most) items")
            problems.report(error, at: item.location, field: path)
            return nil
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
        return Self.word.convert(item, at: path, into: &problems) { line throws(TextError) in
            let words = try CommandText.split(line)
            return item.value(.list(words.map { item.value(.string($0)) }))
        }
    }

    var schema: SchemaNode {
        .any(of: [.type("string", "null"), .list(of: .type("string"))])
    }
}

/// A health check's test: a line for a shell, or a list with `CMD`, `CMD-SHELL` or `NONE` first.
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
            let warning = TextError("the shell runs the first item alone")
                .with(remedy: "write the line as one item, or start with CMD")
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
            TextError("the test starts with \(first.quoted)")
                .with(remedy: "start it with CMD, CMD-SHELL or NONE")
        }
    }

    var schema: SchemaNode { .any(of: [.type("string"), .list(of: .type("string"))]) }
}
