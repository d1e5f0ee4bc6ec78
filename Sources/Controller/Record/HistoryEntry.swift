package import Model

/// One line of the history: what happened to an environment.
package struct HistoryEntry: Hashable, Sendable, Codable {
    /// What happened.
    package enum Kind: String, Sendable, Codable {
        /// A revision became the desired state.
        case accepted
        /// A revision cannot be used; the last good one stays.
        case invalid
        /// A service began to go to another spec.
        case updating
        /// A service's new containers serve and have taken over.
        case updated
        /// A service's new spec failed; what ran before runs on.
        case failed
        /// Somebody asked to try a failed spec again.
        case retried
        /// A service that is no longer listed is gone.
        case removed
        /// Something differs although nobody committed it.
        case drifted
        /// What differed does no longer.
        case repaired
    }

    /// When.
    package var time: Moment
    /// Where.
    package var environment: String
    /// What.
    package var kind: Kind
    /// The commit in force.
    package var revision: String?
    /// The service that it is about.
    package var service: String?
    /// The version before.
    package var from: String?
    /// The version after.
    package var to: String?
    /// The spec that failed, or that is tried again.
    package var spec: String?
    /// What else there is to say; for drift what identifies the difference.
    package var detail: String?
    /// How long it took.
    package var milliseconds: Int64?
    /// For how many milliseconds of that no container of the service was in the traffic table.
    package var outage: Int64?

    /// Makes an entry.
    package init(
        _ kind: Kind,
        at time: Moment,
        environment: String,
        revision: String? = nil,
        service: String? = nil,
        from: String? = nil,
        to: String? = nil,
        spec: String? = nil,
        detail: String? = nil,
        milliseconds: Int64? = nil
    ) {
        self.time = time
        self.environment = environment
        self.kind = kind
        self.revision = revision
        self.service = service
        self.from = from
        self.to = to
        self.spec = spec
        self.detail = detail
        self.milliseconds = milliseconds
    }
}
