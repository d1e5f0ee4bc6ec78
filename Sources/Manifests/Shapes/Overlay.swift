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
