/// When Docker starts a container again that has ended.
package struct RestartPolicy: Sendable, Equatable, Codable {
    /// `no`, `always`, `unless-stopped` or `on-failure`; empty is `no`.
    package var name: String?

    /// How often for `on-failure`; 0 for no limit.
    package var maximumRetryCount: Int?

    /// Makes a policy.
    package init(name: String? = nil, maximumRetryCount: Int? = nil) {
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
