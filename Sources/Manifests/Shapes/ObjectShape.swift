/// One key of a map with fixed keys.
struct Key: Sendable {
    var name: String
    var shape: any Shape
    /// One sentence for editors, without a full stop.
    var summary: String
    var isRequired = false

    init(_ name: String, _ shape: any Shape, _ summary: String = "") {
        self.name = name
        self.shape = shape
        self.summary = summary
    }

    static func required(_ name: String, _ shape: any Shape, _ summary: String = "") -> Key {
        var key = Key(name, shape, summary)
        key.isRequired = true
        return key
    }

    func about(_ summary: String) -> Key {
        var key = self
        key.summary = summary
        return key
    }

    /// A key that Compose knows and Berth does not carry out.
    static func refused(_ name: String, _ message: String, _ remedy: String) -> Key {
        Key(name, RefusedShape(error: TextError(message, remedy: remedy)))
    }
}

/// A map with fixed keys; unknown ones are refused, and names that start with `x-` are left alone.
struct ObjectShape: Shape {
    /// The keys, in the order in which they are documented and printed.
    private let keys: [Key]
    private let byName: [String: Key]
    private let required: [String]
    /// What an empty value stands for; nil where it is an error.
    private let null: ComposeValue.Content?
    /// Checks the whole map once its entries are read.
    private let check: @Sendable (ComposeValue) -> TextError?

    init(
        _ keys: [Key],
        null: ComposeValue.Content? = nil,
        check: @escaping @Sendable (ComposeValue) -> TextError? = { _ in nil }
    ) {
        self.keys = keys
        byName = Dictionary(keys.map { ($0.name, $0) }) { first, _ in first }
        required = keys.filter(\.isRequired).map(\.name)
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
            guard let key = byName[name] else {
                guard !Self.isExtension(name) else { continue }
                // A suggestion costs time.
                let error = problems.isFull ? TextError("there is no such key") : unknown(name)
                problems.report(error, at: entry.entryLocation, field: place)
                continue
            }
            // To remove it, as for other keys, would not help.
            guard !key.isRequired || !entry.isNull else {
                let error = TextError("nothing is written", remedy: "give it a value")
                problems.report(error, at: entry.location, field: place)
                values[name] = entry.value(.unreadable)
                continue
            }
            let value = key.shape.readEntry(entry, at: place, into: &problems)
            if key.shape is CommandShape || value?.isEmpty == false {
                values[name] = value
            } else if value != nil, key.isRequired {
                let error = TextError("\(name) is empty", remedy: "give it a value")
                problems.report(error, at: entry.location, field: path)
            }
        }
        for name in required where map[name] == nil {
            let error = TextError("the key \(name) is missing", remedy: "add it")
            problems.report(error, at: item.entryLocation, field: path)
        }
        var result = OrderedMap<ComposeValue>()
        for key in keys { result[key.name] = values[key.name] }
        let value = item.value(.map(result))
        // What the entries say together shows only once each can be read.
        if problems.errors == errors, let error = check(value) {
            problems.report(error, at: item.entryLocation, field: path)
        }
        return value
    }

    private func unknown(_ name: String) -> TextError {
        let known = keys.filter { !($0.shape is RefusedShape) }.map(\.name)
        let remedy =
            NearestName.of(name, among: known).map { "write \($0)" }
            ?? (known.count <= 12 ? "the keys are \(known.joined(separator: ", "))" : "remove it")
        return TextError("there is no key \(name.quoted)", remedy: remedy)
    }

    /// `x-…` is the team's own, except for `x-berth`.
    private static func isExtension(_ name: String) -> Bool {
        name.hasPrefix("x-") && name != "x-berth"
    }

    func normalised(_ item: Item) -> Item {
        item.mapEntries { byName[$0]?.shape.normalised($1) ?? $1 }
    }

    func merged(_ base: Item, with overlay: Item) -> Item {
        Overlay.merged(base, with: overlay) { byName[$0]?.shape }
    }

    var schema: SchemaNode {
        let properties = keys.filter { !($0.shape is RefusedShape) }.map { key in
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

struct RefusedShape: Shape {
    var error: TextError

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        problems.report(error, at: item.entryLocation, field: path)
        return nil
    }

    var schema: SchemaNode { .flag(false) }
}
