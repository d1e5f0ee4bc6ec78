// How the parser moves over blanks, comments and line breaks.

extension Parser {
    mutating func skipBlanks() {
        while byte.isBlank { position += 1 }
    }

    mutating func skipToLineEnd() {
        while !byte.endsLine { position += 1 }
    }

    mutating func skipBreak() {
        position += byte == .carriageReturn ? 2 : 1
        line += 1
        lineStart = position
    }

    /// Whether the rest of the line is empty, or a comment behind a blank (YAML 1.2.2 §6.6).
    var isAtLineEnd: Bool { byte.endsLine || byte == .hash && isAfterBlank }

    var isAfterBlank: Bool { position == lineStart || source.bytes[position - 1].isBlank }

    /// Whether the line that starts at the position is `---` or `...` (YAML 1.2.2 §9.1.2).
    var isAtDocumentMarker: Bool {
        guard position == lineStart, byte == .hyphen || byte == .period else { return false }
        return self.byte(ahead: 1) == byte && self.byte(ahead: 2) == byte
            && self.byte(ahead: 3).isSeparator
    }

    /// Moves from the end of a line, or the start of the source, to the next line with content.
    ///
    /// Lines of blanks and comments may be indented in any way (YAML 1.2.2 §6.6).
    mutating func nextContent() {
        indent = -1
        isTabbed = false
        while true {
            while byte.isBreak { skipBreak() }
            let start = position
            while byte == .space { position += 1 }
            let spaces = position - start
            skipBlanks()
            if byte == .hash {
                skipToLineEnd()
            } else if byte == .endOfSource {
                lineKind = .endOfSource
                return
            } else if !byte.isBreak {
                if isAtDocumentMarker {
                    lineKind = byte == .hyphen ? .documentStart : .documentEnd
                } else {
                    lineKind = .content
                    indent = spaces
                    isTabbed = position > start + spaces
                }
                return
            }
        }
    }

    /// Moves to the end of the line, on which only a comment may still stand.
    mutating func finishLine(after what: String) throws(YAMLError) {
        skipBlanks()
        guard !isAtLineEnd else { return skipToLineEnd() }
        guard byte != .hash else {
            throw failure(at: position, "a comment follows \(what) without a space")
                .with(remedy: "Put a space before the #.")
        }
        throw failure(at: position, "unexpected text after \(what)")
            .with(remedy: "Start a new line, or quote the whole value.")
    }
}
