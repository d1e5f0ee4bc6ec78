/// Why a text is not what its field wants, and what to write instead.
///
/// Messages are sentences without a full stop; they become the `message` and `remedy` of a
/// diagnostic once the place is known.
struct TextError: Error, Hashable, Sendable {
    /// What is wrong.
    var message: String
    /// What to do next; empty when the message says it.
    var remedy: String

    init(_ message: String, remedy: String = "") {
        self.message = message
        self.remedy = remedy
    }

    /// A value that is written and says nothing.
    static let empty = TextError("it is empty", remedy: "give it a value, or remove the key")
}

extension String {
    /// The text in double quotes with escapes, cut off where it is long, for use in messages.
    var quoted: String {
        let limit = 120
        guard unicodeScalars.count > limit else { return debugDescription }
        return "\(String(String.UnicodeScalarView(unicodeScalars.prefix(limit))).debugDescription)…"
    }
}
