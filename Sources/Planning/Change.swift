/// One thing that an apply would do, and why.
package struct Change: Hashable, Sendable, Codable {
    package enum Action: String, Sendable, Codable {
        /// A missing container, network or volume.
        case create
        /// A container of another spec.
        case update
        /// A container that Compose created.
        case adopt
        /// A container that ended, or is paused.
        case start
        /// A container that is unhealthy, or lost a network.
        case replace
        /// A container or network that the revision does not have.
        case remove
        /// Rules of the traffic table.
        case traffic
        /// A rollout in progress: a candidate that is not committed, a container that drains.
        case finish
        /// A difference that stays until its reason is resolved.
        case blocked
    }

    package var action: Action
    /// Empty for what belongs to the whole environment.
    package var service: String
    /// The container's name, or that of another object.
    package var subject: String
    package var from: String
    package var to: String
    package var reason: String

    package init(
        _ action: Action,
        service: String,
        subject: String,
        from: String = "",
        to: String = "",
        reason: String
    ) {
        self.action = action
        self.service = service
        self.subject = subject
        self.from = from
        self.to = to
        self.reason = reason
    }
}
