/// A file of a commit, with its content.
package struct GitFile: Equatable, Sendable {
    /// From the top of the repository.
    package let path: String
    /// The content as committed; no filter and no line ending conversion is applied.
    package let bytes: [UInt8]
}

/// A path inside a repository, split into its components.
struct GitPath: Equatable {
    let components: [String]

    /// Drops `.` and empty parts and resolves `..`; nil above the top, and for the top itself.
    init?(_ text: String) {
        guard !text.hasPrefix("/"), !text.utf8.contains(0) else { return nil }
        var components: [String] = []
        for part in text.split(separator: "/") where part != "." {
            guard part == ".." else {
                components.append(String(part))
                continue
            }
            guard components.popLast() != nil else { return nil }
        }
        guard !components.isEmpty else { return nil }
        self.components = components
    }

    var text: String { components.joined(separator: "/") }
}
