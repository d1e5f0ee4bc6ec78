/// A file of a commit, with its content.
package struct GitFile: Equatable, Sendable {
    /// Where it lies, from the top of the repository, with `/` between the folders.
    package let path: String
    /// The content as committed; no filter and no line ending conversion is applied.
    package let bytes: [UInt8]
    /// Whether git's executable bit is set.
    package let isExecutable: Bool
}

/// The commit that last set a line of a file.
package struct GitBlameLine: Equatable, Sendable {
    /// The line, counted from 1.
    package let line: Int
    /// The commit that set it, or the oldest that was looked at (`GitLimits.historyDepth`).
    package let commit: GitCommit
}
