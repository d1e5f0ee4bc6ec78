/// A set of names, which Docker writes as an object of empty objects: `{"80/tcp": {}}`.
package struct NameSet: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// The names.
    package var names: Set<String>

    /// Makes a set.
    package init(_ names: Set<String>) {
        self.names = names
    }

    /// Makes a set from a literal.
    package init(arrayLiteral elements: String...) {
        names = Set(elements)
    }
}

extension NameSet: Codable {
    private struct Nothing: Codable {}

    /// Reads the object's keys.
    package init(from decoder: any Decoder) throws {
        let object = try decoder.singleValueContainer().decode([String: Nothing].self)
        names = Set(object.keys)
    }

    /// Writes an object.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let pairs = names.map { ($0, Nothing()) }
        try container.encode(Dictionary(uniqueKeysWithValues: pairs))
    }
}
