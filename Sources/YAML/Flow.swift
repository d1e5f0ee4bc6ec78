// Flow collections (YAML 1.2.2 §7.4).

extension Parser {
    /// Reads `[item, item]`; `indent` is the least indentation of its further lines.
    mutating func flowSequence(indent: Int) throws(YAMLError) -> Node {
        let start = mark()
        try enterCollection()
        position += 1
        var items: [Node] = []
        try skipInFlow(indent: indent, opened: start.offset)
        while byte != .rightBracket {
            try refuseEmptyItem()
            items.append(try flowItem(indent: indent, opened: start.offset))
            try skipInFlow(indent: indent, opened: start.offset)
            try flowComma(before: .rightBracket, indent: indent, opened: start.offset)
        }
        position += 1
        leaveCollection()
        return try node(.sequence(items), from: start)
    }

    /// Reads `{key: value, key: value}`.
    mutating func flowMapping(indent: Int) throws(YAMLError) -> Node {
        let start = mark()
        try enterCollection()
        position += 1
        var builder = MappingBuilder()
        try skipInFlow(indent: indent, opened: start.offset)
        while byte != .rightBrace {
            try refuseEmptyItem()
            let key = try flowKey(indent: indent, opened: start.offset)
            let absence = mark()
            try skipInFlow(indent: indent, opened: start.offset)
            let value =
                isAtFlowColon(behind: key)
                ? try flowValue(indent: indent, opened: start.offset)
                : try absentNode(at: absence)
            try add(key, value, to: &builder)
            try skipInFlow(indent: indent, opened: start.offset)
            try flowComma(before: .rightBrace, indent: indent, opened: start.offset)
        }
        position += 1
        leaveCollection()
        return try node(.mapping(builder.finish()), from: start)
    }

    /// Reads an item of a sequence: a value, or a mapping of one entry without its braces.
    private mutating func flowItem(indent: Int, opened: Int) throws(YAMLError) -> Node {
        let start = mark()
        let startLine = line
        let pending = try flowAnchor(indent: indent, opened: opened)
        let item = try flowNode(indent: indent, behind: pending)
        let end = position
        skipBlanks()
        guard isAtFlowColon(behind: item) else {
            position = end
            return close(pending, item)
        }
        try checkKey(item, startLine: startLine)
        try enterCollection()
        let key = close(pending, item)
        var builder = MappingBuilder()
        let value = try flowValue(indent: indent, opened: opened)
        try add(key, value, to: &builder)
        leaveCollection()
        return try node(.mapping(builder.finish()), from: start, to: contentEnd)
    }

    private mutating func flowKey(indent: Int, opened: Int) throws(YAMLError) -> Node {
        let pending = try flowAnchor(indent: indent, opened: opened)
        let offset = position
        let key = try flowNode(indent: indent, behind: pending)
        guard key.scalar != nil else { throw complexKey(at: offset) }
        return close(pending, key)
    }

    /// Reads the value behind the colon at the position.
    private mutating func flowValue(indent: Int, opened: Int) throws(YAMLError) -> Node {
        position += 1
        contentEnd = position
        let absence = mark()
        try skipInFlow(indent: indent, opened: opened)
        guard !isAtFlowEnd else { return try absentNode(at: absence) }
        let pending = try flowAnchor(indent: indent, opened: opened)
        return close(pending, try flowNode(indent: indent, behind: pending))
    }

    private mutating func flowAnchor(
        indent: Int,
        opened: Int
    ) throws(YAMLError) -> AnchorTable.Pending? {
        guard byte == .ampersand else { return nil }
        let pending = try anchor()
        try skipInFlow(indent: indent, opened: opened)
        if byte == .ampersand { throw secondAnchor(at: position) }
        if byte == .asterisk { throw anchoredAlias(pending) }
        return pending
    }

