package import Model

/// Desired state against observed state: what plans and drift reports are computed from.
package struct Comparison: Sendable {
    package var desired: DesiredState
    /// The services with their digests, by name; without those that could not be resolved.
    package var goals: [String: Goal]
    package var observed: ObservedState
    package var inputs: DriftInputs

    package init(
        desired: DesiredState,
        goals: [String: Goal],
        observed: ObservedState,
        inputs: DriftInputs
    ) {
        self.desired = desired
        self.goals = goals
        self.observed = observed
        self.inputs = inputs
    }

    /// One slot of a service, with the containers in it.
    struct Slot {
        var goal: Goal
        var name: ContainerName
        var committed: Container?
        var others: [Container]
    }

    /// The desired slots in order; a job that has completed needs none.
    func slots(of goal: Goal) -> [Slot] {
        let service = goal.service
        guard !inputs.completed.contains(service.name) else { return [] }
        let containers = observed.containers.filter { $0.service == service.name }
        return (0..<max(service.replicas, 0)).map { index in
            let here = containers.filter { $0.slot == index + 1 }
            let base =
                service.containerName
                ?? ContainerName.base(
                    environment: desired.environment,
                    service: service.name,
                    slot: index + 1
                )
            // Compose may have started a container again that was replaced before.
            let own = here.filter { $0.name.role == .committed }
            let committed = own.first { !$0.isAdopted } ?? own.first
            return Slot(
                goal: goal,
                name: ContainerName(base: base),
                committed: committed,
                others: here.filter { $0.id != committed?.id }
            )
        }
    }

    /// Containers outside the desired slots.
    var surplus: [Container] {
        observed.containers.filter { container in
            guard let service = desired.service(named: container.service) else { return true }
            return container.slot > service.replicas
        }
        .sorted { ($0.service, $0.slot, $0.generation) < ($1.service, $1.slot, $1.generation) }
    }
}

extension Container.State {
    /// As `docker ps` names it.
    var words: String {
        switch self {
        case .created: "created"
        case .running: "running"
        case .restarting: "restarting"
        case .paused: "paused"
        case .exited(let code): "exited (\(code))"
        case .dead: "dead"
        }
    }
}

extension Goal {
    /// The version, or what stands in for it.
    var version: String { service.version ?? image.tag ?? "latest" }
}
