/// Reads a document in one pass by recursive descent.
///
/// Every reader of a block node takes the position from the node's first byte to the next content
/// line's first byte, so no line is looked at by two collections.
/// Inside a line, `position` is all there is; `line` and `lineStart` follow it over line breaks.
struct Parser: ~Copyable {
    enum LineKind {
        case content
        /// `---`
        case documentStart
        /// `...`
        case documentEnd
        case endOfSource
    }

    let source: Source
    let limits: Limits

    var position: Int
    var line = 1
    var lineStart: Int
    private var columnAnchor = (offset: 0, column: 1)

    /// The indentation of the content line that `nextContent` found; -1 where there is none.
    var indent = -1
    /// Whether a tab stands between the indentation and the content.
    var isTabbed = false
    var lineKind = LineKind.endOfSource

    /// Where the last node's text ended, which is where the collections around it end so far.
    var contentEnd = 0

    var depth = 0
    var written = 0
    var anchors = AnchorTable()

    init(source: some Collection<UInt8>, limits: Limits) throws(YAMLError) {
        self.source = try Source(source, limit: limits.bytes)
        self.limits = limits
        position = self.source.start
        lineStart = position
    }

    var byte: UInt8 { source.bytes[position] }
    func byte(ahead distance: Int) -> UInt8 { source.bytes[position + distance] }

    func failure(at offset: Int, _ message: String, _ remedy: String = "") -> YAMLError {
        source.failure(at: offset, message, remedy)
    }

    // MARK: Places

    /// Columns are counted on from the line's last mark: many marks on one long line stay linear.
    mutating func mark() -> Mark {
        guard !source.isASCII else {
            return Mark(line: line, column: position - lineStart + 1, offset: position)
        }
        if columnAnchor.offset < lineStart || columnAnchor.offset > position {
            columnAnchor = (lineStart, 1)
        }
        columnAnchor.column += source.columns(from: columnAnchor.offset, to: position)
        columnAnchor.offset = position
        return Mark(line: line, column: columnAnchor.column, offset: position)
    }

    /// Where to return to when looking ahead over line breaks found nothing.
    struct Checkpoint {
        let position: Int
        let line: Int
        let lineStart: Int
    }

    var checkpoint: Checkpoint {
        Checkpoint(position: position, line: line, lineStart: lineStart)
    }

    mutating func restore(_ checkpoint: Checkpoint) {
        position = checkpoint.position
        line = checkpoint.line
        lineStart = checkpoint.lineStart
    }

    // MARK: Nodes and levels

    mutating func node(_ content: Node.Content, from mark: Mark) throws(YAMLError) -> Node {
        try node(content, from: mark, to: position)
    }

    mutating func node(
        _ content: Node.Content,
        from mark: Mark,
        to end: Int
    ) throws(YAMLError) -> Node {
        written += 1
        guard written <= limits.nodes else {
            throw failure(at: mark.offset, "the document has more than \(limits.nodes) values")
                .with(remedy: "Split it into several files.")
        }
        anchors.visited += 1
        contentEnd = end
        return Node(content: content, mark: mark, end: end)
    }

    mutating func absentNode(at mark: Mark) throws(YAMLError) -> Node {
        try node(.scalar(Scalar(text: "", style: .plain)), from: mark, to: mark.offset)
    }

    mutating func enterCollection() throws(YAMLError) {
        depth += 1
        try checkDepth(depth, at: position)
        anchors.deepest = max(anchors.deepest, depth)
    }

    mutating func leaveCollection() { depth -= 1 }

    func checkDepth(_ depth: Int, at offset: Int) throws(YAMLError) {
        guard depth <= limits.depth else {
            throw failure(at: offset, "lists and maps are nested more than \(limits.depth) deep")
                .with(remedy: "Nest less.")
        }
    }
}

// MARK: - The document

extension Parser {
    /// Reads the stream: at most one document, and nothing behind it.
    mutating func document() throws(YAMLError) -> Node? {
        nextContent()
        try refuseDirective()
        let root = try documentRoot()
        var hasEnded = false
        while lineKind == .documentEnd {
            hasEnded = true
            position += 3
            try finishLine(after: "the document end marker")
            nextContent()
        }
        guard lineKind != .endOfSource else { return root }
        if hasEnded || lineKind == .documentStart {
            throw failure(at: position, "a second document starts here")
                .with(remedy: "Put each document into its own file.")
        }
        throw misplacedLine()
    }

    private mutating func documentRoot() throws(YAMLError) -> Node? {
        switch lineKind {
        case .content:
            return try valueOnContentLine(parent: -1)
        case .documentStart:
            position += 3
            let root = try value(parent: -1, after: .documentStart)
            let isAbsent = root.range.isEmpty && root.isNull && !root.isAlias
            return isAbsent ? nil : root
        case .documentEnd, .endOfSource:
            return nil
        }
    }

    private func refuseDirective() throws(YAMLError) {
        guard lineKind == .content, position == lineStart, byte == .percent else { return }
        throw failure(at: position, "directives are not supported")
            .with(remedy: "Remove the line; a file starts with its content or with ---.")
    }
}
