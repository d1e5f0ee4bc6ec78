internal import Printing

/// What a field holds: how it is read, how an overlay changes it, and how it is described.
///
/// All knowledge about a kind of field stands in one shape, so that the reader, the overlay and the
/// JSON Schema cannot disagree.
protocol Shape: Sendable {
    /// Converts an item to its canonical form; reports why not, and gives nil, where it cannot.
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue?

    /// Writes short forms of maps out as maps, so that they merge by key.
    func normalised(_ item: Item) -> Item

    /// The item that holds when an environment says `overlay` about `base`.
    func merged(_ base: Item, with overlay: Item) -> Item

    /// What JSON Schema says of the field.
    var schema: SchemaNode { get }
}

extension Shape {
    func normalised(_ item: Item) -> Item { item }

    /// Reads an entry of a map or a list, where what cannot be read keeps its place.
    func readEntry(
        _ item: Item,
        at path: String,
        into problems: inout Problems
    ) -> ComposeValue? {
        let errors = problems.errors
        if let value = read(item, at: path, into: &problems) { return value }
        return problems.errors > errors ? item.value(.unreadable) : nil
    }

    /// Everything but maps is replaced.
    func merged(_ base: Item, with overlay: Item) -> Item { normalised(overlay) }
}

/// Which characters a text may have.
enum CharacterRule {
    /// What a line of a log shows: no control characters, no line feed, no change of direction.
    ///
    /// Holds wherever a field does not say otherwise.
    case printable
    /// All but NUL, at which the kernel ends a text: variables, words of a command.
    case anyButNull
    /// The content of a file.
    case any

    /// What is wrong with a text; nil where nothing is.
    func problem(of text: String) -> TextError? {
        let refused = text.unicodeScalars.first { scalar in
            switch self {
            case .printable: !scalar.isPrintable
            case .anyButNull: scalar.value == 0
            case .any: false
            }
        }
        guard let refused else { return nil }
        let character = "\(refused)".escaped()
        return TextError(
            "\(text.quoted) has the character \(character), which means nothing here",
            remedy: "remove it"
        )
    }
}

extension Item {
    /// The scalar's text, once its variables are known to be filled in.
    ///
    /// Reports a list, a map, a problem with a variable, or a character that the rule excludes.
    func text(
        at path: String,
        into problems: inout Problems,
        allowing rule: CharacterRule = .printable
    ) -> String? {
        guard let scalar else {
            problems.report(expected("a single value"), at: location, field: path)
            return nil
        }
        if let problem = scalar.problem {
            problems.report(problem, at: location, field: path)
            return nil
        }
        if let problem = rule.problem(of: scalar.text) {
            problems.report(problem, at: location, field: path)
            return nil
        }
        return scalar.text
    }

    /// Converts the scalar's text, reporting what is wrong with it.
    func convert<Value>(
        at path: String,
        into problems: inout Problems,
        allowing rule: CharacterRule = .printable,
        with conversion: (String) throws(TextError) -> Value
    ) -> Value? {
        guard let text = text(at: path, into: &problems, allowing: rule) else { return nil }
        do {
            return try conversion(text)
        } catch {
            problems.report(error, at: location, field: path)
            return nil
        }
    }

    /// What to say of an item that is something else.
    func expected(_ what: String) -> TextError {
        if let problem = scalar?.problem { return problem }
        return isNull
            ? TextError("nothing is written", remedy: "give it a value or remove the key")
            : TextError("\(what) is wanted, \(kind) is written")
    }

    /// A value of the same origin.
    func value(_ content: ComposeValue.Content) -> ComposeValue {
        ComposeValue(content, origin: origin)
    }
}
