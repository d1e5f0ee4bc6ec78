// Block collections, and the nodes on their lines (YAML 1.2.2 §8.2).

extension Parser {
    /// What stands before a value.
    enum Indicator {
        /// `---`
        case documentStart
        /// `- `
        case dash
        /// `key: `
        case key
    }

    /// Whether a block collection may start at the position.
    enum Collections {
        case allowed
        /// Only on a line of its own: behind `key: ` and `---`.
        case onOwnLine
        /// Not here, for the tab before it is no indentation.
        case afterTab
    }

    /// Reads the value behind an indicator, on the same line or below.
    mutating func value(parent: Int, after indicator: Indicator) throws(YAMLError) -> Node {
        let start = position
        skipBlanks()
        guard !isAtLineEnd else {
            position = start
            let absence = mark()
            try finishLine(after: "the indicator")
            nextContent()
            return try valueBelow(parent: parent, after: indicator, anchor: nil, absence: absence)
        }
        var collections = Collections.onOwnLine
        if indicator == .dash {
            let hasTab = source.bytes[start..<position].contains(.tab)
            collections = hasTab ? .afterTab : .allowed
        }
        return try blockNode(parent: parent, collections: collections, after: indicator)
    }

    /// Reads the value that fills a content line.
    mutating func valueOnContentLine(
        parent: Int,
        after indicator: Indicator = .documentStart,
        anchor: AnchorTable.Pending? = nil
    ) throws(YAMLError) -> Node {
        try blockNode(
            parent: parent,
            collections: isTabbed ? .afterTab : .allowed,
            after: indicator,
            outer: anchor
        )
    }

    /// Reads the value of an indicator whose own line holds none.
    private mutating func valueBelow(
        parent: Int,
        after indicator: Indicator,
        anchor: AnchorTable.Pending?,
        absence: Mark
    ) throws(YAMLError) -> Node {
        if indent > parent {
            return try valueOnContentLine(parent: parent, after: indicator, anchor: anchor)
        }
        // A sequence may stand at the indentation of the key it belongs to (§8.2.2).
        if indicator == .key, indent == parent, isAtDash, !isTabbed {
            let start = mark()
            return close(anchor, try blockSequence(indent: indent, from: start))
        }
        return close(anchor, try absentNode(at: absence))
    }

    var isAtDash: Bool { byte == .hyphen && byte(ahead: 1).isSeparator }
    var isAtColon: Bool { byte == .colon && byte(ahead: 1).isSeparator }

    /// Reads the node at the position, and to the next content line.
    ///
    /// An anchor that stands on the node's own line belongs to the first key if the node turns out
    /// to be a mapping; `outer` is one from a line above, and belongs to the whole.
    private mutating func blockNode(
        parent: Int,
        collections: Collections,
        after indicator: Indicator,
        outer: AnchorTable.Pending? = nil
    ) throws(YAMLError) -> Node {
        let start = mark()
        var inner: AnchorTable.Pending?
        if byte == .ampersand {
            let pending = try anchor()
            inner = pending
            skipBlanks()
            if byte == .ampersand { throw secondAnchor(at: position) }
            if isAtLineEnd {
                guard outer == nil else { throw secondAnchor(at: pending.offset) }
                try finishLine(after: "the anchor")
                nextContent()
                return try valueBelow(
                    parent: parent,
                    after: indicator,
                    anchor: pending,
                    absence: pending.end
                )
            }
        }
        if isAtDash {
            try checkStart(of: "list", collections, inner: inner)
            return close(outer, try blockSequence(indent: start.offset - lineStart, from: start))
        }
        guard byte == .pipe || byte == .greater else {
            return try inlineNodeOrMapping(
                parent: parent,
                collections: collections,
                from: start,
                outer: outer,
                inner: inner
            )
        }
        let node = try blockScalar(parent: parent)
        nextContent()
        return try close(outer, inner, node)
    }

    /// Reads an inline node, and if a colon follows it, the mapping whose first key it is.
    private mutating func inlineNodeOrMapping(
        parent: Int,
        collections: Collections,
        from start: Mark,
        outer: AnchorTable.Pending?,
        inner: AnchorTable.Pending?
    ) throws(YAMLError) -> Node {
        let startLine = line
        let isAlias = byte == .asterisk
        if let inner, isAlias { throw anchoredAlias(inner) }
        let node = try inlineNode(indent: parent + 1)
        skipBlanks()
        if isAtColon {
            try checkKey(node, startLine: startLine)
            try checkStart(of: "map", collections, inner: nil)
            let key = close(inner, node)
            let indent = start.offset - lineStart
            return close(outer, try blockMapping(indent: indent, first: key, from: start))
        }
        try finishLine(after: lastPart(of: node))
        nextContent()
        if let outer, isAlias { throw anchoredAlias(outer) }
        return try close(outer, inner, node)
    }

    private func lastPart(of node: Node) -> String {
        guard let scalar = node.scalar else { return "the closing bracket" }
        return scalar.isPlain ? "the value" : "the closing quote"
    }

