/// A map whose names the team chooses, and whose values have one form.
struct MapShape: Shape {
    var value: any Shape
    /// What a name has to be; throws where it is not.
    var checkName: @Sendable (String) throws(TextError) -> Void = MapShape.anyName

    /// Refuses an empty name, and one that cannot be printed.
    @Sendable static func anyName(_ name: String) throws(TextError) {
        if name.isEmpty { throw TextError("the name is empty", remedy: "write one") }
        if let problem = CharacterRule.printable.problem(of: name) { throw problem }
    }

    /// Compose's names of services, networks, volumes, configs and secrets.
    @Sendable static func resourceName(_ name: String) throws(TextError) {
        let isName = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D
        }
        guard isName, !name.isEmpty, name.utf8.count <= 128 else {
            throw TextError("\(name.quoted) is not a name")
                .with(remedy: "use at most 128 letters, digits, dots, underscores and hyphens")
        }
        // `.` and `..` are folders, and a name server drops a dot at the end.
        guard name.utf8.first != 0x2E, name.utf8.last != 0x2E else {
            throw TextError("\(name.quoted) starts or ends with a dot")
                .with(remedy: "start and end it with a letter or a digit")
        }
    }

    /// A service's name is a label of DNS (RFC 1035, 2.3.4), and part of a chain's name.
    @Sendable static func serviceName(_ name: String) throws(TextError) {
        try resourceName(name)
        guard name.utf8.count <= 63 else {
            throw TextError("\(name.quoted) is longer than 63 characters")
                .with(remedy: "shorten it: no host looks up a longer name")
        }
    }

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let map = item.map else {
            problems.report(item.expected("a map"), at: item.location, field: path)
            return nil
        }
        var result = OrderedMap<ComposeValue>()
        for (name, entry) in map {
            let place = "\(path).\(name)"
            // An item of a list that cannot be read has no name yet.
            if entry.scalar?.problem == nil {
                do {
                    try checkName(name)
                } catch {
                    problems.report(error, at: entry.entryLocation, field: place)
                    continue
                }
            }
            result[name] = value.readEntry(entry, at: place, into: &problems)
        }
        return item.value(.map(result))
    }

    func normalised(_ item: Item) -> Item { item.mapEntries { value.normalised($1) } }

    func merged(_ base: Item, with overlay: Item) -> Item {
        Overlay.merged(base, with: overlay) { _ in value }
    }

    var schema: SchemaNode { .map(of: value.schema) }
}

/// A map of texts, or a list of `KEY=value` (`environment`, `labels`, `sysctls`, …).
struct KeyValueShape: Shape {
    /// What a name without a value means; nil where it is refused.
    var null: ComposeValue.Content?
    var allowsList = true
    var allowsBoolean = true
    var characters = CharacterRule.printable

    /// `environment`: a name without a value, in a list or a map, gets one from outside.
    static let environment = KeyValueShape(null: .null, characters: .anyButNull)
    /// `labels` and the like: a name without a value has an empty one.
    static let labels = KeyValueShape(null: .string(""), characters: .anyButNull)
    /// `sysctls`: as labels, and their values are words.
    static let sysctls = KeyValueShape(null: .string(""))
    /// Options for a driver: a map only, of texts and numbers.
    static let options = KeyValueShape(null: nil, allowsList: false, allowsBoolean: false)
    /// Options for a log driver: a name without a value has an empty one.
    static let logOptions = KeyValueShape(
        null: .string(""),
        allowsList: false,
        allowsBoolean: false
    )

    private var value: ScalarShape {
        ScalarShape(null: null, allowsBoolean: allowsBoolean, characters: characters)
    }

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let map = MapShape(
            value: value,
            checkName: { name throws(TextError) in
                try MapShape.anyName(name)
                guard name.last?.isWhitespace != true else {
                    throw TextError("\(name.quoted) ends in a blank", remedy: "remove it")
                }
            }
        )
        return map.read(normalised(item), at: path, into: &problems)
    }

    func normalised(_ item: Item) -> Item {
        guard allowsList, let list = item.list else { return item }
        return item.mapped(list) { text in
            let pair = KeyValueText(text)
            let value = pair.value.map { ScalarText($0) } ?? ScalarText("", isPlain: true)
            return (pair.key, .scalar(value))
        }
    }

    func merged(_ base: Item, with overlay: Item) -> Item {
        Overlay.merged(normalised(base), with: normalised(overlay)) { _ in value }
    }

    var schema: SchemaNode {
        let map = SchemaNode.map(of: value.schema)
        return allowsList ? .any(of: [map, .list(of: .type("string"))]) : map
    }
}

extension Item {
    /// The map that a list of texts stands for; what is wrong with an item becomes an entry that
    /// nothing can read, so that the field reports it.
    func mapped(
        _ list: [Item],
        entry: (String) throws(TextError) -> (key: String, content: Content)
    ) -> Item {
        var map = OrderedMap<Item>()
        for (index, element) in list.enumerated() {
            guard let scalar = element.scalar, scalar.problem == nil, !scalar.isNull,
                scalar.isText
            else {
                let problem = element.scalar?.problem ?? element.expected("a text in quotes")
                map["[\(index)]"] = Item(problem: problem, like: element)
                continue
            }
            do {
                let (key, content) = try entry(scalar.text)
                guard map[key] == nil else {
                    let twice = TextError("\(key.quoted) is written twice", remedy: "remove one")
                    map["[\(index)]"] = Item(problem: twice, like: element)
                    continue
                }
                map[key] = Item(content, origin: element.origin, keyLocation: element.location)
            } catch {
                map["[\(index)]"] = Item(problem: error, like: element)
            }
        }
        var result = self
        result.content = .map(map)
        return result
    }
}
