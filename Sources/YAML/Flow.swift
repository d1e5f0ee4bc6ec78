// Flow collections (YAML 1.2.2 §7.4).

/// The least indentation of a collection's further lines, and where its bracket is.
private struct FlowBounds {
    let indent: Int
    let opened: Int
}

extension Parser {
    /// Reads `[item, item]`.
    mutating func flowSequence(indent: Int) throws(YAMLError) -> Node {
        let start = mark()
        let flow = FlowBounds(indent: indent, opened: start.offset)
        try enterCollection()
        position += 1
        var items: [Node] = []
        try skipInFlow(flow)
        while byte != .rightBracket {
            try refuseEmptyItem()
            items.append(try flowItem(flow))
            try skipInFlow(flow)
            try flowComma(before: .rightBracket, flow)
        }
        position += 1
        leaveCollection()
        return try node(.sequence(items), from: start)
    }

    /// Reads `{key: value, key: value}`.
    mutating func flowMapping(indent: Int) throws(YAMLError) -> Node {
        let start = mark()
        let flow = FlowBounds(indent: indent, opened: start.offset)
        try enterCollection()
        position += 1
        var builder = MappingBuilder()
        try skipInFlow(flow)
        while byte != .rightBrace {
            try refuseEmptyItem()
            let key = try flowKey(flow)
            let absence = mark()
            try skipInFlow(flow)
            let value =
                isAtFlowColon(behind: key) ? try flowValue(flow) : try absentNode(at: absence)
            try add(key, value, to: &builder)
            try skipInFlow(flow)
            try flowComma(before: .rightBrace, flow)
        }
        position += 1
        leaveCollection()
        return try node(.mapping(builder.finish()), from: start)
    }

    /// Reads an item of a sequence: a value, or a mapping of one entry without its braces.
    private mutating func flowItem(_ flow: FlowBounds) throws(YAMLError) -> Node {
        let start = mark()
        let startLine = line
        let pending = try flowAnchor(flow)
        let item = try flowNode(flow, behind: pending)
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
        let value = try flowValue(flow)
        try add(key, value, to: &builder)
        leaveCollection()
        return try node(.mapping(builder.finish()), from: start, to: contentEnd)
    }

    private mutating func flowKey(_ flow: FlowBounds) throws(YAMLError) -> Node {
        let pending = try flowAnchor(flow)
        let offset = position
        let key = try flowNode(flow, behind: pending)
        guard key.scalar != nil else { throw complexKey(at: offset) }
        return close(pending, key)
    }

    private mutating func flowValue(_ flow: FlowBounds) throws(YAMLError) -> Node {
        position += 1
        contentEnd = position
        let absence = mark()
        try skipInFlow(flow)
        guard !isAtFlowEnd else { return try absentNode(at: absence) }
        let pending = try flowAnchor(flow)
        return close(pending, try flowNode(flow, behind: pending))
    }

    private mutating func flowAnchor(_ flow: FlowBounds) throws(YAMLError) -> AnchorTable.Pending? {
        guard byte == .ampersand else { return nil }
        let pending = try anchor()
        try skipInFlow(flow)
        if byte == .ampersand { throw secondAnchor(at: position) }
        if byte == .asterisk { throw anchoredAlias(pending) }
        return pending
    }

    private mutating func flowNode(
        _ flow: FlowBounds,
        behind pending: AnchorTable.Pending?
    ) throws(YAMLError) -> Node {
        if let pending, isAtFlowEnd { return try absentNode(at: pending.end) }
        return try inlineNode(indent: flow.indent, inFlow: true)
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
        throw failure(at: position, "nothing stands before the comma")
            .with(remedy: "Remove the comma, or write \"\" for an empty text.")
    }

    /// Takes the comma behind an item, which only the last item may lack.
    private mutating func flowComma(before closing: UInt8, _ flow: FlowBounds) throws(YAMLError) {
        if byte == .comma {
            position += 1
            return try skipInFlow(flow)
        }
        guard byte != closing else { return }
        guard byte != .colon else {
            throw failure(
                at: position,
                closing == .rightBrace
                    ? "the entry has a second colon" : "the colon has no key on its line",
                "Put a comma between entries and each key beside its colon, or quote the text."
            )
        }
        throw failure(
            at: position,
            "a comma or \(Character(Unicode.Scalar(closing))) is missing here",
            "Put a comma between items, and quote texts with , [ ] { } or a quote in them."
        )
    }

    /// Skips blanks, comments and line breaks, and checks the next line's indentation.
    ///
    /// A closing bracket may stand at the indentation of the line that holds the collection's key,
    /// as libyaml and its descendants allow, though YAML 1.2.2 §7.4 asks for one space more.
    private mutating func skipInFlow(_ flow: FlowBounds) throws(YAMLError) {
        skipBlanks()
        if byte == .hash, !isAfterBlank {
            throw failure(at: position, "a comment needs a space before it")
                .with(remedy: "Put a space before the #, or quote the text.")
        }
        while isAtLineEnd {
            skipToLineEnd()
            guard byte.isBreak else { throw unclosedCollection(flow) }
            skipBreak()
            if isAtDocumentMarker { throw unclosedCollection(flow) }
            let start = position
            while byte == .space { position += 1 }
            let spaces = position - start
            skipBlanks()
            guard !isAtLineEnd else { continue }
            let isClosing = byte == .rightBracket || byte == .rightBrace
            guard spaces >= (isClosing ? flow.indent - 1 : flow.indent) else {
                throw flowIndentation(flow, isTabbed: position > start + spaces)
            }
        }
    }

    private func flowIndentation(_ flow: FlowBounds, isTabbed: Bool) -> YAMLError {
        guard !isTabbed else { return tabIndentation() }
        let remedy =
            "Indent the line by \(flow.indent) or more spaces, or close the bracket before it."
        return failure(at: position, "the collection's further lines must be indented", remedy)
    }

    private func unclosedCollection(_ flow: FlowBounds) -> YAMLError {
        failure(at: flow.opened, "the bracket is never closed")
            .with(remedy: "Close it, or quote the text if it is meant to start like this.")
    }
}
