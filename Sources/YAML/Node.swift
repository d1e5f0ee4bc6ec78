package struct Mark: Hashable, Sendable, CustomStringConvertible {
    /// The line, counted from 1.
    package let line: Int
    /// The column, counted from 1 in Unicode scalars.
    package let column: Int
    /// The offset from the start of the source, in bytes.
    package let offset: Int

    package var description: String { "\(line):\(column)" }
}

/// One value of a document: a scalar, a sequence or a mapping, and where it stands.
///
/// A node carries no type beyond that: the field which asks converts the text (YAML 1.2.2 §3.2.1.1
/// leaves this to the application), so nothing is ever guessed.
package struct Node: Sendable {
    package enum Content: Sendable {
        case scalar(Scalar)
        case sequence([Node])
        case mapping(Mapping)
    }

    package let content: Content
    // The place in 16 bytes: documents consist of little but nodes, and `Limits` keeps sources
    // below 4 GiB.
    private let line: UInt32
    private let column: UInt32
    private let start: UInt32
    private let end: UInt32
    /// Whether the node stands here by way of an alias (`*name`).
    package private(set) var isAlias = false

    /// Where the node starts.
    ///
    /// For a node reached through an alias this is where the anchored node stands, because that is
    /// the text to change.
    package var mark: Mark {
        Mark(line: Int(line), column: Int(column), offset: Int(start))
    }

    /// The node's bytes in the source from its mark on: quotes and brackets included, properties
    /// such as `&name` not.
    ///
    /// That of an absent value (`key:`) is empty and lies right behind the indicator.
    package var range: Range<Int> { Int(start)..<Int(end) }

    init(content: Content, mark: Mark, end: Int) {
        self.content = content
        line = UInt32(mark.line)
        column = UInt32(mark.column)
        start = UInt32(mark.offset)
        self.end = UInt32(end)
    }

    var aliased: Node {
        var node = self
        node.isAlias = true
        return node
    }
}

extension Node {
    package var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
    package var sequence: [Node]? { if case .sequence(let items) = content { items } else { nil } }

    package var mapping: Mapping? {
        if case .mapping(let mapping) = content { mapping } else { nil }
    }

    package var isNull: Bool { scalar?.isNull ?? false }
    package subscript(_ key: String) -> Node? { mapping?[key] }

    /// The items of a sequence; none of other nodes.
    package var items: [Node] { sequence ?? [] }

    /// The entries of a mapping; none of other nodes.
    package var entries: [Mapping.Entry] { mapping?.entries ?? [] }

    package func entry(_ key: String) -> Mapping.Entry? { mapping?.entry(key) }

    /// What the node is, in a word for messages: `a scalar`, `a list`, `a map` or `nothing`.
    package var kind: String {
        switch content {
        case .scalar(let scalar): scalar.isNull ? "nothing" : "a scalar"
        case .sequence: "a list"
        case .mapping: "a map"
        }
    }
}

/// A text as a document states it, with the way it was written.
package struct Scalar: Hashable, Sendable {
    /// The five ways to write a scalar (YAML 1.2.2 §7.3, §8.1).
    package enum Style: Hashable, Sendable {
        /// `text`
        case plain
        /// `'text'`
        case singleQuoted
        /// `"text"`
        case doubleQuoted
        /// `|`: line breaks are kept.
        case literal
        /// `>`: lines are folded.
        case folded
    }

    /// The text, with escapes and line folding resolved.
    package let text: String
    package let style: Style

    /// Whether a reader that guesses types could take the scalar for something other than text.
    package var isPlain: Bool { style == .plain }

    /// Whether it is an absent value (`key:`), `~` or `null` (core schema, YAML 1.2.2 §10.3.2).
    package var isNull: Bool {
        guard isPlain else { return false }
        return switch text {
        case "", "~", "null", "Null", "NULL": true
        default: false
        }
    }
}
