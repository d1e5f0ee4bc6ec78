/// A commit of the fleet repository.
package struct Revision: Hashable, Sendable, Codable {
    /// The full commit id, lowercase hex.
    package var id: String
    /// The author's name.
    package var author: String
    /// When the commit was made.
    package var date: Moment
    /// The first line of the message.
    package var subject: String

    /// Describes a commit.
    package init(id: String, author: String, date: Moment, subject: String) {
        self.id = id
        self.author = author
        self.date = date
        self.subject = subject
    }

    /// The first seven digits of the id, as git abbreviates.
    package var short: String { String(id.prefix(7)) }
}
