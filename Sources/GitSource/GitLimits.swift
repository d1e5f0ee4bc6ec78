/// How much is taken from a repository; what is above is an error, never cut off in silence.
public struct GitLimits: Equatable, Sendable {
    /// Files that one reading of a tree may return, and, eightfold, entries that it may look at.
    public var files = 2_000
    /// Bytes in one file.
    public var bytesPerFile = 4 << 20
    /// Bytes in all files of one reading.
    public var bytesInAll = 64 << 20
    /// Folders within folders.
    public var depth = 16
    /// Bytes that the remote may send in one fetch, as they come over the wire.
    public var bytesPerFetch = 2 << 30
    /// Bytes that the remote may send for a look at its branches.
    public var bytesPerLook = 64 << 20
    /// Objects in one fetch.
    public var objectsPerFetch = 5_000_000
    /// Commits that a search through the history looks at.
    public var historyDepth = 10_000

    /// The defaults, made for repositories that people write by hand.
    public init() {}
}

/// How long a remote is waited for.
public struct GitTimeouts: Equatable, Sendable {
    /// For a connection to one address.
    public var connect: Duration = .seconds(10)
    /// Without a single byte.
    public var idle: Duration = .seconds(30)
    /// For a look at the remote's branches, in all.
    public var look: Duration = .seconds(30)
    /// For a fetch, in all.
    public var fetch: Duration = .seconds(600)

    /// The defaults.
    public init() {}
}
