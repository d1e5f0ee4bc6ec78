/// One key of a map with fixed keys.
struct Key: Sendable {
    /// The key as it is written.
    var name: String
    /// What it holds.
    var shape: any Shape
    /// One sentence for editors, without a full stop.
    var summary: String

    init(_ name: String, _ shape: any Shape, _ summary: String) {
        self.name = name
        self.shape = shape
        self.summary = summary
    }
}

/// The keys of a map: what the reader takes, what it refuses, and what the JSON Schema lists.
struct Keys: Sendable {
    /// The keys, in the order in which they are documented and printed.
    let list: [Key]
    private let positions: [String: Int]

    init(_ list: [Key]) {
        self.list = list
        positions = Dictionary(
            list.enumerated().map { ($1.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The key of that name.
    subscript(_ name: String) -> Key? { positions[name].map { list[$0] } }

    /// What to say of a name that is none of the keys.
    func unknown(_ name: String) -> TextError {
        let known = list.filter { !($0.shape is RefusedShape) }.map(\.name)
        if let near = NearestName.of(name, among: known) {
            return TextError("there is no key \(name.quoted)", remedy: "write \(near)")
        }
        return TextError(
            "there is no key \(name.quoted)",
            remedy: known.count <= 12
                ? "the keys are \(known.joined(separator: ", "))" : "remove it"
        )
    }
}

/// A map with fixed keys; unknown ones are refused, and names that start with `x-` are left alone.
struct ObjectShape: Shape {
    /// What may stand in it.
    var keys: Keys
    /// Keys that have to be there.
    var required: [String] = []
    /// Whether an empty value stands for a map without entries, and what becomes of it.
    var null: ComposeValue.Content?
    /// Looks at the whole map once its entries are read.
    var check: @Sendable (ComposeValue) -> TextError? = { _ in nil }

    init(
        _ keys: Keys,
        required: [String] = [],
        null: ComposeValue.Content? = nil,
        check: @escaping @Sendable (ComposeValue) -> TextError? = { _ in nil }
    ) {
        self.keys = keys
        self.required = required
        self.null = null
        self.check = check
    }

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        if item.isNull, let null { return item.value(null) }
        guard let map = item.map else {
            problems.report(item.expected("a map"), at: item.location, field: path)
            return nil
        }
        let errors = problems.errors
        var values: [String: ComposeValue] = [:]
        for (name, entry) in map {
            let place = path.isEmpty ? name : "\(path).\(name)"
            guard let key = keys[name] else {
                guard !Self.isExtension(name) else { continue }
                // Suggestions cost time, and nobody reads hundreds of them.
                let error =
                    problems.isFull ? TextError("there is no such key") : keys.unknown(name)
                problems.report(error, at: entry.entryLocation, field: place)
                continue
            }
            // To remove it, as for other keys, would not help.
            guard !required.contains(name) || !entry.isNull else {
                let error = TextError("nothing is written", remedy: "give it a value")
                problems.report(error, at: entry.location, field: place)
                values[name] = entry.value(.unreadable)
                continue
            }
            let value = key.shape.readEntry(entry, at: place, into: &problems)
            if key.shape is CommandShape || value?.isEmpty == false {
                values[name] = value
            } else if value != nil, required.contains(name) {
                let error = TextError("\(name) is empty", remedy: "give it a value")
                problems.report(error, at: entry.location, field: path)
            }
        }
        for name in required where map[name] == nil {
            let error = TextError("the key \(name) is missing", remedy: "add it")
            problems.report(error, at: item.entryLocation, field: path)
        }
        var result = OrderedMap<ComposeValue>()
        for key in keys.list { result[key.name] = values[key.name] }
        let value = item.value(.map(result))
        // What the entries say together shows only once each can be read.
        if problems.errors == errors, let error = check(value) {
            problems.report(error, at: item.entryLocation, field: path)
        }
        return value
    }

    /// `x-…` is the team's own, but `x-berth` has its place and is no one else's.
    static func isExtension(_ name: String) -> Bool {
        name.hasPrefix("x-") && name != "x-berth"
    }

    func normalised(_ item: Item) -> Item {
        guard let map = item.map else { return item }
        var entries = OrderedMap<Item>()
        for (name, entry) in map {
            entries[name] = keys[name]?.shape.normalised(entry) ?? entry
        }
        var result = item
        result.content = .map(entries)
        return result
    }

    func merged(_ base: Item, with overlay: Item) -> Item {
        Overlay.merged(base, with: overlay) { keys[$0]?.shape }
    }

    var schema: SchemaNode {
        let properties = keys.list.filter { !($0.shape is RefusedShape) }.map { key in
            (key.name, Self.described(key.shape.schema, as: key.summary))
        }
        var parts: [(String, SchemaNode)] = [
            ("type", null == nil ? .text("object") : .list([.text("object"), .text("null")])),
            ("properties", .object(properties)),
            ("patternProperties", .object([("^x-", .object([]))])),
            ("additionalProperties", .flag(false)),
        ]
        if !required.isEmpty { parts.append(("required", .list(required.map { .text($0) }))) }
        return .object(parts)
    }

    private static func described(_ node: SchemaNode, as summary: String) -> SchemaNode {
        guard case .object(let parts) = node else { return node }
        return .object([("description", .text(summary))] + parts)
    }
}

/// A key that Compose knows and Berth refuses, with the reason.
struct RefusedShape: Shape {
    /// What is wrong, and what to do instead.
    var error: TextError

    init(_ message: String, remedy: String) { error = TextError(message, remedy: remedy) }

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        problems.report(error, at: item.entryLocation, field: path)
        return nil
    }

    var schema: SchemaNode { .flag(false) }
}
