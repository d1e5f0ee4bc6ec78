// Nodes that start anywhere on a line: aliases, quoted and plain scalars, flow collections.

extension Parser {
    /// Reads an alias, a flow collection, or a quoted or plain scalar; `indent` is the least
    /// indentation of its further lines.
    mutating func inlineNode(indent: Int) throws(YAMLError) -> Node {
        switch byte {
        case .asterisk: try alias()
        case .doubleQuote: try doubleQuoted(indent: indent)
        case .singleQuote: try singleQuoted(indent: indent)
        case .leftBracket: try flowSequence(indent: indent)
        case .leftBrace: try flowMapping(indent: indent)
        default: try plain(indent: indent, inFlow: false)
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
                .flow,
                at: position,
                "\(Character(Unicode.Scalar(byte))) closes no bracket that is open",
                "Remove it, or quote the value if it is meant to start like this."
            )
        case .comma, .hash, .ampersand, .pipe, .greater, .percent, .at,
            .backtick, .leftBracket, .leftBrace:
            let character = Character(Unicode.Scalar(byte))
            throw failure(
                .unexpected,
                at: position,
                "no value starts with \(character)",
                "Quote the value if it is meant to start like this."
            )
        case .exclamation:
            throw failure(
                .tag,
                at: position,
                "tags are not supported",
                "Remove the tag, or quote the value if it is meant to start with !."
            )
        default:
            return
        }
    }

    private func loneIndicator(inFlow: Bool) -> YAMLError {
        switch byte {
        case .hyphen:
            failure(
                inFlow ? .flow : .unexpected,
                at: position,
                "a list item with a dash cannot stand here",
                "Put the list on lines of its own, or quote the dash."
            )
        case .question:
            failure(
                .complexKey,
                at: position,
                "keys with ? are not supported",
                "Write the entry as `key: value`."
            )
        default:
            failure(
                .complexKey,
                at: position,
                "the key before the colon is missing",
                "Write the key, or quote the colon."
            )
        }
    }
}
