/// One field of a container that is not as the goal says.
package struct FieldDifference: Hashable, Sendable, Codable {
    /// In Compose's words, as `user` or `environment.LOG_LEVEL`.
    package var field: String
    /// What the revision says; never a secret, and never an environment variable's value.
    package var desired: String
    /// What the host has.
    package var actual: String

    /// Names a difference.
    package init(field: String, desired: String, actual: String) {
        self.field = field
        self.desired = desired
        self.actual = actual
    }
}

/// What was found beyond containers and backends, by asking more than a pass does.
package struct DriftInputs: Sendable {
    /// What a registry's tag points at, seen from what runs.
    package enum Tag: Hashable, Sendable {
        /// At another image than the one that runs.
        case moved(to: String)
        /// At nothing: the registry does not have it.
        case missing
    }

    /// How containers differ from their goal, by container id.
    package var fields: [String: [FieldDifference]]
    /// How the table differs from what it should be, by service; "" is the table's frame.
    package var traffic: [String: [FieldDifference]]
    /// Tags that no longer point at what runs, by service.
    package var tags: [String: Tag]
    /// Networks and volumes that are still to be made, by name.
    package var preparations: [String]
    /// Networks that are to be removed, by name.
    package var leftovers: [String] = []
    /// What else there is to say of some of them, by name.
    package var notes: [String: String]
    /// Services whose goal could not be found out, and why.
    package var unresolved: [String: String]
    /// What differs beside containers and traffic.
    package var objects: [Drift]
    /// Jobs that ran to their end for their goal, whether or not a container still tells.
    package var completed: Set<String> = []
    /// Compose projects that have what services want.
    package var rivalProjects: Set<String> = []
    /// Whether the host has nothing of the adopted project.
    package var isProjectMissing = false
    /// Containers of the adopted project that no service replaces, by name.
    package var bystanders: [String] = []
    /// How long services were out of service in their last stop-first update.
    package var outages: [String: Duration] = [:]

    /// Gathers inputs.
    package init(
        fields: [String: [FieldDifference]] = [:],
        traffic: [String: [FieldDifference]] = [:],
        tags: [String: Tag] = [:],
        preparations: [String] = [],
        notes: [String: String] = [:],
        unresolved: [String: String] = [:],
        objects: [Drift] = []
    ) {
        self.fields = fields
        self.traffic = traffic
        self.tags = tags
        self.preparations = preparations
        self.notes = notes
        self.unresolved = unresolved
        self.objects = objects
    }
}
