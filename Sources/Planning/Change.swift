/// One thing that an apply would do, and why.
package struct Change: Hashable, Sendable, Codable {
    /// What would be done.
    package enum Action: String, Sendable, Codable {
        /// A container, network or volume that is not there.
        case create
        /// A container of another spec.
        case update
        /// A container that Compose created.
        case adopt
        /// A container that ended, or is paused.
        case start
        /// A container that is unhealthy.
        case replace
        /// A container that is not wanted.
        case remove
        /// Rules of the traffic table.
        case traffic
        /// Something that was begun: a candidate that is not committed, a container that drains.
        case finish
        /// Nothing, although something differs, until somebody acts.
        case blocked
    }

    /// What would be done.
    package var action: Action
    /// The service, or empty for what belongs to the whole environment.
    package var service: String
    /// The container's name, or that of another object.
    package var subject: String
    /// What is there now.
    package var from: String
    /// What would be there.
    package var to: String
    /// Why.
    package var reason: String

    /// Names a change.
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
