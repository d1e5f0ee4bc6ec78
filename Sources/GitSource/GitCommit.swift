package struct GitCommit: Equatable, Sendable {
    package let id: CommitID
    /// The author's name without unprintable characters, at most 200 characters.
    package let author: String
    /// Seconds since 1970-01-01 00:00 UTC, by the author's clock.
    package let authoredAt: Int64
    /// The first paragraph of the message on one line, without unprintable characters, at most 200
    /// characters.
    package let subject: String
    /// None for a root, more than one for a merge.
    package let parents: [CommitID]
}

/// The commit that last set a line of a file.
package struct GitBlameLine: Equatable, Sendable {
    /// Counted from 1.
    package let line: Int
    /// The oldest commit that was searched (`GitLimits.historyDepth`) if the line is older.
    package let commit: GitCommit
}
