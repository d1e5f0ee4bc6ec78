/// One commit, as people speak of it.
public struct GitCommit: Equatable, Sendable {
    /// A moment with the time zone of the person who wrote it down.
    public struct Moment: Equatable, Sendable {
        /// Seconds since 1970-01-01 00:00 UTC.
        public let secondsSince1970: Int64
        /// Minutes east of UTC.
        public let offsetMinutes: Int
    }

    /// Who, and when.
    public struct Signature: Equatable, Sendable {
        /// The name, as git was told it, without what is not printable; at most 200 characters.
        public let name: String
        /// The address, likewise; nobody has checked it.
        public let email: String
        /// When, by that person's clock.
        public let when: Moment
    }

    /// The commit's name.
    public let id: CommitID
    /// Who wrote the change.
    public let author: Signature
    /// Who put it into the history; differs from `author` after a rebase or a merge by a service.
    public let committer: Signature
    /// The first paragraph of the message on one line, without what is not printable; at most 200
    /// characters.
    public let subject: String
    /// The commits it follows: none for a root, more than one for a merge.
    public let parents: [CommitID]

    /// The first seven digits of `id`.
    public var shortID: String { id.short }
}
