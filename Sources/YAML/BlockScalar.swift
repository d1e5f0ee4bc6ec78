// Literal and folded scalars (YAML 1.2.2 §8.1).

/// What follows `|` or `>`.
private struct BlockHeader {
    enum Chomping {
        case strip
        case clip
        case keep
    }

    var indentation: Int?
    var chomping: Chomping?

    /// Takes one character of the header; false if it has no place there.
    mutating func take(_ byte: UInt8) -> Bool {
        switch byte {
        case .plus where chomping == nil: chomping = .keep
        case .hyphen where chomping == nil: chomping = .strip
        case UInt8(ascii: "1")...UInt8(ascii: "9") where indentation == nil:
            indentation = Int(byte - UInt8(ascii: "0"))
        default: return false
        }
        return true
    }
}

/// The text of a block scalar as its lines come in.
private struct BlockText {
    private(set) var bytes: [UInt8] = []
    private(set) var blankLines = 0
    private var hasText = false
    private var wasSpaced = false
    /// Whether the last line of text has a line break.
    private var isTerminated = false
    private let isFolded: Bool

    init(folded: Bool) { isFolded = folded }

    /// Whether the last line of text is nothing but blanks, and the file ends there.
    var endsInUnendedBlanks: Bool {
        guard hasText, !isTerminated else { return false }
        return bytes.reversed().prefix { $0 != .lineFeed }.allSatisfy(\.isBlank)
    }

    mutating func addBlankLine() { blankLines += 1 }

    /// Adds a line of text: lines are folded unless one of the two starts with a blank (§8.1.3).
    mutating func add(_ line: ArraySlice<UInt8>, isTerminated: Bool) {
        let isSpaced = line.first?.isBlank ?? false
        if !hasText {
            appendBreaks(blankLines)
        } else if isFolded, !isSpaced, !wasSpaced {
            bytes.appendFold(breaks: blankLines + 1)
        } else {
            appendBreaks(blankLines + 1)
        }
        bytes.append(contentsOf: line)
        hasText = true
        wasSpaced = isSpaced
        blankLines = 0
        self.isTerminated = isTerminated
    }

    /// Ends the text as the chomping says (§8.1.1.2).
    mutating func finish(_ chomping: BlockHeader.Chomping) {
        switch chomping {
        case .strip: return
        case .clip: appendBreaks(isTerminated ? 1 : 0)
        case .keep: appendBreaks((isTerminated ? 1 : 0) + blankLines)
        }
    }

    private mutating func appendBreaks(_ count: Int) {
        bytes.append(contentsOf: repeatElement(.lineFeed, count: count))
    }
}

extension Parser {
    /// Reads a literal or folded scalar; leaves the position at the start of a line, or at the end.
    mutating func blockScalar(parent: Int) throws(YAMLError) -> Node {
        let start = mark()
        let isFolded = byte == .greater
        let header = try blockHeader()
        var end = position
        try finishBlockHeader()

        var text = BlockText(folded: isFolded)
        let chomping = header.chomping ?? .clip
        if let contentIndent = try contentIndent(header, parent: parent, text: &text) {
            while isAtBlockLine(indent: contentIndent) {
                position += min(contentIndent, leadingSpaces(atMost: contentIndent))
                let lineBegin = position
                skipToLineEnd()
                if position > lineBegin {
                    text.add(source.bytes[lineBegin..<position], isTerminated: byte.isBreak)
                } else {
                    text.addBlankLine()
                }
                if position > lineBegin || chomping == .keep { end = position }
                if byte.isBreak { skipBreak() }
            }
        }
        try refuseUnendedBlankLine(below: text, chomping)
        text.finish(chomping)
        let scalar = Scalar(
            text: String(decoding: text.bytes, as: UTF8.self),
            style: isFolded ? .folded : .literal
        )
        return try node(.scalar(scalar), from: start, to: end)
    }

    private mutating func blockHeader() throws(YAMLError) -> BlockHeader {
        var header = BlockHeader()
        position += 1
        while !byte.isSeparator {
            guard header.take(byte) else {
                throw failure(
                    at: position,
                    "only + or - and one digit from 1 to 9 can follow | and >",
                    "Start the text on the next line, or quote the value."
                )
            }
            position += 1
        }
        return header
    }

    private mutating func finishBlockHeader() throws(YAMLError) {
        skipBlanks()
        guard isAtLineEnd else {
            throw failure(at: position, "the text of a value with | or > starts on the next line")
                .with(remedy: "Move it there, or quote the value.")
        }
        skipToLineEnd()
        if byte.isBreak { skipBreak() }
    }

    /// Finds the indentation of the text and takes the blank lines before it; nil if there is none.
    private mutating func contentIndent(
        _ header: BlockHeader,
        parent: Int,
        text: inout BlockText
    ) throws(YAMLError) -> Int? {
        if let indentation = header.indentation, parent >= 0 { return parent + indentation }

        var mostSpaces = (count: 0, offset: position)
        while true {
            let spaces = leadingSpaces(atMost: .max)
            let first = byte(ahead: spaces)
            if first == .endOfSource { return nil }
            if first.isBreak {
                if spaces > mostSpaces.count { mostSpaces = (spaces, position) }
                text.addBlankLine()
                position += spaces
                skipBreak()
                continue
            }
            if first == .tab, spaces <= parent {
                position += spaces
                throw tabIndentation()
            }
            guard spaces > parent, !isAtDocumentMarker else { return nil }
            try checkIndent(spaces, header, mostSpaces: mostSpaces)
            return spaces
        }
    }

    private func checkIndent(
        _ spaces: Int,
        _ header: BlockHeader,
        mostSpaces: (count: Int, offset: Int)
    ) throws(YAMLError) {
        if header.indentation != nil {
            // Readers disagree from where a document's own text is counted: -1 or 0.
            throw failure(at: position, "a document that is one text cannot state its indentation")
                .with(remedy: "Remove the digit, or quote the text.")
        }
        guard mostSpaces.count > spaces else { return }
        throw failure(
            at: mostSpaces.offset + spaces,
            "a blank line before the text has more spaces than the text",
            "Empty the blank line."
        )
    }

    /// Whether the line at the position is so far indented, or has nothing but spaces.
    private func isAtBlockLine(indent: Int) -> Bool {
        let spaces = leadingSpaces(atMost: indent)
        let first = byte(ahead: spaces)
        if first == .endOfSource { return false }
        return first.isBreak || spaces == indent && !isAtDocumentMarker
    }

    private func leadingSpaces(atMost limit: Int) -> Int {
        var spaces = 0
        while spaces < limit, byte(ahead: spaces) == .space { spaces += 1 }
        return spaces
    }

    /// Refuses a last line of spaces without a line break where it matters whether it has one.
    ///
    /// YAML 1.2.2 §8.1.1.2 and libyaml take the end of the file for what it is, the reference
    /// parser takes it for a line break.
    private func refuseUnendedBlankLine(
        below text: BlockText,
        _ chomping: BlockHeader.Chomping
    ) throws(YAMLError) {
        let spaces = leadingSpaces(atMost: .max)
        let isKept = chomping == .keep && spaces > 0 && byte(ahead: spaces) == .endOfSource
        guard isKept || text.endsInUnendedBlanks else { return }
        throw failure(
            at: lineStart,
            "the file ends in a line of spaces without a line break, below a text with | or >",
            "Remove the spaces."
        )
    }
}
