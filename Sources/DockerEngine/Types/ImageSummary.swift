/// An image as the list shows it.
public struct ImageSummary: Sendable, Equatable, Decodable {
    /// Its ID.
    public let id: String

    /// The names it has here, with their tags.
    public let repoTags: [String]?

    /// The digests it was pulled by, as `name@sha256:…`.
    public let repoDigests: [String]?

    /// When it was built, in seconds since 1970.
    public let createdSeconds: Int64?

    /// Its size, bytes.
    public let size: Int64?

    /// Its labels.
    public let labels: [String: String]?

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case repoTags = "RepoTags"
        case repoDigests = "RepoDigests"
        case createdSeconds = "Created"
        case size = "Size"
        case labels = "Labels"
    }
}

/// One thing that went when an image was removed.
public struct RemovedImage: Sendable, Equatable, Decodable {
    /// A name that is gone.
    public let untagged: String?

    /// An image or layer that is gone.
    public let deleted: String?

    private enum CodingKeys: String, CodingKey {
        case untagged = "Untagged"
        case deleted = "Deleted"
    }
}
