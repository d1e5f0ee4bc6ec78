package import Model
internal import Rollouts

/// Where an environment stands, for people and for programs.
package struct EnvironmentStatus: Sendable, Codable {
    /// The environment's name.
    package var environment: String
    /// The commit in force; nil where none is usable.
    package var revision: Revision?
    /// The newest commit.
    package var tip: Revision
    /// What is wrong with the newest commit.
    package var problems: [String]
    /// Whether the environment is suspended.
    package var isSuspended: Bool
    /// The process that acts on this state directory, if one does.
    package var controller: Int32?
    /// The services, by name.
    package var services: [ServiceStatus]

    /// Whether anything failed or cannot be used.
    package var hasFailed: Bool {
        !problems.isEmpty || services.contains { $0.state == .failed }
    }

    init(
        environment: String,
        reconciliation: Reconciliation,
        entries: [HistoryEntry],
        controller: Int32?
    ) {
        self.environment = environment
        self.controller = controller
        revision = reconciliation.wanted.desired?.revision
        tip = reconciliation.wanted.tip
        problems = reconciliation.wanted.problems.map(\.description)
        isSuspended = reconciliation.wanted.desired?.isSuspended ?? false
        let listed = reconciliation.wanted.desired?.services.map(\.name) ?? []
        let names = Set(listed).union(reconciliation.decisions.keys).sorted()
        services = names.map { ServiceStatus($0, reconciliation, entries) }
    }
}

/// Where one service stands.
package struct ServiceStatus: Hashable, Sendable, Codable {
    /// In one word.
    package enum State: String, Sendable, Codable {
        /// As it should be.
        case ready
        /// On its way to another spec.
        case updating
        /// Held back by something else.
        case waiting
        /// Its release failed; what ran before runs on.
        case failed
        /// On its way out.
        case leaving
    }

    /// The service's name.
    package var name: String
    /// In one word.
    package var state: State
    /// The version that the revision wants.
    package var wanted: String?
    /// The versions that serve.
    package var serving: [String]
    /// Slots that serve, of how many.
    package var ready: Int
    /// How many slots there should be.
    package var replicas: Int
    /// What is going on, slot by slot, or why it failed.
    package var message: String
    /// When the service last went to another spec.
    package var since: Moment?

    /// Names where a service stands.
    package init(
        name: String,
        state: State,
        wanted: String? = nil,
        serving: [String] = [],
        ready: Int = 0,
        replicas: Int = 1,
        message: String = ""
    ) {
        self.name = name
        self.state = state
        self.wanted = wanted
        self.serving = serving
        self.ready = ready
        self.replicas = replicas
        self.message = message
    }

    init(_ name: String, _ reconciliation: Reconciliation, _ entries: [HistoryEntry]) {
        let state = reconciliation.observation.state
        let service = reconciliation.wanted.desired?.service(named: name)
        let decision = reconciliation.decisions[name]
        let backends = state.serving[name] ?? []
        self.name = name
        wanted = service.map { $0.version ?? $0.image.tag ?? "latest" }
        replicas = service?.replicas ?? 0
        let containers = state.containers.filter { container in
            backends.contains { $0.isContainer(container.id) }
        }
        serving = Set(containers.map(\.version)).sorted()
        ready = containers.count { $0.health != .unhealthy }
        since = entries.last { $0.service == name && $0.kind == .updated }?.time
        if let reason = reconciliation.unresolved[name]?.reason {
            self.state = .failed
            message = reason
            return
        }
        switch decision?.outcome {
        case .failed(let reason):
            self.state = .failed
            let last = entries.last { $0.service == name && $0.kind == .failed }
            message = last?.detail ?? reason
            if let kept = state.containers.last(where: { $0.service == name && $0.name.isFailed }) {
                message += "; its logs: docker logs \(kept.name)"
            }
        case .waiting(let reason):
            self.state = .waiting
            message = reason
        case .steady where service != nil:
            self.state = .ready
            message = service?.isJob == true ? "completed" : ""
        case .progressing, .steady, nil:
            self.state = service == nil ? .leaving : .updating
            message = (decision?.phases ?? [:]).sorted { $0.key < $1.key }
                .filter { $0.value != .steady }
                .map { "slot \($0.key) \($0.value.words)" }
                .joined(separator: ", ")
            if service != nil, message.isEmpty { self.state = .ready }
        }
    }
}

extension ContainerName {
    var isFailed: Bool {
        if case .failed = role { return true }
        return false
    }
}

extension Phase {
    /// In a few words.
    var words: String {
        switch self {
        case .steady: "ready"
        case .completed: "completed"
        case .waiting(let reason): reason
        case .creating: "creating"
        case .starting: "starting"
        case .warming(let reason): "not ready yet: \(reason)"
        case .switching: "switching traffic"
        case .monitoring: "serving, monitored"
        case .committing: "committing"
        case .leaving: "terminating"
        case .failed(let reason): "failed: \(reason)"
        }
    }
}
