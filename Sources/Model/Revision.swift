/// A commit of the fleet repository.
public struct Revision: Hashable, Sendable, Codable {
    /// The full commit id, lowercase hex.
    public var id: String
    /// The author's name.
    public var author: String
    /// When the commit was made.
    public var date: Moment
    /// The first line of the message.
    public var subject: String

    /// Describes a commit.
    public init(id: String, author: String, date: Moment, subject: String) {
        self.id = id
        self.author = author
        self.date = date
        self.subject = subject
    }

    /// The first seven digits of the id, as git abbreviates.
    public var short: String { String(id.prefix(7)) }
}
