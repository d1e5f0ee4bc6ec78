internal import Model
internal import YAML

/// Turns a file's nodes into items: places become origins, variables are filled in.
///
/// A scalar whose variables cannot be filled in carries the problem along; it is reported only if
/// some field reads the scalar, not where an environment replaces it.
struct ItemReader {
    var file: String
    var kind: Origin.Kind
    /// What `${NAME}` stands for; nil leaves dollar signs alone.
    var variables: Variables?
    /// How many bytes may still go into variables' filling, or come out of it.
    var budget = ItemReader.expansionLimit

    /// The most bytes that variables may fill into one environment.
    static let expansionLimit = 32 << 20

    mutating func read(_ node: Node, key: SourceLocation? = nil) -> Item {
        let place = location(node)
        switch node.content {
        case .scalar(let scalar):
            let (text, names) = filled(scalar)
            let origin = Origin(kind, at: place, variables: names)
            return Item(.scalar(text), origin: origin, keyLocation: key)
        case .sequence(let nodes):
            var items: [Item] = []
            for node in nodes { items.append(read(node)) }
            return Item(.list(items), origin: Origin(kind, at: place), keyLocation: key)
        case .mapping(let mapping):
            var map = OrderedMap<Item>()
            for entry in mapping.entries {
                map[entry.name] = read(entry.value, key: location(entry.key))
            }
            return Item(.map(map), origin: Origin(kind, at: place), keyLocation: key)
        }
    }

    /// Reads a node with dollar signs left alone.
    static func plain(_ node: Node, file: String, kind: Origin.Kind) -> Item {
        var reader = ItemReader(file: file, kind: kind)
        return reader.read(node)
    }

    private func location(_ node: Node) -> SourceLocation { SourceLocation(node.mark, in: file) }

    private mutating func charge(_ bytes: Int) -> Bool {
        budget -= bytes
        return budget >= 0
    }

    private static let spent = ScalarText(
        "",
        problem: TextError("variables fill in more than \(expansionLimit >> 20) MiB")
            .with(remedy: "use shorter variables")
    )

    private mutating func filled(_ scalar: Scalar) -> (ScalarText, [Origin.Variable]) {
        guard let variables, scalar.text.utf8.contains(.dollar) else {
            return (ScalarText(scalar.text, isPlain: scalar.isPlain), [])
        }
        // Charged before anything is done, so that a text costs what it is long even where nothing
        // comes of it, and costs nothing once too much was read.
        guard charge(scalar.text.utf8.count) else { return (Self.spent, []) }
        do {
            let result = try Interpolation.fill(
                scalar.text,
                unsetIsEmpty: variables.unsetIsEmpty
            ) { variables[$0]?.value }
            let growth = result.text.utf8.count - scalar.text.utf8.count
            guard charge(max(0, growth)) else { return (Self.spent, []) }
            let names = result.names.map { name in
                Origin.Variable(name: name, location: variables[name]?.location)
            }
            return (ScalarText(result.text), names)
        } catch {
            let problem = error.text(environmentFile: variables.environmentFile)
            return (ScalarText(scalar.text, problem: problem), [])
        }
    }
}

extension SourceLocation {
    init(_ mark: Mark, in file: String) {
        self.init(file: file, line: mark.line, column: mark.column)
    }
}

extension Node {
    /// The names under `services`, each with its node and the place of its key.
    func services(in file: String) -> [(name: String, node: Node, location: SourceLocation)] {
        (self["services"]?.entries ?? []).map { entry in
            (entry.name, entry.value, SourceLocation(entry.key.mark, in: file))
        }
    }
}
