internal import Digests
internal import Model

/// What one service needs next: the slots' turns, the failures they bear, and who serves.
struct ServiceRollout {
    let name: String
    let intent: ServiceIntent
    let containers: [Container]
    let snapshot: ServiceSnapshot
    /// How this service's releases ended before, beyond what its containers tell.
    let memory: ReleaseRecord.OfService
    /// Why the dependencies hold the service back; nil when they do not.
    let obstacle: String?
    /// Whether containers of the adopted project that were replaced run on.
    let holdsAdopted: Bool

    func decide() -> ServiceDecision {
        var decision =
            switch intent {
            case .remove: remove()
            case .keep: keep()
            case .run(let goal, let fallback): run(goal, fallback: fallback)
            }
        // The one rule that nothing may break, whatever was reasoned before.
        decision.spare(snapshot.serving + decision.backends)
        if holdsAdopted, mayRunBesideItself { decision.holdAdopted() }
        if hasIncumbents { decision.holdSurplus() }
        decision.conclude(table: snapshot.serving)
        return decision
    }

    /// Whether a slot still has the container of the adopted project as its own.
    private var hasIncumbents: Bool {
        guard case .run(let goal, _) = intent else { return true }
        return slots(upTo: goal.service.replicas).contains { $0.committed?.isAdopted == true }
    }

    private var mayRunBesideItself: Bool {
        if case .run(let goal, _) = intent {
            goal.service.update.order == .startFirst
        } else {
            true
        }
    }

    // MARK: Running

    private func run(_ goal: Goal, fallback: Goal?) -> ServiceDecision {
        let slots = slots(upTo: goal.service.replicas)
        let refusal = refusal(of: goal, under: goal.service.update, slots: slots)
        // A job is never taken back by running an older one.
        guard let refusal, goal.service.update.failureAction == .rollback, !goal.service.isJob,
            let fallback, fallback.spec != goal.spec
        else {
            let course = Course(
                goal: goal,
                policy: goal.service.update,
                wanted: goal.spec,
                refusal: refusal
            )
            return advance(slots, on: course, replicas: goal.service.replicas)
        }
        var policy = goal.service.rollback
        // What must not run beside itself on the way there must not on the way back.
        if goal.service.update.order == .stopFirst { policy.order = .stopFirst }
        let course = Course(
            goal: fallback,
            policy: policy,
            wanted: goal.spec,
            refusal: self.refusal(of: fallback, under: policy, slots: slots)
        )
        var decision = advance(slots, on: course, replicas: goal.service.replicas)
        decision.failures[goal.spec] = refusal
        decision.failedRelease = refusal
        return decision
    }

    private func advance(
        _ slots: [Slot],
        on course: Course,
        replicas: Int
    ) -> ServiceDecision {
        let goal = course.goal
        var turns = RollingLimit(
            goal: goal,
            policy: course.policy,
            slots: slots,
            snapshot: snapshot
        )
        var decision = ServiceDecision(version: goal.service.version, slots: slots.count)
        var endpoints: [Endpoint] = []
        for slot in slots {
            let rollout = SlotRollout(
                goal: goal,
                slot: slot,
                snapshot: snapshot,
                policy: course.policy,
                permission: permission(for: slot, on: course, turns: &turns),
                isCompleted: goal.service.isJob && memory.completions.contains(goal.spec)
            )
            let next = rollout.decide()
            decision.add(next, of: slot)
            if let endpoint = next.endpoint { endpoints.append(endpoint) }
            let subjects = Set(next.steps.map(\.subject))
            let leaving = slot.superfluous(beside: rollout.candidate, wanted: course.wanted)
                .filter { !subjects.contains($0.id) }
            decision.add(dismiss(leaving, on: course))
        }
        decision.requeueAt = earliest(decision.requeueAt, turns.requeueAt)
        endpoints += dismissSurplus(beyond: replicas, on: course, in: &decision)
        decision.backends = snapshot.backends(of: endpoints)
        if let reason = course.refusal { decision.failures[goal.spec] = reason }
        return decision
    }

