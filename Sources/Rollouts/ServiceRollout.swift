internal import Model

/// What one service needs next: the slots' turns, the failures they bear, and who serves.
struct ServiceRollout {
    let name: String
    let aim: Aim
    let containers: [Container]
    let view: View
    /// How this service's releases ended before, beyond what its containers tell.
    let memory: Memory.OfService
    /// Why the dependencies hold the service back; nil when they do not.
    let obstacle: String?

    func decide() -> ServiceDecision {
        switch aim {
        case .remove: remove()
        case .keep: keep()
        case .run(let goal, let fallback): run(goal, fallback: fallback)
        }
    }

    // MARK: Running

    private func run(_ goal: Goal, fallback: Goal?) -> ServiceDecision {
        let slots = slots(upTo: goal.service.replicas)
        let refusal = refusal(of: goal, slots: slots)
        // Only slots that were already replaced have somewhere to go back to.
        guard let refusal, goal.service.update.failureAction == .rollback,
            let fallback, fallback.spec != goal.spec,
            slots.contains(where: { $0.committed?.spec == goal.spec })
        else { return advance(slots, to: goal, policy: goal.service.update, refusal: refusal) }
        var decision = advance(
            slots,
            to: fallback,
            policy: goal.service.rollback,
            refusal: self.refusal(of: fallback, slots: slots)
        )
        decision.outcome = .failed(refusal)
        return decision
    }

    private func advance(
        _ slots: [Slot],
        to goal: Goal,
        policy: UpdatePolicy,
        refusal: String?
    ) -> ServiceDecision {
        var turns = Turns(goal: goal, policy: policy, slots: slots, view: view)
        var decision = ServiceDecision(version: goal.service.version)
        var servers: [SlotRollout.Server] = []
        for slot in slots {
            let permission = permission(
                for: slot,
                goal: goal,
                refusal: refusal,
                turns: &turns
            )
            let rollout = SlotRollout(
                goal: goal,
                slot: slot,
                view: view,
                policy: policy,
                permission: permission,
                backOff: Memory.repairBackOff
            )
            let next = rollout.decide()
            decision.add(next, of: slot)
            if let server = next.server { servers.append(server) }
            decision.add(
                Farewell(view: view, drainTimeout: goal.service.drainTimeout)
                    .decide(slot.superfluous(beside: rollout.candidate))
            )
        }
        decision.wake = earliest(decision.wake, turns.wake)
        dismiss(
            slotsBeyond: goal.service.replicas,
            in: &decision,
            timeout: goal.service.drainTimeout
        )
        decision.backends = backends(of: servers)
        decision.conclude(refusal: refusal)
        return decision
    }

    private func permission(
        for slot: Slot,
        goal: Goal,
        refusal: String?,
        turns: inout Turns
    ) -> SlotRollout.Permission {
        if let refusal { return .refused(refusal) }
        if let failed = slot.failed.first(where: { $0.spec == goal.spec }),
            slot.committed?.spec != goal.spec
        {
            return .refused("\(failed.name) failed")
        }
        if let obstacle { return .held(obstacle) }
        return turns.take(slot, for: goal)
    }

    // MARK: Failures

    /// Why no further slot goes to the goal; nil while the policy bears what failed.
    private func refusal(of goal: Goal, slots: [Slot]) -> String? {
        if let reason = memory.failures[goal.spec] { return reason }
        let update = goal.service.update
        let failed = slots.filter { $0.committed?.spec != goal.spec }
            .compactMap { slot in slot.failed.first { $0.spec == goal.spec } }
        guard let first = failed.first, update.failureAction != .continue,
            Double(failed.count) / Double(slots.count) > update.maxFailureRatio
        else { return nil }
        return "\(first.name) failed"
    }

    // MARK: Leaving

    private func remove() -> ServiceDecision {
        var decision = ServiceDecision(version: nil)
        decision.phases = Dictionary(
            containers.map { ($0.slot, .leaving) },
            uniquingKeysWith: { first, _ in first }
        )
        decision.add(
            Farewell(view: view, drainTimeout: Memory.defaultDrainTimeout).decide(containers)
        )
        decision.outcome = containers.isEmpty ? .steady : .progressing
        return decision
    }

    private func dismiss(
        slotsBeyond replicas: Int,
        in decision: inout ServiceDecision,
        timeout: Duration
    ) {
        let surplus = containers.filter { $0.slot > replicas }
        for container in surplus { decision.phases[container.slot] = .leaving }
        decision.add(Farewell(view: view, drainTimeout: timeout).decide(surplus))
    }

    /// Looks after the traffic only: who is up serves.
    private func keep() -> ServiceDecision {
        var decision = ServiceDecision(version: nil)
        let present = containers.filter { $0.state == .running && !$0.isFailed }
        let serving = present.filter(view.isServing)
        let standing = serving.isEmpty ? present.filter(\.isCommitted) : serving
        decision.backends = backends(of: standing.map { $0.isUp ? .sound($0) : .reluctant($0) })
        decision.outcome = .steady
        return decision
    }

    // MARK: Traffic

    /// The sound ones; where there are none, the reluctant ones: a port is never left without a
    /// container while one that is not bad runs.
    private func backends(of servers: [SlotRollout.Server]) -> [Backend] {
        var sound: [Container] = []
        var reluctant: [Container] = []
        for server in servers {
            switch server {
            case .sound(let container): sound.append(container)
            case .reluctant(let container): reluctant.append(container)
            }
        }
        return (sound.isEmpty ? reluctant : sound).sorted { $0.slot < $1.slot }.map { container in
            Backend(
                slot: container.slot,
                generation: container.generation,
                container: container.id,
                address: container.address,
                since: view.backend(of: container)?.since ?? view.now
            )
        }
    }

    private func slots(upTo replicas: Int) -> [Slot] {
        let bySlot = Dictionary(grouping: containers, by: \.slot)
        return (1...max(replicas, 1)).prefix(replicas).map { Slot($0, bySlot[$0] ?? []) }
    }
}

extension Container {
    var isFailed: Bool {
        if case .failed = name.role { return true }
        return false
    }

    var isCommitted: Bool { name.role == .committed }
}
