internal import GitSource
internal import Model

/// A file of the repository that is there and is not read, in a commit or in a folder.
struct RefusedFile: Error, CustomStringConvertible {
    /// The path in the repository.
    let path: String
    /// What is there instead of a plain file; nil where the file is too large.
    let entry: GitError.Entry?

    init(path: String, _ entry: GitError.Entry?) {
        self.path = path
        self.entry = entry
    }

    /// Whether it is a folder, which has files of its own.
    var isFolder: Bool { entry == .folder }

    /// Why it is not read.
    var description: String { entry.map { "it is \($0.rawValue)" } ?? "it is too large" }

    /// What to say where the whole fleet depends on it.
    var diagnostic: Diagnostic {
        Diagnostic(
            at: SourceLocation(file: path, line: 1, column: 1),
            description,
            remedy: entry == nil ? "reduce its size" : "commit a plain file in its place"
        )
    }
}
