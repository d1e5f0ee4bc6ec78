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

    var schema: SchemaNode { get }
}

extension Shape {
    func normalised(_ item: Item) -> Item { item }

    /// Everything but maps is replaced.
    func merged(_ base: Item, with overlay: Item) -> Item { normalised(overlay) }

    /// Reads an entry of a map or a list, where what cannot be read keeps its place.
    func readEntry(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let errors = problems.errors
        if let value = read(item, at: path, into: &problems) { return value }
        return problems.errors > errors ? item.value(.unreadable) : nil
    }
}

/// The one rule by which an environment changes a manifest: maps merge by key, everything else is
/// replaced, and `null` or `~` written out takes a key away.
enum Overlay {
    /// Merges two maps; where either is something else, the overlay replaces the base.
    static func merged(
        _ base: Item,
        with overlay: Item,
        shapeOf: (String) -> (any Shape)?
    ) -> Item {
        guard let lower = base.map, let upper = overlay.map else { return overlay }
        var removed: Set<String> = []
        var result = OrderedMap<Item>()
        for (key, entry) in upper where entry.isWrittenNull { removed.insert(key) }
        for (key, entry) in lower where !removed.contains(key) { result[key] = entry }
        for (key, entry) in upper where !removed.contains(key) {
            // Where the base says nothing, a `null` further down has nothing to take away, and is
            // no value either.
            let present = result[key] ?? Item(.map(OrderedMap()), origin: .unsaid)
            result[key] = shapeOf(key)?.merged(present, with: entry) ?? entry
        }
        var item = overlay
        item.content = .map(result)
        return item
    }
}

enum CharacterRule {
    /// What a line of a log shows: no control characters, no line feed, no change of direction.
    ///
    /// Holds wherever a field does not say otherwise.
    case printable
    /// All but NUL, at which the kernel ends a text: variables, words of a command.
    case anyButNull
    /// The content of a file.
    case any

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
        return TextError("\(text.quoted) has the character \(character), which is not allowed here")
            .with(remedy: "remove it")
    }
}

extension Item {
    /// Converts a scalar's text; reports anything else, a problem with a variable, a character that
    /// the rule excludes, and what the conversion throws.
    func convert<Value>(
        to what: String,
        at path: String,
        into problems: inout Problems,
        allowing rule: CharacterRule = .printable,
        with conversion: (ScalarText) throws(TextError) -> Value
    ) -> Value? {
        let error: TextError
        if let scalar, !scalar.isNull {
            if let problem = scalar.problem ?? rule.problem(of: scalar.text) {
                error = problem
            } else {
                do throws(TextError) {
                    return try conversion(scalar)
                } catch let thrown {
                    error = thrown
                }
            }
        } else {
            error = expected(what)
        }
        problems.report(error, at: location, field: path)
        return nil
    }

    func expected(_ what: String) -> TextError {
        if let problem = scalar?.problem { return problem }
        return isNull
            ? TextError("nothing is written", remedy: "give it a value or remove the key")
            : TextError("expected \(what), found \(kind)")
    }

    /// A value of the same origin.
    func value(_ content: ComposeValue.Content) -> ComposeValue {
        ComposeValue(content, origin: origin)
    }

    /// A map with each of its entries changed; anything else as it is.
    func mapEntries(_ change: (String, Item) -> Item) -> Item {
        guard let map else { return self }
        var entries = OrderedMap<Item>()
        for (name, entry) in map { entries[name] = change(name, entry) }
        var result = self
        result.content = .map(entries)
        return result
    }
}