    private func permission(
        for slot: Slot,
        on course: Course,
        turns: inout RollingLimit
    ) -> SlotRollout.Permission {
        let goal = course.goal
        if let refusal = course.refusal { return .refused(refusal) }
        if let failed = slot.failure(of: goal) { return .refused("\(failed.name) failed") }
        if let obstacle { return .held(obstacle) }
        return turns.take(slot, for: goal)
    }

    // MARK: Failures

    /// Why no further slot goes to the goal; nil while the policy bears what failed.
    private func refusal(
        of goal: Goal,
        under policy: UpdatePolicy,
        slots: [Slot]
    ) -> String? {
        guard slots.contains(where: { $0.committed?.spec != goal.spec }) else { return nil }
        if let reason = memory.failures[goal.spec] { return reason }
        let failed = slots.compactMap { $0.failure(of: goal) }
        guard let first = failed.first, policy.failureAction != .continue,
            Double(failed.count) / Double(slots.count) > policy.maxFailureRatio
        else { return nil }
        return "\(first.name) failed"
    }

    // MARK: Leaving

    private func remove() -> ServiceDecision {
        var decision = ServiceDecision(version: nil, slots: 0)
        for container in containers { decision.phases[container.slot] = .leaving }
        decision.add(
            Termination(snapshot: snapshot, drainTimeout: ReleaseRecord.defaultDrainTimeout).decide(
                containers
            )
        )
        return decision
    }

    /// With stop-first nothing of the slot runs until a container has gone, so its connections are
    /// not waited for where it failed or nothing else serves.
    private func dismiss(_ leaving: [Container], on course: Course) -> Termination.Decision {
        let isUrgent = { (container: Container) in
            course.policy.order == .stopFirst
                && (container.isFailed || !snapshot.isReplaced(container))
        }
        let timeout = course.goal.service.drainTimeout
        var decision = Termination(snapshot: snapshot, drainTimeout: nil).decide(
            leaving.filter(isUrgent)
        )
        let others = Termination(snapshot: snapshot, drainTimeout: timeout)
            .decide(leaving.filter { !isUrgent($0) })
        decision.steps += others.steps
        decision.requeueAt = earliest(decision.requeueAt, others.requeueAt)
        return decision
    }

    /// Slots beyond the wanted ones leave the table as soon as a wanted one serves.
    private func dismissSurplus(
        beyond replicas: Int,
        on course: Course,
        in decision: inout ServiceDecision
    ) -> [Endpoint] {
        let surplus = containers.filter { $0.slot > replicas }
        for container in surplus { decision.phases[container.slot] = .leaving }
        decision.add(
            Termination(snapshot: snapshot, drainTimeout: course.goal.service.drainTimeout).decide(
                surplus
            )
        )
        guard replicas > 0, !course.goal.service.isJob else { return [] }
        return surplus.filter {
            snapshot.isUp($0) && !$0.isFailed && course.goal.service.reaches($0)
        }
        .filter(snapshot.isServing)
        .map { Endpoint(container: $0, grade: .terminating) }
    }

    private func slots(upTo replicas: Int) -> [Slot] {
        let bySlot = Dictionary(grouping: containers, by: \.slot)
        return (1...max(replicas, 1)).prefix(replicas).map { Slot($0, bySlot[$0] ?? []) }
    }
}

/// Where a service's slots are going, and how.
struct Course {
    let goal: Goal
    let policy: UpdatePolicy
    /// The spec that was asked for; not the goal's when the service goes back to what was good.
    let wanted: Digest
    /// Why no further slot goes to the goal.
    let refusal: String?
}

extension Slot {
    /// The container that tells that the goal failed here.
    fileprivate func failure(of goal: Goal) -> Container? {
        committed?.spec == goal.spec ? nil : failed.first { $0.spec == goal.spec }
    }
}
