package import Model

/// From what is wanted and what is there to what to do next: a pure function, asked at every pass.
///
/// It has no state of its own.
/// Who is who is read from container names and labels, who serves from the traffic table; so
/// whoever asks next, after a crash or a reboot, gets the continuation of what was begun.
package struct Rollout: Sendable {
    /// What is to become of each service; services with containers that are missing here go away.
    package var intents: [String: ServiceIntent]
    /// How releases ended before.
    package var memory: ReleaseRecord

    /// Wants what it is given.
    package init(intents: [String: ServiceIntent], memory: ReleaseRecord = ReleaseRecord()) {
        self.intents = intents
        self.memory = memory
    }

    /// What each service needs next.
    ///
    /// The backends of all services are to be put into the table first; the steps were decided
    /// against the table as observed, and stay right whichever of both comes first.
    package func decide(_ observed: ObservedState, at now: Moment) -> [String: ServiceDecision] {
        let containers = Dictionary(grouping: observed.containers, by: \.service)
        let isTakingOver = isTakingOver(containers)
        var decisions: [String: ServiceDecision] = [:]
        for name in inOrder(Set(intents.keys).union(containers.keys).union(observed.serving.keys)) {
            let rollout = ServiceRollout(
                name: name,
                intent: intents[name] ?? (isAwaited(name, observed) ? .keep : .remove),
                containers: containers[name] ?? [],
                snapshot: ServiceSnapshot(of: name, in: observed, at: now),
                memory: memory.services[name] ?? ReleaseRecord.OfService(),
                obstacle: obstacle(for: name, decisions: decisions),
                holdsAdopted: isTakingOver
            )
            decisions[name] = rollout.decide()
        }
        return decisions
    }

    /// Whether a container of the adopted project still runs in its slot.
    ///
    /// Until then those that were replaced run on where they can: an old container may have looked
    /// their addresses up once and for all.
    private func isTakingOver(_ containers: [String: [Container]]) -> Bool {
        containers.contains { name, containers in
            let replicas: Int? =
                switch intents[name] {
                case .run(let goal, _): goal.service.replicas
                case .keep: nil
                case .remove, nil: 0
                }
            return Dictionary(grouping: containers, by: \.slot).contains { number, members in
                guard number <= replicas ?? number else { return false }
                return Slot(number, members).committed.map { $0.isAdopted && $0.isAlive } ?? false
            }
        }
    }

    /// Whether a service that is to go serves on until another one can take its host ports.
    private func isAwaited(_ name: String, _ observed: ObservedState) -> Bool {
        observed.heirs[name]?.contains { heir in
            guard observed.serving[heir]?.isEmpty ?? true else { return false }
            return switch intents[heir] {
            case .run(let goal, _): goal.service.replicas > 0
            // Its image may not be known yet.
            case .keep: true
            case .remove, nil: false
            }
        } ?? false
    }

    /// Dependencies before what waits for them; otherwise by name.
    private func inOrder(_ names: Set<String>) -> [String] {
        var ordered: [String] = []
        var visited: Set<String> = []
        func visit(_ name: String) {
            guard visited.insert(name).inserted else { return }
            for dependency in dependencies(of: name) { visit(dependency.service) }
            if names.contains(name) { ordered.append(name) }
        }
        for name in names.sorted() { visit(name) }
        return ordered
    }

    private func dependencies(of name: String) -> [Dependency] {
        guard case .run(let goal, _) = intents[name] else { return [] }
        return goal.service.dependencies
    }

    /// The first dependency that is not there yet.
    private func obstacle(for name: String, decisions: [String: ServiceDecision]) -> String? {
        for dependency in dependencies(of: name) {
            guard isExpected(dependency.service, decisions) else {
                if dependency.isRequired { return "waiting for \(dependency.service)" }
                continue
            }
            guard let decision = decisions[dependency.service],
                !decision.satisfies(dependency.condition)
            else { continue }
            if case .failed = decision.outcome { return "\(dependency.service) failed" }
            return "waiting for \(dependency.service)"
        }
        return nil
    }

    /// Whether the service is there or is to come; not where it stays as it is, which is nothing.
    private func isExpected(_ name: String, _ decisions: [String: ServiceDecision]) -> Bool {
        switch intents[name] {
        case .run: true
        case .keep: decisions[name]?.phases.isEmpty == false
        case .remove, nil: false
        }
    }
}
