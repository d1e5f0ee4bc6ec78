/// A file of a commit, with its content.
public struct GitFile: Equatable, Sendable {
    /// Where it lies, from the top of the repository, with `/` between the folders.
    public let path: String
    /// The content as committed; no filter and no line ending conversion is applied.
    public let bytes: [UInt8]
    /// Whether git's executable bit is set.
    public let isExecutable: Bool
}

/// The commit that last set a line of a file.
public struct GitBlameLine: Equatable, Sendable {
    /// The line, counted from 1.
    public let line: Int
    /// The commit that set it, or the oldest that was looked at (`GitLimits.historyDepth`).
    public let commit: GitCommit
}
