internal import Model

/// What one slot needs next to run a goal's container.
///
/// The phase is derived from names, states and the traffic table alone, so it can be taken up by
/// anybody, at any point, after any crash.
struct SlotRollout {
    /// What the rest of the service and of the environment allow this slot.
    enum Permission: Equatable {
        case granted
        /// Not now, and why.
        case held(String)
        /// The spec failed before, and how.
        case refused(String)
    }

    struct Decision {
        var phase: Phase
        /// The container that new connections of this slot go to.
        var endpoint: Endpoint?
        /// The next calls, on different subjects; none while something is waited for.
        var steps: [Step] = []
        /// When waiting is over at the latest.
        var requeueAt: Moment?
        /// Serves no longer, even if nobody takes its place.
        var dismissed: Container?
    }

    let goal: Goal
    let slot: Slot
    let snapshot: ServiceSnapshot
    let policy: UpdatePolicy
    let permission: Permission
    /// A job that ran to its end for this goal, although no container tells of it any more.
    let isCompleted: Bool

    var service: Service { goal.service }

    var upkeep: IncumbentRepair {
        var isRefused: Bool { if case .refused = permission { true } else { false } }
        return IncumbentRepair(
            service: service,
            slot: slot,
            snapshot: snapshot,
            order: policy.order,
            isRefused: isRefused
        )
    }

    /// The candidate that this rollout is about.
    ///
    /// One of another spec only while it serves, since its monitor ends first, or while it is a job
    /// that runs, since half a migration helps nobody; and not where the goal is to be back where
    /// the slot came from.
    var candidate: Container? {
        let ours = slot.candidates.filter { $0.spec == goal.spec }
        if let serving = ours.first(where: snapshot.isServing) { return serving }
        if slot.committed?.spec != goal.spec || service.isJob,
            let other = slot.candidates.first(where: { isUnderway($0) })
        {
            return other
        }
        return ours.first
    }

    private func isUnderway(_ candidate: Container) -> Bool {
        service.isJob ? candidate.isAlive : snapshot.isServing(candidate)
    }

    func decide() -> Decision {
        var decision = next()
        // With stop-first nobody waits for a successor that in turn waits for it to go.
        guard decision.endpoint?.grade != .ready, !service.isJob, policy.order == .startFirst
        else { return decision }
        let others = slot.servable.filter { other in
            snapshot.isUp(other) && service.reaches(other) && other.id != decision.dismissed?.id
        }
        if let present = others.first(where: snapshot.isServing) {
            // A container stays in the table until its successor is ready.
            decision.endpoint = .ready(present)
        } else if let retired = others.first(where: \.isRetired) {
            let isReady = snapshot.readiness(of: retired, in: service) == .ready
            decision.endpoint = isReady ? .ready(retired) : decision.endpoint ?? .notReady(retired)
        }
        return decision
    }

    private func next() -> Decision {
        if slot.committed == nil, let half = finishCommit() { return half }
        if let candidate { return advance(candidate) }
        guard let committed = slot.committed, committed.spec == goal.spec else { return begin() }
        return uphold(committed)
    }

    // MARK: Without a candidate

    /// Between the two renames of a commit the slot's own name is free: the decision was made.
    private func finishCommit() -> Decision? {
        let isReady = { snapshot.readiness(of: $0, in: service) == .ready }
        guard let heir = slot.heir(in: snapshot, isJob: service.isJob, ready: isReady) else {
            return nil
        }
        return Decision(
            phase: .committing,
            endpoint: upkeep.standing(heir),
            steps: [.rename(heir, to: .committed)]
        )
    }

    private func begin() -> Decision {
        if isCompleted { return Decision(phase: .completed) }
        if service.isJob, let committed = slot.committed, committed.isAdopted, committed.isAlive {
            let reason = "waiting for \(committed.name) to end"
            return Decision(phase: .waiting(reason), requeueAt: snapshot.now + .seconds(1))
        }
        var decision = Decision(phase: .creating)
        // A job that ended is not an incumbent that fell over.
        if !service.isJob, let committed = slot.committed { decision = upkeep.decide(committed) }
        return replace(decision)
    }

    /// Lets a new container come beside what `decision` keeps up, if that is allowed.
    private func replace(_ decision: Decision) -> Decision {
        var decision = decision
        switch permission {
        case .refused(let reason):
            decision.phase = .failed(reason)
        case .held(let reason):
            decision.phase = .waiting(reason)
        case .granted:
            decision.phase = .creating
            decision.steps.append(beginning)
        }
        return decision
    }

    /// A container of the same spec that was on its way out is the quickest candidate there is.
    private var beginning: Step {
        let warm = (slot.retired + slot.withdrawn).first { container in
            container.spec == goal.spec && snapshot.isUp(container) && !container.isAdrift
                && (snapshot.isServing(container)
                    || snapshot.readiness(of: container, in: service) == .ready)
        }
        if let warm, !service.isJob {
            return .rename(warm, to: snapshot.role({ .candidate(generation: $0) }, for: warm))
        }
        return .create(goal, slot: slot.number, generation: slot.containers.nextGeneration)
    }

    /// The committed container has the goal's spec.
    private func uphold(_ committed: Container) -> Decision {
        guard committed.state != .dead else {
            return Decision(phase: .leaving, steps: [.remove(committed)])
        }
        // It was committed because it ran to its end; what it did since does not matter.
        if service.isJob { return Decision(phase: .completed) }
        var decision = upkeep.decide(committed)
        guard committed.needsRepair || committed.isBeyondRepair else { return decision }
        // It may be of some use yet: a fresh container takes over before it goes.
        if let (retry, reason) = pause(before: committed), snapshot.now < retry {
            decision.phase = .failed(reason)
            decision.requeueAt = retry
            return decision
        }
        return replace(decision)
    }

    /// When a fresh container may take the place of an unhealthy one, and why not before: not soon
    /// after the last one was made, well or not.
    private func pause(before committed: Container) -> (Moment, String)? {
        let failed = slot.failed.first {
            $0.spec == committed.spec && $0.generation > committed.generation
        }
        guard let failed else {
            guard !committed.isAdrift, snapshot.age(of: committed.created) != nil else {
                return nil
            }
            return (committed.created + ReleaseRecord.repairBackOff, "unhealthy")
        }
        let isOff = committed.isAdrift
        let reason = "\(isOff ? "not on its network" : "unhealthy"), and its replacement failed"
        guard !failed.isAlive else { return (snapshot.now + ReleaseRecord.repairBackOff, reason) }
        let end = failed.finished ?? failed.created
        return snapshot.age(of: end) == nil ? nil : (end + ReleaseRecord.repairBackOff, reason)
    }
}
