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

    /// What `add` found wrong, for the parser to put into words.
    enum Problem: Error {
        /// The key stands there already, at this place.
        case duplicate(first: Mark)
        /// This node under `<<` is no mapping.
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
        for entry in mapping.entries[..<merge.position] {
            merged.append(entry)
        }
        for entry in merge.sources.lazy.flatMap(\.entries)
        where mapping.position(of: entry.name) == nil && merged.position(of: entry.name) == nil {
            merged.append(Mapping.Entry(key: entry.key, value: entry.value, isMerged: true))
        }
        for entry in mapping.entries[merge.position...] {
            merged.append(entry)
        }
        return merged
    }
}

extension Parser {
    /// Adds an entry, and says in words why it cannot be added.
    func add(_ key: Node, _ value: Node, to builder: inout MappingBuilder) throws(YAMLError) {
        do throws(MappingBuilder.Problem) {
            try builder.add(key: key, value: value)
        } catch {
            switch error {
            case .duplicate(let first):
                throw failure(
                    .duplicateKey,
                    at: key.mark.offset,
                    "the key \(key.scalar?.text ?? "") stands already at line \(first.line)",
                    "Keep one of the two."
                )
            case .notMergeable(let node):
                throw failure(
                    .merge,
                    at: value.isAlias || node.isAlias ? key.mark.offset : node.mark.offset,
                    "<< merges maps, and this is \(node.kind)",
                    "Give << a map, an alias of a map, or a list of these."
                )
            }
        }
    }
}
