/// A document read from its source.
///
/// The reader takes the part of YAML 1.2.2 that manifests use, and refuses the rest by name, so
/// that
/// a file means here what it means to Docker Compose.
/// It takes one document in UTF-8 with LF or CRLF, block and flow collections, all five scalar
/// styles, comments, anchors, aliases and `<<`.
/// It refuses tags, directives, complex and duplicate keys, further documents, tabs as indentation.
package struct Document: Sendable {
    /// The document's value; nil when there is none.
    package let root: Node?

    /// Reads a document from its bytes.
    package init(
        parsing source: some Collection<UInt8>,
        limits: Limits = .default
    ) throws(YAMLError) {
        var parser = try Parser(source: source, limits: limits)
        root = try parser.document()
    }

    /// Reads a document from a string.
    package init(parsing text: String, limits: Limits = .default) throws(YAMLError) {
        try self.init(parsing: text.utf8, limits: limits)
    }
}
