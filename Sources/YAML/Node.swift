/// A place in a source text.
package struct Mark: Hashable, Sendable, CustomStringConvertible {
    /// The line, counted from 1.
    package let line: Int
    /// The column, counted from 1 in Unicode scalars.
    package let column: Int
    /// The offset from the start of the source, in bytes.
    package let offset: Int

    /// Makes a mark from its line, its column and its byte offset.
    package init(line: Int, column: Int, offset: Int) {
        self.line = line
        self.column = column
        self.offset = offset
    }

    /// The place as editors and compilers write it: `line:column`.
    package var description: String { "\(line):\(column)" }
}

/// One value of a document: a scalar, a sequence or a mapping, and where it stands.
///
/// A node carries no type beyond that: the field which asks converts the text (YAML 1.2.2 §3.2.1.1
/// leaves this to the application), so nothing is ever guessed.
package struct Node: Sendable {
    /// What a node holds.
    package enum Content: Sendable {
        /// A text and how it was written.
        case scalar(Scalar)
        /// The items of a block or flow sequence.
        case sequence([Node])
        /// The entries of a block or flow mapping.
        case mapping(Mapping)
    }

    /// What the node holds.
    package let content: Content
    // The place in 16 bytes: documents consist of little but nodes, and `Limits` keeps sources
    // below
    // 4 GiB.
    private let line: UInt32
    private let column: UInt32
    private let start: UInt32
    private let end: UInt32
    /// Whether the node stands here by way of an alias (`*name`).
    package let isAlias: Bool

    /// Where the node starts.
    ///
    /// For a node reached through an alias this is where the anchored node stands, because that is
    /// the text to change.
    package var mark: Mark {
        Mark(line: Int(line), column: Int(column), offset: Int(start))
    }

    /// The node's bytes in the source: quotes and brackets included, properties such as `&name`
    /// not.
    ///
    /// The range starts at the mark.
    /// That of an absent value (`key:`) is empty and lies right behind the indicator.
    package var range: Range<Int> { Int(start)..<Int(end) }

    init(content: Content, mark: Mark, end: Int) {
        self.content = content
        line = UInt32(mark.line)
        column = UInt32(mark.column)
        start = UInt32(mark.offset)
        self.end = UInt32(end)
        isAlias = false
    }

    private init(aliasing node: Node) {
        content = node.content
        line = node.line
        column = node.column
        start = node.start
        end = node.end
        isAlias = true
    }

    /// The same node, as an alias presents it.
    var aliased: Node {
        Node(aliasing: self)
    }
}

extension Node {
    /// The scalar, where the node is one.
    package var scalar: Scalar? {
        guard case .scalar(let scalar) = content else { return nil }
        return scalar
    }

    /// The items, where the node is a sequence.
    package var sequence: [Node]? {
        guard case .sequence(let items) = content else { return nil }
        return items
    }

    /// The mapping, where the node is one.
    package var mapping: Mapping? {
        guard case .mapping(let mapping) = content else { return nil }
        return mapping
    }

    /// Whether the node is an absent value, `~` or `null`.
    package var isNull: Bool {
        scalar?.isNull ?? false
    }

    /// The value of `key`, where the node is a mapping that has it.
    package subscript(_ key: String) -> Node? {
        mapping?[key]
    }

    /// What the node is, in a word for messages: `a scalar`, `a list`, `a map` or `nothing`.
    package var kind: String {
        switch content {
        case .scalar(let scalar): scalar.isNull ? "nothing" : "a scalar"
        case .sequence: "a list"
        case .mapping: "a map"
        }
    }
}
