/// Why a source was refused, where, and what to write instead.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The rule that the source breaks.
    package enum Reason: Hashable, Sendable {
        /// The source is longer, deeper or larger than the `Limits` allow.
        case limit
        /// The bytes are not UTF-8.
        case encoding
        /// A character that YAML does not allow, or that its readers disagree about.
        case character
        /// A tab where only spaces can indent.
        case tab
        /// A line that stands too far left or right.
        case indentation
        /// A `%` directive.
        case directive
        /// A second document.
        case multipleDocuments
        /// A tag (`!name`).
        case tag
        /// A key that is not one scalar on one line.
        case complexKey
        /// A key that the mapping already has.
        case duplicateKey
        /// A key without its colon.
        case missingColon
        /// A quoted scalar, or an escape in it, that is not well formed.
        case quoting
        /// A flow collection that is not well formed.
        case flow
        /// The header or the indentation of a literal or folded scalar.
        case blockScalar
        /// An anchor or an alias that leads nowhere, or stands where none can.
        case anchor
        /// A `<<` whose value is no mapping.
        case merge
        /// Text where none can stand.
        case unexpected
    }

    /// The rule that the source breaks.
    package let reason: Reason
    /// Where.
    package let mark: Mark
    /// What is wrong, in one sentence without the place.
    package let message: String
    /// What to write instead.
    package let remedy: String
    /// The source line, and below it a caret under the place.
    package let excerpt: String

    /// The place, the message, the excerpt and the remedy, each on its own line.
    package var description: String {
        "\(mark): \(message)\n\(excerpt)\n\(remedy)"
    }
}

/// The source line of an error, cut to a readable width, with a caret below.
struct Excerpt {
    private static let width = 100

    let text: String

    /// Draws the line that starts at `lineStart`; `offset` is the place for the caret.
    init(of bytes: some RandomAccessCollection<UInt8>, lineStart: Int, offset: Int) {
        let line = bytes.dropFirst(lineStart).prefix { $0 != .lineFeed && $0 != .carriageReturn }
            .prefix(offset - lineStart + 4 * Self.width)
        let before = Self.printable(line.prefix(offset - lineStart))
        let after = Self.printable(line.dropFirst(offset - lineStart))

        let cut = max(0, before.count - Self.width / 2)
        let head =
            cut > 0 ? "…" + String(String.UnicodeScalarView(before.dropFirst(cut))) : String(before)
        let room = max(0, Self.width - head.unicodeScalars.count)
        let tail = String(String.UnicodeScalarView(after.prefix(room)))
        let more = after.count > room ? "…" : ""
        let indentation = String(repeating: " ", count: head.unicodeScalars.count)
        text = "\(head)\(tail)\(more)\n\(indentation)^"
    }

    /// The bytes as scalars of which each takes one column: a tab becomes a space, and what cannot
    /// be
    /// shown becomes U+FFFD.
    private static func printable(_ bytes: some Collection<UInt8>) -> String.UnicodeScalarView {
        var view = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x09: view.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF:
                view.append("\u{FFFD}")
            default: view.append(scalar)
            }
        }
        return view
    }
}
