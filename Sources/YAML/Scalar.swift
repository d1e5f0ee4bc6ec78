/// A text as a document states it, with the way it was written.
package struct Scalar: Hashable, Sendable {
    /// The five ways to write a scalar (YAML 1.2.2 §7.3, §8.1).
    package enum Style: Hashable, Sendable {
        /// `text`
        case plain
        /// `'text'`
        case singleQuoted
        /// `"text"`
        case doubleQuoted
        /// `|`: line breaks are kept.
        case literal
        /// `>`: lines are folded.
        case folded
    }

    /// The text, with escapes and line folding resolved.
    package let text: String
    /// How the text was written.
    package let style: Style

    /// Makes a scalar from its text and style.
    package init(text: String, style: Style) {
        self.text = text
        self.style = style
    }

    /// Whether the scalar is plain, so that a reader which guesses types could take it for
    /// something
    /// other than text.
    package var isPlain: Bool { style == .plain }

    /// Whether the scalar is an absent value (`key:`), `~` or `null`, as the core schema says
    /// (YAML 1.2.2 §10.3.2).
    package var isNull: Bool {
        guard isPlain else { return false }
        return switch text {
        case "", "~", "null", "Null", "NULL": true
        default: false
        }
    }
}
