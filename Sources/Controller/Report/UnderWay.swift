internal import Model
internal import Planning
internal import Rollouts

extension Reconciliation {
    /// What will still change although no call is to be made now: containers that get ready to
    /// serve, and containers that are waited for until they may go.
    var underWay: [Change] {
        decisions.sorted { $0.key < $1.key }.filter { !$0.value.isSettled }.flatMap {
            (name, decision) in
            let slots = decision.phases.sorted { $0.key < $1.key }
                .filter { $0.value != .steady && $0.value != .completed }
                .map { slot, phase in
                    Change(
                        .finish,
                        service: name,
                        subject: "\(name)/\(slot)",
                        to: decision.version ?? "",
                        reason: phase.words
                    )
                }
            return slots.isEmpty ? leaving(name) : slots
        }
    }

    private func leaving(_ service: String) -> [Change] {
        observation.state.containers.filter { container in
            container.service == service && container.state == .running
                && container.name.role != .committed
        }
        .sorted { ($0.slot, $0.generation) < ($1.slot, $1.generation) }
        .map { container in
            Change(
                .finish,
                service: service,
                subject: "\(container.name)",
                from: container.version,
                reason: "replaced; draining connections"
            )
        }
    }
}
