internal import Model

/// A candidate's way: start, wait, switch, monitor, commit; or fail.
extension SlotRollout {
    func advance(_ candidate: Container) -> Decision {
        var decision = step(candidate)
        guard policy.order == .stopFirst, !service.isJob, candidate.state == .running,
            let committed = slot.committed, committed.isAlive
        else { return decision }
        // The incumbent was started again beside its successor: both write to the same data.
        if decision.endpoint?.container.id == committed.id { decision.endpoint = nil }
        let known = Set(decision.steps.map(\.subject))
        let farewell = Termination(snapshot: snapshot, drainTimeout: nil).decide([committed])
        decision.steps += farewell.steps.filter { !known.contains($0.subject) }
        return decision
    }

    private func step(_ candidate: Container) -> Decision {
        // Another one can have its place in the network that is there by now.
        if candidate.isBeyondRepair, !service.isJob { return withdraw(candidate) }
        switch candidate.state {
        case .created:
            return release(candidate)
        case .paused:
            return standby(.starting, step: .unpause(candidate))
        case .exited(code: 0) where service.isJob:
            return commit(candidate)
        case .exited where snapshot.wasInterrupted(candidate) || mayStillStart(candidate):
            return release(candidate)
        case .exited(let code):
            return fail(candidate, restarts(of: candidate) ?? "exited with code \(code)")
        case .dead:
            return fail(candidate, "died")
        case .restarting where service.isJob, .running where service.isJob:
            // Where no event tells of its end, somebody has to look.
            return standby(.warming("running"), requeueAt: snapshot.now + .seconds(1))
        case .restarting where snapshot.fellWithDaemon(candidate):
            return standby(.starting, requeueAt: snapshot.now + .seconds(1))
        case .restarting:
            return fail(candidate, "ended and was restarted by Docker")
        case .running:
            break
        }
        if let reason = defect(of: candidate) { return fail(candidate, reason) }
        if let backend = snapshot.backend(of: candidate) {
            return watch(candidate, since: backend.since)
        }
        return warm(candidate)
    }

    /// Whether it was the engine that could not start the candidate, for want of a port or an
    /// address perhaps, and not the candidate's own program; that may pass.
    ///
    /// Where the incumbent had to go first, nobody serves meanwhile, so it is given up at once.
    private func mayStillStart(_ candidate: Container) -> Bool {
        guard candidate.state == .exited(code: Self.engineFailed), candidate.started == nil,
            policy.order == .startFirst || slot.committed == nil
        else { return false }
        return snapshot.age(of: candidate.created).map { $0 < service.readiness.startTimeout }
            ?? false
    }

    /// What Docker gives a container whose start failed for another reason than that its program is
    /// missing (127) or may not be run (126).
    private static var engineFailed: Int { 128 }

    /// What is wrong with a candidate that runs, if anything is.
    private func defect(of candidate: Container) -> String? {
        candidate.health == .unhealthy ? "became unhealthy" : restarts(of: candidate)
    }

    private func restarts(of candidate: Container) -> String? {
        guard isFresh(candidate), let restarts = candidate.restarts, restarts > 0,
            !snapshot.fellWithDaemon(candidate)
        else { return nil }
        return "was restarted by Docker \(restarts) times"
    }

    /// One that was the slot's own before brings the restarts and the age of its former life along.
    private func isFresh(_ candidate: Container) -> Bool {
        slot.committed.map { $0.generation < candidate.generation } ?? true
    }

    /// Starts the candidate; with stop-first only once nothing of the slot runs any more.
    private func release(_ candidate: Container) -> Decision {
        guard policy.order == .stopFirst, !service.isJob else {
            return standby(.starting, step: .start(candidate))
        }
        let alive = slot.containers.filter { $0.isAlive && $0.id != candidate.id }
        guard !alive.isEmpty else {
            return Decision(phase: .starting, steps: [.start(candidate)])
        }
        var decision = Decision(phase: .leaving, dismissed: slot.committed)
        if let committed = slot.committed, committed.isAlive {
            // Where nothing takes over, waiting for connections would only be more of an outage.
            let drainTimeout = snapshot.isReplaced(committed) ? service.drainTimeout : nil
            let farewell = Termination(snapshot: snapshot, drainTimeout: drainTimeout).decide([
                committed
            ])
            decision.steps = farewell.steps
            decision.requeueAt = farewell.requeueAt
        }
        return decision
    }