    /// Gives a finished node the anchor from its own line or the one from a line above.
    private mutating func close(
        _ outer: AnchorTable.Pending?,
        _ inner: AnchorTable.Pending?,
        _ node: Node
    ) throws(YAMLError) -> Node {
        if outer != nil, let inner { throw secondAnchor(at: inner.offset) }
        return close(outer ?? inner, node)
    }

    private func checkStart(
        of what: String,
        _ collections: Collections,
        inner: AnchorTable.Pending?
    ) throws(YAMLError) {
        if let inner {
            throw failure(
                at: inner.offset,
                "an anchor cannot stand on the line where its list starts",
                "Put the list on the next line."
            )
        }
        switch collections {
        case .allowed:
            return
        case .onOwnLine:
            throw failure(
                at: position,
                "a \(what) cannot start on this line",
                what == "map"
                    ? "Quote the value, or put the inner map on lines of its own."
                    : "Put the list on lines of its own, or quote the value."
            )
        case .afterTab:
            throw tabIndentation()
        }
    }

    /// Reads a sequence whose first dash is at the position.
    private mutating func blockSequence(indent: Int, from start: Mark) throws(YAMLError) -> Node {
        try enterCollection()
        var items: [Node] = []
        repeat {
            position += 1
            contentEnd = position
            items.append(try value(parent: indent, after: .dash))
            guard self.indent == indent else { break }
            try refuseTab()
        } while isAtDash
        if self.indent > indent { throw misplacedLine() }
        leaveCollection()
        return try node(.sequence(items), from: start, to: contentEnd)
    }

    /// Reads a mapping whose first key has been read, up to its colon.
    private mutating func blockMapping(
        indent: Int,
        first: Node,
        from start: Mark
    ) throws(YAMLError) -> Node {
        try enterCollection()
        var builder = MappingBuilder()
        var key = first
        while true {
            position += 1
            contentEnd = position
            let value = try value(parent: indent, after: .key)
            try add(key, value, to: &builder)
            guard self.indent == indent else { break }
            try refuseTab()
            key = try blockKey()
        }
        if self.indent > indent { throw misplacedLine() }
        leaveCollection()
        return try node(.mapping(builder.finish()), from: start, to: contentEnd)
    }

    /// Reads the key at the position, up to its colon.
    private mutating func blockKey() throws(YAMLError) -> Node {
        if isAtDash {
            throw failure(at: position, "a list item stands among the keys of a map")
                .with(remedy: "Indent it below the key it belongs to.")
        }
        let start = position
        var pending: AnchorTable.Pending?
        if byte == .ampersand {
            pending = try anchor()
            skipBlanks()
            if byte == .ampersand { throw secondAnchor(at: position) }
        }
        if let pending, byte == .asterisk { throw anchoredAlias(pending) }
        guard !isAtLineEnd, byte != .pipe, byte != .greater else { throw missingColon(at: start) }
        let startLine = line
        let key = try inlineNode(indent: indent + 1)
        skipBlanks()
        guard isAtColon else { throw missingColon(at: start, behind: key) }
        try checkKey(key, startLine: startLine)
        return close(pending, key)
    }

    private func missingColon(at offset: Int, behind key: Node? = nil) -> YAMLError {
        let hasColon = byte == .colon || key?.scalar?.text.contains(":") ?? false
        return failure(
            at: offset,
            "a key is expected here, and it has no colon",
            hasColon
                ? "Put a space behind the colon."
                : "Write it as `key: value`, or indent it if it continues the line above."
        )
    }

    /// Checks that the node before a colon can be a key: one scalar on one line, of at most 1,024
    /// characters (YAML 1.2.2 §7.4.2).
    func checkKey(_ key: Node, startLine: Int) throws(YAMLError) {
        guard key.scalar != nil else {
            throw complexKey(at: key.isAlias ? position : key.mark.offset)
        }
        guard line == startLine else {
            throw failure(
                at: position,
                "a key cannot stand inside a value that began on line \(startLine)",
                "Check this line's indentation and that line's colon, or quote the value."
            )
        }
        guard position - lineStart > 1024, !key.isAlias,
            source.columns(from: key.mark.offset, to: position) > 1024
        else { return }
        throw failure(at: key.mark.offset, "a key is longer than 1,024 characters", "Shorten it.")
    }

    func complexKey(at offset: Int) -> YAMLError {
        failure(at: offset, "only a text on one line can be a key")
            .with(remedy: "Quote it if it is meant as text.")
    }
}

// MARK: - Misplaced lines

extension Parser {
    func refuseTab() throws(YAMLError) { if isTabbed { throw tabIndentation() } }

    func tabIndentation() -> YAMLError {
        let tab = source.bytes[lineStart..<position].firstIndex(of: .tab) ?? position
        return failure(at: tab, "a tab cannot indent", "Indent with spaces.")
    }

    func misplacedLine() -> YAMLError {
        if isTabbed { return tabIndentation() }
        guard indent > 0 else {
            return failure(at: position, "the line does not belong to the value above")
                .with(remedy: "Check its indentation, or write it as `key: value`.")
        }
        return failure(at: position, "the line's indentation matches no line above it")
            .with(remedy: "Indent it like the line it belongs beside.")
    }
}
