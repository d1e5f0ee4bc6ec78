/// What the daemon says about itself before a version of the API is agreed on.
package struct EnginePing: Sendable, Equatable {
    /// The newest version the daemon speaks.
    package let offered: APIVersion

    /// The version this client speaks with it.
    package let negotiated: APIVersion

    /// The daemon's part in a swarm, such as `active/manager` or `inactive`; nil before Docker
    /// 20.10.
    package let swarm: String?
}
