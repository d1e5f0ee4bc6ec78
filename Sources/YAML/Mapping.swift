/// The entries of a mapping in source order, with quick access by key.
///
/// Keys are compared as text: `1` and `"1"` are the same key, and no key occurs twice.
package struct Mapping: Sendable {
    package struct Entry: Sendable {
        /// The key's node, always a scalar.
        package let key: Node
        package let value: Node
        /// Whether the entry came by `<<` from another mapping.
        package let isMerged: Bool

        package var name: String { key.scalar?.text ?? "" }
    }

    /// The entries in source order; those which came by `<<` stand where the `<<` stood.
    package private(set) var entries: [Entry] = []
    /// The positions by key, kept once the mapping is long enough to repay it.
    private var positions: [String: Int] = [:]

    private static let indexThreshold = 16

    init() {}

    package subscript(_ key: String) -> Node? { entry(key)?.value }
    package func entry(_ key: String) -> Entry? { position(of: key).map { entries[$0] } }
    package var isEmpty: Bool { entries.isEmpty }
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
            for (position, entry) in entries.enumerated() { positions[entry.name] = position }
        }
    }
}

/// Gathers the entries of a mapping as they are read, and resolves `<<` at the end.
///
/// `<<` follows the merge key's type (yaml.org/type/merge): keys of the mapping itself win over
/// merged ones, and of several merged mappings the earlier wins.
struct MappingBuilder {
    private var mapping = Mapping()
    private var merge: Merge?

    private struct Merge {
        let key: Node
        let position: Int
        let sources: [Mapping]
    }

    enum Problem: Error {
        /// The key stands there already, at this place.
        case duplicate(first: Mark)
        case notMergeable(Node)
    }

    mutating func add(key: Node, value: Node) throws(Problem) {
        let isMergeKey = key.scalar.map { $0.isPlain && $0.text == "<<" } ?? false
        if isMergeKey {
            if let merge { throw .duplicate(first: merge.key.mark) }
            let sources = try Self.sources(of: value)
            merge = Merge(key: key, position: mapping.count, sources: sources)
            return
        }
        let entry = Mapping.Entry(key: key, value: value, isMerged: false)
        if let first = mapping.entry(entry.name) { throw .duplicate(first: first.key.mark) }
        mapping.append(entry)
    }

    private static func sources(of value: Node) throws(Problem) -> [Mapping] {
        switch value.content {
        case .mapping(let mapping):
            return [mapping]
        case .sequence(let items):
            var mappings: [Mapping] = []
            for item in items {
                guard let mapping = item.mapping else { throw .notMergeable(item) }
                mappings.append(mapping)
            }
            return mappings
        case .scalar:
            throw .notMergeable(value)
        }
    }

    consuming func finish() -> Mapping {
        guard let merge else { return mapping }
        var merged = Mapping()
        for entry in mapping.entries[..<merge.position] { merged.append(entry) }
        for entry in merge.sources.lazy.flatMap(\.entries)
        where mapping.position(of: entry.name) == nil && merged.position(of: entry.name) == nil {
            merged.append(Mapping.Entry(key: entry.key, value: entry.value, isMerged: true))
        }
        for entry in mapping.entries[merge.position...] { merged.append(entry) }
        return merged
    }
}

extension Parser {
    func add(_ key: Node, _ value: Node, to builder: inout MappingBuilder) throws(YAMLError) {
        do throws(MappingBuilder.Problem) {
            try builder.add(key: key, value: value)
        } catch {
            switch error {
            case .duplicate(let first):
                throw failure(
                    at: key.mark.offset,
                    "the key \(key.scalar?.text ?? "") stands already at line \(first.line)",
                    "Keep one of the two."
                )
            case .notMergeable(let node):
                throw failure(
                    at: value.isAlias || node.isAlias ? key.mark.offset : node.mark.offset,
                    "<< merges maps, and this is \(node.kind)",
                    "Give << a map, an alias of a map, or a list of these."
                )
            }
        }
    }
}
