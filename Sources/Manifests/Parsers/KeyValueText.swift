/// One item of a list that stands for a map: `KEY=value`, or `KEY` without a value.
struct KeyValueText: Hashable, Sendable {
    /// What stands before the first `=`.
    var key: String
    /// What stands behind it; nil where there is no `=`.
    var value: String?

    /// Splits an item.
    init(_ text: String) {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            key = text
            return
        }
        key = String(text[..<equals])
        value = String(text[text.index(after: equals)...])
    }
}