    private func warm(_ candidate: Container) -> Decision {
        guard case .notYet(let reason) = snapshot.readiness(of: candidate, in: service) else {
            return Decision(phase: .switching, endpoint: .ready(candidate))
        }
        guard isFresh(candidate) else { return withdraw(candidate) }
        let age = candidate.started.flatMap(snapshot.age) ?? .zero
        guard age < service.readiness.startTimeout else {
            let limit = service.readiness.startTimeout.milliseconds / 1_000
            return fail(candidate, "not ready after \(limit) s: \(reason)")
        }
        return standby(.warming(reason), requeueAt: snapshot.nextProbe(of: candidate))
    }

    private func watch(_ candidate: Container, since: Moment) -> Decision {
        let end = min(since, snapshot.now) + policy.monitor
        guard snapshot.now < end else { return commit(candidate) }
        guard service.reaches(candidate) else { return fail(candidate, "lost its address") }
        return Decision(phase: .monitoring(until: end), endpoint: .ready(candidate), requeueAt: end)
    }

    private func commit(_ candidate: Container) -> Decision {
        let step: Step =
            if let committed = slot.committed {
                .rename(committed, to: snapshot.role({ .retired(generation: $0) }, for: committed))
            } else {
                .rename(candidate, to: .committed)
            }
        let endpoint = service.isJob ? nil : upkeep.standing(candidate)
        return Decision(phase: .committing, endpoint: endpoint, steps: [step])
    }

    /// What was good before and cannot come back at once is no failure: a fresh container comes.
    private func withdraw(_ candidate: Container) -> Decision {
        var decision = standby(.starting)
        decision.dismissed = candidate
        decision.steps.append(
            .rename(candidate, to: snapshot.role({ .withdrawn(generation: $0) }, for: candidate))
        )
        return decision
    }

    /// Back to the incumbent, then out of the way; the incumbent is started first if it has to be.
    private func fail(_ candidate: Container, _ reason: String) -> Decision {
        guard isFresh(candidate) || snapshot.isServing(candidate) else {
            return withdraw(candidate)
        }
        var decision = standby(.failed(reason))
        if isBetterThanNothing(candidate, until: decision.endpoint) {
            decision.endpoint = .notReady(candidate)
            return decision
        }
        decision.dismissed = candidate
        if candidate.isAlive, candidate.state == .restarting || candidate.restarts ?? 0 > 0 {
            // Docker cannot rename what it is about to start again, for ever in a crash loop.
            decision.steps.append(.stop(candidate))
            return decision
        }
        decision.steps.append(
            .rename(candidate, to: snapshot.role({ .failed(generation: $0) }, for: candidate))
        )
        return decision
    }

    /// Whether a candidate that failed in the table stays there until the incumbent is back.
    private func isBetterThanNothing(_ candidate: Container, until endpoint: Endpoint?) -> Bool {
        guard policy.order == .startFirst, candidate.state == .running,
            snapshot.isServing(candidate),
            let incumbent = slot.committed, endpoint?.grade != .ready
        else { return false }
        guard incumbent.state == .running, let started = incumbent.started else {
            return incumbent.state != .dead
        }
        // An incumbent that cannot get ready either is given its place back all the same.
        return snapshot.age(of: started).map { $0 < service.readiness.startTimeout } ?? false
    }

    /// The incumbent is kept up and goes on serving while the candidate gets somewhere.
    private func standby(_ phase: Phase, step: Step? = nil, requeueAt: Moment? = nil) -> Decision {
        var decision = Decision(phase: phase)
        if let committed = slot.committed, !service.isJob {
            decision = policy.order == .startFirst ? upkeep.decide(committed) : decision
            decision.endpoint = upkeep.standing(committed)
        }
        decision.phase = phase
        if let step { decision.steps.append(step) }
        decision.requeueAt = earliest(decision.requeueAt, requeueAt)
        return decision
    }
}
