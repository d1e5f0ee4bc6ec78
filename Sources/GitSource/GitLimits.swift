/// How much is taken from a repository; what is above is an error, never cut off in silence.
package struct GitLimits: Equatable, Sendable {
    /// Files that one reading of a tree may return, and, eightfold, entries that it may look at.
    package var files = 2_000
    /// Bytes in one file.
    package var bytesPerFile = 4 << 20
    /// Bytes in all files of one reading.
    package var bytesInAll = 64 << 20
    /// Folders within folders.
    package var depth = 16
    /// Bytes that the remote may send in one fetch, as they come over the wire.
    package var bytesPerFetch = 2 << 30
    /// Bytes that the remote may send for a look at its branches.
    package var bytesPerLook = 64 << 20
    /// Objects in one fetch.
    package var objectsPerFetch = 5_000_000
    /// Commits that a search through the history looks at.
    package var historyDepth = 10_000

    /// The defaults, made for repositories that people write by hand.
    package init() {}
}

/// How long a remote is waited for.
package struct GitTimeouts: Equatable, Sendable {
    /// For a connection to one address.
    package var connect: Duration = .seconds(10)
    /// Without a single byte.
    package var idle: Duration = .seconds(30)
    /// For a look at the remote's branches, in all.
    package var look: Duration = .seconds(30)
    /// For a fetch, in all.
    package var fetch: Duration = .seconds(600)

    /// The defaults.
    package init() {}
}
