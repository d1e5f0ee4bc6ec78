internal import Model
internal import YAML

/// Turns a file's nodes into items: places become origins, variables are filled in.
///
/// A scalar whose variables cannot be filled in carries the problem along; it is reported only if
/// some field reads the scalar, not where an environment replaces it.
struct ItemReader {
    /// The file's path in the repository.
    var file: String
    /// Which kind of file it is.
    var kind: Origin.Kind
    /// What `${NAME}` stands for; nil leaves dollar signs alone.
    var variables: Variables?
    /// How many bytes may still come out of variables.
    var budget = ItemReader.expansionLimit

    /// The most bytes that variables may fill into one environment.
    static let expansionLimit = 32 << 20

    init(
        file: String,
        kind: Origin.Kind,
        variables: Variables? = nil,
        budget: Int = ItemReader.expansionLimit
    ) {
        self.file = file
        self.kind = kind
        self.variables = variables
        self.budget = budget
    }

    /// Reads a node and everything below it.
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

    private func location(_ node: Node) -> SourceLocation {
        SourceLocation(file: file, line: node.mark.line, column: node.mark.column)
    }

    private mutating func filled(_ scalar: Scalar) -> (ScalarText, [Origin.Variable]) {
        guard let variables, scalar.text.utf8.contains(.dollar) else {
            return (ScalarText(scalar.text, isPlain: scalar.isPlain), [])
        }
        do {
            let result = try Interpolation.fill(
                scalar.text,
                unsetIsEmpty: variables.unsetIsEmpty
            ) { variables.values[$0]?.value }
            budget -= result.text.utf8.count
            guard budget >= 0 else {
                let problem = TextError(
                    "variables fill in more than \(Self.expansionLimit >> 20) MiB",
                    remedy: "use shorter variables"
                )
                return (ScalarText("", problem: problem), [])
            }
            let names = result.names.map { name in
                Origin.Variable(name: name, location: variables.values[name]?.location)
            }
            return (ScalarText(result.text), names)
        } catch {
            let problem = error.text(environmentFile: variables.environmentFile)
            return (ScalarText(scalar.text, problem: problem), [])
        }
    }
}
