/// What one document may cost its reader.
package struct Limits: Hashable, Sendable {
    /// The longest source, in bytes; never more than 2 GiB.
    package let bytes: Int
    /// The deepest nesting of collections, aliases resolved; never more than 512.
    package let depth: Int
    /// The most nodes written in a source, keys included.
    package let nodes: Int
    /// The most nodes a document may have once its aliases are resolved (compose-go visits no more
    /// than 100,000).
    package let aliasExpansion: Int

    /// Makes limits; each one left out has its default.
    package init(
        bytes: Int = 1 << 20,
        depth: Int = 64,
        nodes: Int = 100_000,
        aliasExpansion: Int = 100_000
    ) {
        self.bytes = min(bytes, 1 << 31)
        // The reader recurses, and the stack is finite.
        self.depth = min(depth, 512)
        self.nodes = nodes
        self.aliasExpansion = aliasExpansion
    }

    /// One mebibyte, 64 levels, 100,000 nodes.
    package static let `default` = Limits()
}