    private mutating func flowNode(
        indent: Int,
        behind pending: AnchorTable.Pending?
    ) throws(YAMLError) -> Node {
        if let pending, isAtFlowEnd { return try absentNode(at: pending.end) }
        return switch byte {
        case .asterisk: try alias()
        case .doubleQuote: try doubleQuoted(indent: indent)
        case .singleQuote: try singleQuoted(indent: indent)
        case .leftBracket: try flowSequence(indent: indent)
        case .leftBrace: try flowMapping(indent: indent)
        default: try plain(indent: indent, inFlow: true)
        }
    }

    // MARK: Punctuation

    private var isAtFlowEnd: Bool {
        byte == .comma || byte == .rightBracket || byte == .rightBrace
    }

    /// Whether the position is at the colon behind a key.
    ///
    /// Behind quotes and brackets a value may follow the colon at once, as in JSON (§7.4.2).
    private func isAtFlowColon(behind key: Node) -> Bool {
        guard byte == .colon else { return false }
        let isPlain = key.scalar?.isPlain ?? false
        guard isPlain || key.isAlias else { return true }
        let next = self.byte(ahead: 1)
        return next.isSeparator || next.isFlowIndicator
    }

    private func refuseEmptyItem() throws(YAMLError) {
        guard byte == .comma else { return }
        throw failure(
            .flow,
            at: position,
            "nothing stands before the comma",
            "Remove the comma, or write \"\" for an empty text."
        )
    }

    /// Takes the comma behind an item, which only the last item may lack.
    private mutating func flowComma(
        before closing: UInt8,
        indent: Int,
        opened: Int
    ) throws(YAMLError) {
        if byte == .comma {
            position += 1
            return try skipInFlow(indent: indent, opened: opened)
        }
        guard byte != closing else { return }
        guard byte != .colon else {
            throw failure(
                .flow,
                at: position,
                closing == .rightBrace
                    ? "the entry has a second colon" : "the colon has no key on its line",
                "Put a comma between entries and each key beside its colon, or quote the text."
            )
        }
        throw failure(
            .flow,
            at: position,
            "a comma or \(Character(Unicode.Scalar(closing))) is missing here",
            "Put a comma between items, and quote texts with , [ ] { } or a quote in them."
        )
    }

    /// Skips blanks, comments and line breaks, and checks the next line's indentation.
    ///
    /// A closing bracket may stand at the indentation of the line that holds the collection's key,
    /// as libyaml and its descendants allow, though YAML 1.2.2 §7.4 asks for one space more.
    private mutating func skipInFlow(indent: Int, opened: Int) throws(YAMLError) {
        skipBlanks()
        if byte == .hash, !isAfterBlank {
            throw failure(
                .unexpected,
                at: position,
                "a comment needs a space before it",
                "Put a space before the #, or quote the text."
            )
        }
        while isAtLineEnd {
            skipToLineEnd()
            guard byte.isBreak else { throw unclosedCollection(at: opened) }
            skipBreak()
            if isAtDocumentMarker { throw unclosedCollection(at: opened) }
            let start = position
            while byte == .space {
                position += 1
            }
            let spaces = position - start
            skipBlanks()
            guard !isAtLineEnd else { continue }
            let isClosing = byte == .rightBracket || byte == .rightBrace
            guard spaces >= (isClosing ? indent - 1 : indent) else {
                throw flowIndentation(indent, isTabbed: position > start + spaces)
            }
        }
    }

    private func flowIndentation(_ indent: Int, isTabbed: Bool) -> YAMLError {
        guard !isTabbed else { return tabIndentation() }
        return failure(
            .indentation,
            at: position,
            "the collection's further lines must be indented",
            "Indent the line by \(indent) or more spaces, or close the bracket before it."
        )
    }

    private func unclosedCollection(at offset: Int) -> YAMLError {
        failure(
            .flow,
            at: offset,
            "the bracket is never closed",
            "Close it, or quote the text if it is meant to start like this."
        )
    }
}
