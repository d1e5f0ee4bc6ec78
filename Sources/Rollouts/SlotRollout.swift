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
        var server: Server?
        /// The next call; nil while something is waited for.
        var step: Step?
        /// When waiting is over at the latest.
        var wake: Moment?
    }

    /// A slot's choice for the table.
    enum Server {
        /// It is well.
        case sound(Container)
        /// Better than nothing, if no other slot has anything better.
        case reluctant(Container)
    }

    let goal: Goal
    let slot: Slot
    let view: View
    let policy: UpdatePolicy
    let permission: Permission
    let backOff: Duration

    private var service: Service { goal.service }

    /// The candidate that this rollout is about.
    ///
    /// One of another spec only while it serves: then its monitor ends first, unless the goal is to
    /// be back where the slot came from.
    var candidate: Container? {
        if let ours = slot.candidates.first(where: { $0.spec == goal.spec }) { return ours }
        guard slot.committed?.spec != goal.spec else { return nil }
        return slot.candidates.first(where: view.isServing)
    }

    func decide() -> Decision {
        if slot.committed == nil, let half = finishCommit() { return half }
        if let candidate { return advance(candidate) }
        guard let committed = slot.committed, committed.spec == goal.spec else { return begin() }
        return uphold(committed)
    }

    // MARK: Without a candidate

    /// Between the two renames of a commit the slot's own name is free: the decision was made.
    private func finishCommit() -> Decision? {
        guard let retired = slot.retired.first else { return nil }
        let successor = slot.candidates.first(where: view.isServing) ?? slot.candidates.first
        let heir = successor ?? retired
        return Decision(
            phase: .committing,
            server: standing(heir),
            step: .rename(heir, to: .committed)
        )
    }

    private func begin() -> Decision {
        var decision = Decision(phase: .creating)
        // A job that ended is not an incumbent that fell over.
        if !service.isJob, let committed = slot.committed { decision = keepUp(committed) }
        switch permission {
        case .refused(let reason):
            decision.phase = .failed(reason)
        case .held(let reason):
            decision.phase = .waiting(reason)
        case .granted:
            decision.phase = .creating
            decision.step = beginning
        }
        return decision
    }

    /// A retired container of the same spec that still runs is the quickest candidate there is.
    private var beginning: Step {
        if let warm = slot.retired.first(where: { $0.spec == goal.spec && $0.isUp }) {
            return .rename(warm, to: .candidate(generation: warm.generation))
        }
        return .create(goal, slot: slot.number, generation: slot.nextGeneration)
    }

    /// The committed container has the goal's spec.
    private func uphold(_ committed: Container) -> Decision {
        if service.isJob, committed.state == .exited(code: 0) { return Decision(phase: .completed) }
        guard committed.state != .dead else {
            return Decision(phase: .leaving, step: .remove(committed))
        }
        var decision = keepUp(committed)
        guard committed.state == .running, committed.health == .unhealthy else { return decision }
        // Unhealthy, but perhaps not useless: a fresh container takes over before it goes.
        let lastFailure = slot.failed.first { $0.spec == goal.spec }.flatMap(\.finished)
        let retry = lastFailure.map { $0 + backOff }
        if let retry, view.now < retry {
            decision.phase = .failed("unhealthy, and so was its replacement")
            decision.wake = retry
        } else {
            decision.phase = .creating
            decision.step = beginning
        }
        return decision
    }

    /// Keeps a committed container running and in the table, whatever its spec.
    private func keepUp(_ committed: Container) -> Decision {
        switch committed.state {
        case .running:
            return attend(committed)
        case .restarting:
            return Decision(phase: .starting, wake: view.now + .seconds(1))
        case .paused:
            return Decision(phase: .starting, step: .unpause(committed))
        case .created:
            return Decision(phase: .starting, step: .start(committed))
        case .exited:
            let retry = restartMoment(of: committed)
            guard view.now >= retry else { return Decision(phase: .starting, wake: retry) }
            return Decision(phase: .starting, step: .start(committed))
        case .dead:
            return Decision(phase: .failed("Docker cannot remove \(committed.name)"))
        }
    }

    /// At once after a good long run; after a short one not sooner than `crashPause` later.
    private func restartMoment(of container: Container) -> Moment {
        guard let started = container.started, let finished = container.finished,
            finished - started < Self.shortRun
        else { return view.now }
        return finished + Self.crashPause
    }

    private static let shortRun = Duration.seconds(10)
    private static let crashPause = Duration.seconds(10)

    /// A committed container that runs outside the table enters it when it is ready.
    private func attend(_ committed: Container) -> Decision {
        let server = standing(committed)
        guard !service.isJob, !view.isServing(committed),
            case .notYet(let reason) = view.readiness(of: committed, in: service)
        else { return Decision(phase: .steady, server: server) }
        return Decision(
            phase: .warming(reason),
            server: server,
            wake: view.nextProbe(of: committed)
        )
    }

    /// What a container that is the slot's own means for the table.
    private func standing(_ container: Container) -> Server? {
        guard container.state == .running, !service.isJob else { return nil }
        if view.isServing(container) {
            // Never out on `starting`: dockerd's live-restore resets health to that.
            return container.health == .unhealthy ? .reluctant(container) : .sound(container)
        }
        if view.readiness(of: container, in: service) == .ready { return .sound(container) }
        return .reluctant(container)
    }

    // MARK: With a candidate

    private func advance(_ candidate: Container) -> Decision {
        switch candidate.state {
        case .created:
            return release(candidate)
        case .paused:
            return incumbent(.starting, step: .unpause(candidate))
        case .exited(code: 0) where service.isJob:
            return commit(candidate)
        case .exited(let code):
            return fail(candidate, "exited with code \(code)")
        case .dead:
            return fail(candidate, "died")
        case .restarting:
            return fail(candidate, "ended and was restarted by Docker")
        case .running:
            break
        }
        if service.isJob { return incumbent(.warming("running"), wake: nil) }
        if let restarts = candidate.restarts, restarts > 0, slot.committed?.spec != candidate.spec {
            return fail(candidate, "was restarted by Docker \(restarts) times")
        }
        if candidate.health == .unhealthy { return fail(candidate, "became unhealthy") }
        if let backend = view.backend(of: candidate) {
            return watch(candidate, since: backend.since)
        }
        return warm(candidate)
    }

    /// Starts the candidate; with stop-first only once the incumbent is gone.
    private func release(_ candidate: Container) -> Decision {
        guard policy.order == .stopFirst, let committed = slot.committed, committed.isAlive else {
            return incumbent(.starting, step: .start(candidate))
        }
        var decision = Decision(phase: .leaving)
        if view.isServing(committed) { return decision }
        if view.isDrained(committed, timeout: service.drainTimeout) {
            decision.step = .stop(committed)
        } else {
            decision.wake = view.now + View.drainInterval
        }
        return decision
    }

    private func warm(_ candidate: Container) -> Decision {
        guard case .notYet(let reason) = view.readiness(of: candidate, in: service) else {
            return Decision(phase: .switching, server: .sound(candidate))
        }
        let started = candidate.started ?? view.now
        guard view.now - started < service.readiness.startTimeout else {
            let limit = service.readiness.startTimeout.milliseconds / 1_000
            return fail(candidate, "not ready after \(limit) s: \(reason)")
        }
        return incumbent(.warming(reason), wake: view.nextProbe(of: candidate))
    }

    private func watch(_ candidate: Container, since: Moment) -> Decision {
        let elapsed = view.now - since
        // A clock that was set back must not prolong the watch without bound.
        if elapsed >= .zero, elapsed < policy.monitor {
            let end = since + policy.monitor
            return Decision(
                phase: .monitoring(until: end),
                server: .sound(candidate),
                wake: end
            )
        }
        return commit(candidate)
    }

    private func commit(_ candidate: Container) -> Decision {
        let step: Step =
            if let committed = slot.committed {
                .rename(committed, to: .retired(generation: committed.generation))
            } else {
                .rename(candidate, to: .committed)
            }
        let server: Server? = service.isJob ? nil : .sound(candidate)
        return Decision(phase: .committing, server: server, step: step)
    }

    /// Back to the incumbent, then out of the way; the incumbent is started first if it has to be.
    private func fail(_ candidate: Container, _ reason: String) -> Decision {
        let bad = Step.rename(candidate, to: .failed(generation: candidate.generation))
        var decision = incumbent(.failed(reason))
        guard view.isServing(candidate) else {
            decision.step = bad
            return decision
        }
        guard let committed = slot.committed else { return decision }
        if case .running = committed.state { return decision }
        decision = keepUp(committed)
        decision.phase = .failed(reason)
        if candidate.state == .running { decision.server = .reluctant(candidate) }
        return decision
    }

    /// The incumbent goes on serving while the candidate gets somewhere.
    private func incumbent(_ phase: Phase, step: Step? = nil, wake: Moment? = nil) -> Decision {
        Decision(phase: phase, server: slot.committed.flatMap(standing), step: step, wake: wake)
    }
}
