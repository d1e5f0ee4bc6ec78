internal import Model
internal import YAML

/// What takes the place of some bytes of a text; all others stay.
struct TextChanges {
    let bytes: [UInt8]
    /// What places of the text are called after.
    let path: String

    private struct Change {
        var range: Range<Int>
        var text: String
    }

    /// By where they start.
    private var changes: [Int: Change] = [:]

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func replace(_ range: Range<Int>, with text: String) {
        changes[range.lowerBound] = Change(range: range, text: text)
    }

    /// Puts another value in the place of a scalar, also of an absent one.
    ///
    /// The comment behind it, and all other lines, keep their bytes.
    mutating func set(_ scalar: Node, to value: String) {
        let gap = scalar.range.isEmpty ? " " : ""
        replace(scalar.range, with: gap + YAMLWriter.text(value, isValue: true))
    }

    var text: String {
        var output: [UInt8] = []
        var position = 0
        for change in inOrder {
            output += bytes[position..<change.range.lowerBound]
            output += Array(change.text.utf8)
            position = change.range.upperBound
        }
        output += bytes[position...]
        return String(decoding: output, as: UTF8.self)
    }

    /// The changes from the start to the end; one within another is left out.
    private var inOrder: [Change] {
        var end = 0
        return changes.values.sorted { $0.range.lowerBound < $1.range.lowerBound }.filter {
            guard $0.range.lowerBound >= end else { return false }
            end = $0.range.upperBound
            return true
        }
    }

    // MARK: Lines and entries

    /// The whole lines of an entry that shares none of them with anything else.
    func ownLines(of entry: Mapping.Entry) -> Range<Int>? {
        let key = entry.key.mark.offset
        guard !entry.isMerged, entry.value.range.lowerBound >= key else { return nil }
        return ownLines(
            from: key,
            to: max(entry.value.range.upperBound, entry.key.range.upperBound)
        )
    }

    /// The whole lines of bytes that share them with blanks, a list's dash and a comment only.
    func ownLines(from: Int, to: Int, inList: Bool = false) -> Range<Int>? {
        let start = (bytes[..<from].lastIndex(of: .lineFeed) ?? -1) + 1
        let lead = bytes[start..<from].filter { $0 != 0x20 }
        guard lead.elementsEqual(inList ? [UInt8(ascii: "-")] : []) else { return nil }
        let end = bytes[to...].firstIndex(of: .lineFeed).map { $0 + 1 } ?? bytes.count
        // A block scalar ends where the next line starts.
        if to > from, bytes[to - 1] == .lineFeed { return start..<to }
        let rest = bytes[to..<end].drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = rest.first else { return start..<end }
        return [0x0A, 0x0D, 0x23].contains(first) ? start..<end : nil
    }

    mutating func remove(_ entries: [Mapping.Entry], from map: Node) -> Bool {
        guard entries.allSatisfy({ !$0.isMerged }) else { return false }
        let all = (map.entries).filter { !$0.isMerged }.map { entry in
            entry.key.range
                .lowerBound..<max(
                    entry.value.isAlias ? 0 : entry.value.range.upperBound,
                    entry.key.range.upperBound
                )
        }
        let chosen = Set(entries.map(\.key.mark.offset))
        return remove(all.filter { chosen.contains($0.lowerBound) }, among: all, of: map)
    }

    mutating func remove(_ items: [Node], fromList list: Node) -> Bool {
        let all = list.items.filter { !$0.isAlias }.map(\.range)
        let chosen = Set(items.map(\.mark.offset))
        return remove(all.filter { chosen.contains($0.lowerBound) }, among: all, of: list)
    }

    private mutating func remove(
        _ parts: [Range<Int>],
        among all: [Range<Int>],
        of node: Node
    ) -> Bool {
        let isList = node.sequence != nil
        let opening = bytes[node.range.lowerBound]
        let isFlow = opening == .leftBrace || opening == UInt8(ascii: "[")
        if isFlow {
            for part in parts {
                let next = all.first { $0.lowerBound > part.lowerBound }?.lowerBound
                replace(part.lowerBound..<(next ?? part.upperBound), with: "")
            }
            return true
        }
        var lines: [Range<Int>] = []
        for part in parts {
            guard
                let own = ownLines(from: part.lowerBound, to: part.upperBound, inList: isList)
            else { return false }
            lines.append(own)
        }
        // Nothing is left: an empty value would mean something else to `<<`.
        let isEmptied = parts.count == node.items.count + node.entries.count
        for (index, own) in lines.enumerated() {
            let indentation = bytes[own].prefix { $0 == 0x20 }
            let empty =
                String(decoding: indentation, as: UTF8.self) + (isList ? "  []" : "  {}") + "\n"
            replace(own, with: isEmptied && index == 0 ? empty : "")
        }
        return true
    }

    // MARK: Places

    func location(_ mark: Mark) -> SourceLocation { SourceLocation(mark, in: path) }

    func location(_ offset: Int) -> SourceLocation {
        let before = bytes[..<offset]
        let start = (before.lastIndex(of: .lineFeed) ?? -1) + 1
        return SourceLocation(
            file: path,
            line: before.count { $0 == .lineFeed } + 1,
            column: bytes[start..<offset].count { $0 & 0xC0 != 0x80 } + 1
        )
    }

    /// The place of the text that became a place of the changed one.
    func place(before changed: SourceLocation) -> SourceLocation {
        let target = Self.offset(of: changed, in: Array(text.utf8))
        var position = 0
        var written = 0
        for change in inOrder {
            let kept = change.range.lowerBound - position
            guard written + kept + change.text.utf8.count <= target else {
                return location(min(position + target - written, change.range.lowerBound))
            }
            written += kept + change.text.utf8.count
            position = change.range.upperBound
        }
        return location(min(position + target - written, bytes.count))
    }

    private static func offset(of place: SourceLocation, in bytes: [UInt8]) -> Int {
        var start = 0
        for _ in 1..<max(1, place.line) {
            guard let end = bytes[start...].firstIndex(of: .lineFeed) else { return bytes.count }
            start = end + 1
        }
        var column = 0
        let rest = bytes[start...].firstIndex { byte in
            // Only the first byte of a scalar counts (RFC 3629 §3).
            if byte & 0xC0 != 0x80 { column += 1 }
            return column == place.column
        }
        return rest ?? bytes.count
    }
}
