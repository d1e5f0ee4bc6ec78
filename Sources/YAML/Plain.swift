// Nodes that start anywhere on a line, and plain scalars (YAML 1.2.2 §7.3.3).

extension Parser {
    /// Reads what starts anywhere; `indent` is the least indentation of its further lines.
    mutating func inlineNode(indent: Int, inFlow: Bool = false) throws(YAMLError) -> Node {
        switch byte {
        case .asterisk: try alias()
        case .doubleQuote: try doubleQuoted(indent: indent)
        case .singleQuote: try singleQuoted(indent: indent)
        case .leftBracket: try flowSequence(indent: indent)
        case .leftBrace: try flowMapping(indent: indent)
        default: try plain(indent: indent, inFlow: inFlow)
        }
    }

    func text(from start: Int, to end: Int) -> String {
        String(decoding: source.bytes[start..<end], as: UTF8.self)
    }

    /// Refuses what cannot start a plain scalar (`ns-plain-first`, YAML 1.2.2 §7.3.3).
    func checkPlainStart(inFlow: Bool) throws(YAMLError) {
        switch byte {
        case .hyphen, .question, .colon:
            let next = self.byte(ahead: 1)
            guard next.isSeparator || inFlow && next.isFlowIndicator else { return }
            throw loneIndicator(inFlow: inFlow)
        case .rightBracket, .rightBrace:
            throw failure(
                at: position,
                "\(Character(Unicode.Scalar(byte))) closes no bracket that is open",
                "Remove it, or quote the value if it is meant to start like this."
            )
        case .comma, .hash, .ampersand, .pipe, .greater, .percent, .at,
            .backtick, .leftBracket, .leftBrace:
            let character = Character(Unicode.Scalar(byte))
            throw failure(at: position, "no value starts with \(character)")
                .with(remedy: "Quote the value if it is meant to start like this.")
        case .exclamation:
            throw failure(at: position, "tags are not supported")
                .with(remedy: "Remove the tag, or quote the value if it is meant to start with !.")
        default:
            return
        }
    }

    private func loneIndicator(inFlow: Bool) -> YAMLError {
        switch byte {
        case .hyphen:
            failure(at: position, "a list item with a dash cannot stand here")
                .with(remedy: "Put the list on lines of its own, or quote the dash.")
        case .question:
            failure(at: position, "keys with ? are not supported")
                .with(remedy: "Write the entry as `key: value`.")
        default:
            failure(at: position, "the key before the colon is missing")
                .with(remedy: "Write the key, or quote the colon.")
        }
    }
}

// MARK: - Plain scalars

extension Parser {
    /// Reads a plain scalar, over several lines if they are indented by `indent`.
    mutating func plain(indent: Int, inFlow: Bool) throws(YAMLError) -> Node {
        try checkPlainStart(inFlow: inFlow)
        let start = mark()
        var end = plainLine(inFlow: inFlow)
        var folded: [UInt8] = []
        while byte.isBreak, let breaks = plainContinuation(indent: indent, inFlow: inFlow) {
            if folded.isEmpty {
                folded.append(contentsOf: source.bytes[start.offset..<end])
            }
            folded.appendFold(breaks: breaks)
            let lineBegin = position
            end = plainLine(inFlow: inFlow)
            folded.append(contentsOf: source.bytes[lineBegin..<end])
        }
        if inFlow, byte == .colon, byte(ahead: 1).isFlowIndicator { throw tightColon() }
        let text =
            folded.isEmpty
            ? text(from: start.offset, to: end) : String(decoding: folded, as: UTF8.self)
        return try node(.scalar(Scalar(text: text, style: .plain)), from: start, to: end)
    }

    /// YAML 1.2.2 §7.3.3 ends the key at such a colon, go-yaml takes it for text.
    private func tightColon() -> YAMLError {
        failure(at: position, "YAML readers disagree about a colon right before a comma or bracket")
            .with(remedy: "Put a space behind the colon, or quote the text.")
    }

    /// Moves to where plain text ends on this line; returns the end without trailing blanks.
    private mutating func plainLine(inFlow: Bool) -> Int {
        var next = position
        var end = position
        scan: while true {
            let byte = source.bytes[next]
            switch byte {
            case .space, .tab:
                next += 1
                continue
            case .endOfSource, .lineFeed, .carriageReturn:
                break scan
            case .colon:
                let after = source.bytes[next + 1]
                if after.isSeparator || inFlow && after.isFlowIndicator { break scan }
            case .hash:
                if source.bytes[next - 1].isBlank { break scan }
            case .comma, .leftBracket, .rightBracket, .leftBrace, .rightBrace:
                if inFlow { break scan }
            default:
                break
            }
            next += 1
            end = next
        }
        position = next
        return end
    }

    /// Moves to the next line's text if it continues the scalar; returns the breaks between.
    private mutating func plainContinuation(indent: Int, inFlow: Bool) -> Int? {
        let before = checkpoint
        var breaks = 0
        while byte.isBreak {
            skipBreak()
            breaks += 1
            let start = position
            while byte == .space { position += 1 }
            let spaces = position - start
            skipBlanks()
            let isIndented = spaces >= indent
            if byte.isBreak {
                // A line of blanks takes part only if tabs stand behind the indentation (§6.4).
                guard isIndented || position == start + spaces else { break }
                continue
            }
            guard isIndented, continuesPlain(inFlow: inFlow) else { break }
            return breaks
        }
        restore(before)
        return nil
    }

    private func continuesPlain(inFlow: Bool) -> Bool {
        switch byte {
        case .endOfSource, .hash:
            return false
        case .colon:
            let next = self.byte(ahead: 1)
            return !(next.isSeparator || inFlow && next.isFlowIndicator)
        default:
            return !isAtDocumentMarker && !(inFlow && byte.isFlowIndicator)
        }
    }
}

extension [UInt8] {
    /// Appends the folded form of so many line breaks: one is a space, and of more the first is
    /// dropped (YAML 1.2.2 §6.5).
    mutating func appendFold(breaks: Int) {
        if breaks == 1 {
            append(.space)
        } else {
            append(contentsOf: repeatElement(.lineFeed, count: breaks - 1))
        }
    }
}
