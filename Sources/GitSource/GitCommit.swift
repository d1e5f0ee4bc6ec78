/// One commit, as people speak of it.
package struct GitCommit: Equatable, Sendable {
    /// A moment with the time zone of the person who wrote it down.
    package struct Moment: Equatable, Sendable {
        /// Seconds since 1970-01-01 00:00 UTC.
        package let secondsSince1970: Int64
        /// Minutes east of UTC.
        package let offsetMinutes: Int
    }

    /// Who, and when.
    package struct Signature: Equatable, Sendable {
        /// The name, as git was told it, without what is not printable; at most 200 characters.
        package let name: String
        /// The address, likewise; nobody has checked it.
        package let email: String
        /// When, by that person's clock.
        package let when: Moment
    }

    /// The commit's name.
    package let id: CommitID
    /// Who wrote the change.
    package let author: Signature
    /// Who put it into the history; differs from `author` after a rebase or a merge by a service.
    package let committer: Signature
    /// The first paragraph of the message on one line, without what is not printable; at most 200
    /// characters.
    package let subject: String
    /// The commits it follows: none for a root, more than one for a merge.
    package let parents: [CommitID]

    /// The first seven digits of `id`.
    package var shortID: String { id.short }
}
