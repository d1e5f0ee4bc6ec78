/// One field of an object that differs from its desired state.
package struct FieldDifference: Hashable, Sendable, Codable {
    /// In Compose's words, as `user` or `environment.LOG_LEVEL`.
    package var field: String
    /// What the revision says; never a secret, and never an environment variable's value.
    package var desired: String
    package var actual: String

    package init(field: String, desired: String, actual: String) {
        self.field = field
        self.desired = desired
        self.actual = actual
    }
}

/// What a plan and a drift report know beyond the observed state: found by more than a pass asks.
package struct DriftInputs: Sendable {
    /// What a registry's tag points to now.
    package enum Tag: Hashable, Sendable {
        /// Another image than the running one.
        case moved(to: String)
        /// The registry does not have it.
        case missing
    }

    /// How containers differ from their goal, by container id.
    package var fields: [String: [FieldDifference]] = [:]
    /// How the traffic table differs from the routes, by service; "" is what all services share.
    package var traffic: [String: [FieldDifference]] = [:]
    /// Tags that no longer point to what runs, by service.
    package var tags: [String: Tag] = [:]
    /// Names of missing networks and volumes.
    package var preparations: [String] = []
    /// Names of networks to remove.
    package var leftovers: [String] = []
    /// More to say about some networks and volumes, by name.
    package var notes: [String: String] = [:]
    /// Services without a goal, and why.
    package var unresolved: [String: String] = [:]
    /// Drift of networks, volumes and other objects beside containers and traffic.
    package var objects: [Drift] = []
    /// Jobs that completed for their goal, whether or not their container still exists.
    package var completed: Set<String> = []
    /// Compose projects that have resources which services need.
    package var rivalProjects: Set<String> = []
    /// Whether the host has nothing of the adopted project.
    package var isProjectMissing = false
    /// Names of containers of the adopted project that no service replaces.
    package var bystanders: [String] = []
    /// How long services were out of service in their last stop-first update.
    package var outages: [String: Duration] = [:]

    package init() {}
}
