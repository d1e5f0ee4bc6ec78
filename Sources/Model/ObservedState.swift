/// The containers and the traffic of an environment as they are now.
package struct ObservedState: Sendable {
    /// What Berth's own look at a container said.
    package enum Acceptance: Hashable, Sendable {
        /// The probe answered, and every published port accepts a connection.
        case accepting
        /// Not yet, and why.
        case refusing(String)
    }

    /// Every container with the environment's label, whatever its role and state.
    package var containers: [Container]
    /// Who serves, by service, as read from the traffic table.
    package var serving: [String: [Backend]]
    /// What Berth's own look said, by container id; only for those that were asked.
    package var acceptance: [String: Acceptance]
    /// Established connections by container id; only where they could be counted.
    package var connections: [String: Int]
    /// Since when a running container has been out of the table, by container id.
    package var idleSince: [String: Moment]
    /// Containers that a stop is under way for, by id: they still run, and soon do not.
    package var stopping: Set<String>
    /// The services that are to have host ports of another which is no longer described, and that
    /// can run beside it, by the name of that one.
    package var heirs: [String: Set<String>] = [:]
    /// When Docker's daemon last started, which ends containers that did nothing wrong; nil where
    /// that is not known.
    package var daemonStarted: Moment?

    /// Gathers an observation.
    package init(
        containers: [Container] = [],
        serving: [String: [Backend]] = [:],
        acceptance: [String: Acceptance] = [:],
        connections: [String: Int] = [:],
        idleSince: [String: Moment] = [:],
        stopping: Set<String> = [],
        daemonStarted: Moment? = nil
    ) {
        self.containers = containers
        self.serving = serving
        self.acceptance = acceptance
        self.connections = connections
        self.idleSince = idleSince
        self.stopping = stopping
        self.daemonStarted = daemonStarted
    }

    /// Whether the container is in the table.
    package func isServing(_ container: Container) -> Bool {
        serving[container.service]?.contains { $0.isContainer(container.id) } ?? false
    }

    /// Containers whose record in Docker's list says too little: those in motion, those that ended,
    /// and those that run without serving.
    package var inMotion: [Container] {
        containers.filter { container in
            container.name.role != .committed || container.state != .running
                || !isServing(container)
        }
    }
}
