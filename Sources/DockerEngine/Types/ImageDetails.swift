/// An image as its inspection shows it.
package struct ImageDetails: Sendable, Equatable {
    /// Its ID: the digest of its configuration, or on the containerd store of its manifest or
    /// index.
    package let id: String

    /// The names it has here, with their tags.
    package let repoTags: [String]

    /// The digests it was pulled by, as `name@sha256:…` with Docker's short names.
    package let repoDigests: [String]

    /// When it was built; nil if it does not say.
    package let createdAt: Timestamp?

    /// Its size, bytes.
    package let size: Int64

    /// The processor it is for, such as `amd64`.
    package let architecture: String

    /// Which kind of that processor, such as `v8`.
    package let variant: String?

    /// The operating system it is for.
    package let os: String

    /// What a container of it runs, unless told otherwise.
    package let config: ContainerConfig
}

extension ImageDetails: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case repoTags = "RepoTags"
        case repoDigests = "RepoDigests"
        case createdAt = "Created"
        case size = "Size"
        case architecture = "Architecture"
        case variant = "Variant"
        case os = "Os"
        case config = "Config"
    }

    /// Reads Docker's object.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        repoTags = try container.decodeIfPresent([String].self, forKey: .repoTags) ?? []
        repoDigests = try container.decodeIfPresent([String].self, forKey: .repoDigests) ?? []
        createdAt = try container.timestamp(.createdAt)
        size = try container.decodeIfPresent(Int64.self, forKey: .size) ?? 0
        architecture = try container.decodeIfPresent(String.self, forKey: .architecture) ?? ""
        variant = try container.decodeIfPresent(String.self, forKey: .variant)
        os = try container.decodeIfPresent(String.self, forKey: .os) ?? ""
        config =
            try container.decodeIfPresent(ContainerConfig.self, forKey: .config)
            ?? ContainerConfig()
    }
}
