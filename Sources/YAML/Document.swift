/// A document read from its source.
///
/// The reader takes the part of YAML 1.2.2 that manifests use, and refuses the rest by name, so
/// that a file means here what it means to Docker Compose.
/// It takes one document in UTF-8 with LF or CRLF, block and flow collections, all five scalar
/// styles, comments, anchors, aliases and `<<`.
/// It refuses tags, directives, complex and duplicate keys, further documents, tabs as indentation.
package struct Document: Sendable {
    package let root: Node?

    package init(
        parsing source: some Collection<UInt8>,
        limits: Limits = .default
    ) throws(YAMLError) {
        var parser = try Parser(source: source, limits: limits)
        root = try parser.document()
    }

    package init(parsing text: String, limits: Limits = .default) throws(YAMLError) {
        try self.init(parsing: text.utf8, limits: limits)
    }
}

/// What one document may cost its reader.
package struct Limits: Hashable, Sendable {
    /// The longest source, in bytes; never more than 2 GiB.
    package let bytes: Int
    /// The deepest nesting of collections, aliases resolved; never more than 512.
    package let depth: Int
    /// The most nodes written in a source, keys included.
    package let nodes: Int
    /// The most nodes with aliases resolved (compose-go visits no more than 100,000).
    package let aliasExpansion: Int

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

    package static let `default` = Limits()
}

/// Why a source was refused, where, and what to write instead.
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let mark: Mark
    /// What is wrong, in one sentence without the place.
    package let message: String
    package var remedy = ""

    func with(remedy: String) -> YAMLError {
        var error = self
        error.remedy = remedy
        return error
    }

    package var description: String { "\(mark): \(message)\n\(remedy)" }
}
