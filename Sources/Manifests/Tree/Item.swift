internal import Model
internal import YAML

/// A value as a file states it, variables filled in, not yet converted by any field.
struct Item: Sendable {
    indirect enum Content: Sendable {
        case scalar(ScalarText)
        case list([Item])
        case map(OrderedMap<Item>)
    }

    var content: Content
    var origin: Origin
    /// Where the key stands that it is the value of.
    var keyLocation: SourceLocation?

    init(_ content: Content, origin: Origin, keyLocation: SourceLocation? = nil) {
        self.content = content
        self.origin = origin
        self.keyLocation = keyLocation
    }

    /// A text that came about on the way from a short form to the long one.
    init(text: String, like other: Item) {
        self.init(.scalar(ScalarText(text)), origin: other.origin, keyLocation: other.keyLocation)
    }

    /// An item that nothing can read, and why; it is reported by the field that tries.
    init(problem: TextError, like other: Item) {
        self.init(text: "", like: other)
        content = .scalar(ScalarText("", problem: problem))
    }

    var scalar: ScalarText? { if case .scalar(let scalar) = content { scalar } else { nil } }
    var list: [Item]? { if case .list(let list) = content { list } else { nil } }
    var map: OrderedMap<Item>? { if case .map(let map) = content { map } else { nil } }

    /// Whether nothing is said: an empty value, `~` or `null`.
    var isNull: Bool { scalar?.isNull ?? false }

    /// Whether `~` or `null` is written out, which takes a key away when it stands in an overlay.
    var isWrittenNull: Bool { isNull && scalar?.text.isEmpty == false }

    var location: SourceLocation? { origin.location }

    /// The place to name for the entry as a whole: the key's, where there is one.
    var entryLocation: SourceLocation? { keyLocation ?? origin.location }

    var kind: String {
        switch content {
        case .scalar(let scalar): scalar.isNull ? "nothing" : "a single value"
        case .list: "a list"
        case .map: "a map"
        }
    }
}

/// A scalar's text, and whether a reader that guesses types could take it for something else.
struct ScalarText: Hashable, Sendable {
    var text: String
    /// Unquoted, and as it stands in the file.
    var isPlain = false
    /// Why the variables could not be filled in; nil where they could.
    var problem: TextError?

    init(_ text: String, isPlain: Bool = false, problem: TextError? = nil) {
        self.text = text
        self.isPlain = isPlain
        self.problem = problem
    }

    /// Whether Compose's reader takes the scalar for text, too.
    var isText: Bool { !isPlain || PlainScalar(text).kind == .text }

    /// Whether Compose's reader would hand on another text than the one that is written.
    var isRewritten: Bool { isPlain && PlainScalar(text).rewritten != nil }

    var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }
}
