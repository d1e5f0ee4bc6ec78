/// Compares a document before and after an edit.
struct EditCheck {
    let wanted: String

    /// Whether the new tree is the old one with the wanted text at the path, and nothing else.
    func differsOnly(at path: ArraySlice<String>, old: Node?, new: Node) -> Bool {
        guard let key = path.first else {
            return new.scalar.map { Self.areSame($0.text, wanted) } ?? false
        }
        guard let newMapping = new.mapping else { return false }
        let isAbsent = old?.isNull ?? true
        guard let oldEntries = old?.mapping?.entries ?? (isAbsent ? [] : nil) else { return false }

        let isNew = !oldEntries.contains { $0.name == key }
        let kept = newMapping.entries.filter { !isNew || $0.name != key }
        let areKept = kept.elementsEqual(oldEntries) { new, old in
            guard old.name != key else {
                return !new.isMerged && Self.areSame(new.key, old.key)
                    && differsOnly(at: path.dropFirst(), old: old.value, new: new.value)
            }
            return Self.areSame(new, old)
        }
        guard areKept else { return false }
        guard isNew else { return true }
        guard let added = newMapping.entry(key), !added.isMerged else { return false }
        return differsOnly(at: path.dropFirst(), old: nil, new: added.value)
    }

    private static func areSame(_ one: Mapping.Entry, _ other: Mapping.Entry) -> Bool {
        one.isMerged == other.isMerged && areSame(one.key, other.key)
            && areSame(one.value, other.value)
    }

    private static func areSame(_ one: Node, _ other: Node) -> Bool {
        guard one.isAlias == other.isAlias else { return false }
        switch (one.content, other.content) {
        case (.scalar(let one), .scalar(let other)):
            return one.style == other.style && areSame(one.text, other.text)
        case (.sequence(let one), .sequence(let other)):
            return one.elementsEqual(other) { areSame($0, $1) }
        case (.mapping(let one), .mapping(let other)):
            return one.entries.elementsEqual(other.entries) { areSame($0, $1) }
        default:
            return false
        }
    }

    /// Compares bytes: strings that are canonically equivalent are still different texts.
    private static func areSame(_ one: String, _ other: String) -> Bool {
        one.utf8.elementsEqual(other.utf8)
    }
}
