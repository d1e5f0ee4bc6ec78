/// A part of a JSON document, such as a JSON Schema, in the order in which it is to be written.
indirect enum SchemaNode: Sendable {
    case null
    case text(String)
    case flag(Bool)
    case number(Int64)
    case decimal(Double)
    case list([SchemaNode])
    case object([(String, SchemaNode)])

    /// A value of one of the JSON types.
    static func type(_ names: String...) -> SchemaNode {
        .object([
            ("type", names.count == 1 ? .text(names[0]) : .list(names.map { .text($0) }))
        ])
    }

    /// A value of any of several forms.
    static func any(of nodes: [SchemaNode]) -> SchemaNode { .object([("anyOf", .list(nodes))]) }

    /// One of several words.
    static func choice(_ words: [String]) -> SchemaNode {
        .object([("enum", .list(words.map { .text($0) }))])
    }

    /// A list of values of one form.
    static func list(of node: SchemaNode) -> SchemaNode {
        .object([("type", .text("array")), ("items", node)])
    }

    /// A map with any names, and values of one form.
    static func map(of node: SchemaNode) -> SchemaNode {
        .object([("type", .text("object")), ("additionalProperties", node)])
    }

    /// A text that is a variable, allowed wherever a text is converted.
    static let variable = SchemaNode.object([
        ("type", .text("string")), ("pattern", .text("\\$")),
    ])
}
