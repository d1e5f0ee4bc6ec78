/// When Docker starts a container again that has ended.
public struct RestartPolicy: Sendable, Equatable, Codable {
    /// `no`, `always`, `unless-stopped` or `on-failure`; empty is `no`.
    public var name: String?

    /// How often for `on-failure`; 0 for no limit.
    public var maximumRetryCount: Int?

    /// Makes a policy.
    public init(name: String? = nil, maximumRetryCount: Int? = nil) {
        self.name = name
        self.maximumRetryCount = maximumRetryCount
    }

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case maximumRetryCount = "MaximumRetryCount"
    }
}

/// What changes about a container that exists.
struct ContainerUpdateBody: Encodable {
    let restartPolicy: RestartPolicy

    private enum CodingKeys: String, CodingKey {
        case restartPolicy = "RestartPolicy"
    }
}
