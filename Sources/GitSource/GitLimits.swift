/// How much of a repository is read; anything above is an error, never silently cut off.
package struct GitLimits: Equatable, Sendable {
    /// Files that one reading of a tree may return; it may see eight times as many entries.
    package var files = 2_000
    package var bytesPerFile = 4 << 20
    /// In all files of one reading.
    package var bytesInAll = 64 << 20
    /// What the remote may send in one fetch, as counted on the wire.
    package var bytesPerFetch = 2 << 30
    /// What the remote may send to advertise its branches.
    package var bytesPerLook = 64 << 20
    package var objectsPerFetch = 5_000_000
    /// Commits that a search through the history visits.
    package var historyDepth = 10_000

    /// The defaults suit repositories that people write by hand.
    package init() {}
}

/// How long Berth waits for a remote.
package struct GitTimeouts: Equatable, Sendable {
    /// For a connection to one of the server's addresses.
    package var connect: Duration = .seconds(10)
    /// Without a byte from the remote.
    package var idle: Duration = .seconds(30)
    /// For the remote's branches, in all.
    package var look: Duration = .seconds(30)
    /// For a fetch, in all.
    package var fetch: Duration = .seconds(600)

    package init() {}
}
