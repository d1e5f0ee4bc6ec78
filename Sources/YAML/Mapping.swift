/// The entries of a mapping in source order, with quick access by key.
///
/// Keys are compared as text: `1` and `"1"` are the same key, and no key occurs twice.
package struct Mapping: Sendable {
    /// One key with its value.
    package struct Entry: Sendable {
        /// The key's node, always a scalar.
        package let key: Node
        /// The value's node.
        package let value: Node
        /// Whether the entry came by `<<` from another mapping.
        package let isMerged: Bool

        /// The key's text.
        package var name: String { key.scalar?.text ?? "" }
    }

    /// The entries in source order; those which came by `<<` stand where the `<<` stood.
    package private(set) var entries: [Entry] = []
    /// The positions by key, kept once the mapping is long enough to repay it.
    private var positions: [String: Int] = [:]

    private static let indexThreshold = 16

    init() {}

    /// The value of `key`.
    package subscript(_ key: String) -> Node? {
        entry(key)?.value
    }

    /// The entry of `key`, with the key's own place.
    package func entry(_ key: String) -> Entry? {
        position(of: key).map { entries[$0] }
    }

    /// Whether the mapping has no entry.
    package var isEmpty: Bool { entries.isEmpty }

    /// The number of entries.
    package var count: Int { entries.count }

    func position(of key: String) -> Int? {
        guard positions.isEmpty else { return positions[key] }
        return entries.firstIndex { $0.name == key }
    }

    /// Adds an entry whose key is known to be new.
    mutating func append(_ entry: Entry) {
        entries.append(entry)
        if !positions.isEmpty {
            positions[entry.name] = entries.count - 1
        } else if entries.count > Self.indexThreshold {
            for (position, entry) in entries.enumerated() {
                positions[entry.name] = position
            }
        }
    }
}
