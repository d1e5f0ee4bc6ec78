/// The JSON Schemas (draft 2020-12) of the two kinds of file, from the tables that the reader uses.
package enum Schema {
    package static var manifest: String {
        document("A manifest of Berth, which is a Compose file", ManifestKeys.shape.schema)
    }

    package static var environment: String {
        document("An environment of Berth", EnvironmentKeys.shape.schema)
    }

    private static func document(_ title: String, _ node: SchemaNode) -> String {
        guard case .object(let parts) = node else { return "" }
        let head: [(String, SchemaNode)] = [
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text(title)),
        ]
        return JSONWriter.write(.object(head + parts))
    }
}

/// A part of a JSON document, such as a JSON Schema, in the order in which it is to be written.
indirect enum SchemaNode: Sendable {
    case null
    case text(String)
    case flag(Bool)
    case number(Int64)
    case decimal(Double)
    case list([SchemaNode])
    case object([(String, SchemaNode)])

    static func type(_ names: String...) -> SchemaNode {
        .object([
            ("type", names.count == 1 ? .text(names[0]) : .list(names.map { .text($0) }))
        ])
    }

    static func any(of nodes: [SchemaNode]) -> SchemaNode { .object([("anyOf", .list(nodes))]) }

    static func choice(_ words: [String]) -> SchemaNode {
        .object([("enum", .list(words.map { .text($0) }))])
    }

    static func list(of node: SchemaNode) -> SchemaNode {
        .object([("type", .text("array")), ("items", node)])
    }

    static func map(of node: SchemaNode) -> SchemaNode {
        .object([("type", .text("object")), ("additionalProperties", node)])
    }

    /// A text that is a variable, allowed wherever a text is converted.
    static let variable = SchemaNode.object([
        ("type", .text("string")), ("pattern", .text("\\$")),
    ])
}
