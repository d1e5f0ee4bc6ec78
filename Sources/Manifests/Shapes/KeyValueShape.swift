/// A map of texts, or a list of `KEY=value` (`environment`, `labels`, `sysctls`, …).
struct KeyValueShape: Shape {
    /// What a name without a value means; nil where it is refused.
    var null: ComposeValue.Content?
    /// Whether the list form may stand.
    var allowsList = true
    /// Whether a truth value may stand for its text.
    var allowsBoolean = true
    /// Which characters a value may have.
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
