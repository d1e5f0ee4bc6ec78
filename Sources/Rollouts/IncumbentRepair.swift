internal import Model

/// Keeps a slot's own container running and in the table, whatever its spec.
struct IncumbentRepair {
    let service: Service
    let slot: Slot
    let snapshot: ServiceSnapshot
    let order: UpdatePolicy.Order
    /// Whether what was asked for failed, so that nothing takes the container's place.
    let isRefused: Bool

    func decide(_ committed: Container) -> SlotRollout.Decision {
        switch committed.state {
        case .running:
            return attend(committed)
        case .restarting:
            return SlotRollout.Decision(
                phase: .starting,
                requeueAt: snapshot.now + Self.restartInterval
            )
        case .paused where !isLeftToUser(committed):
            return SlotRollout.Decision(phase: .starting, steps: [.unpause(committed)])
        case .created, .exited, .paused:
            if isLeftToUser(committed) { return SlotRollout.Decision(phase: .starting) }
            return start(committed)
        case .dead:
            return SlotRollout.Decision(phase: .failed("Docker cannot remove \(committed.name)"))
        }
    }

    /// Whether an adopted container stays as the user left it.
    ///
    /// It does until its takeover has failed, or has begun where it had to stop first; what ended
    /// by itself before is not run again.
    private func isLeftToUser(_ committed: Container) -> Bool {
        guard committed.isAdopted else { return false }
        let others = slot.containers.filter { $0.id != committed.id }
        let hasBegun = order == .stopFirst && !others.isEmpty
        guard isRefused || hasBegun else { return true }
        let mayBeStopped = others.contains { other in
            other.generation > 1 || committed.finished.map { other.created <= $0 } ?? false
        }
        return !committed.isKeptUp && !mayBeStopped
    }

    /// What a container that is the slot's own means for the table.
    func standing(_ container: Container) -> Endpoint? {
        guard container.state == .running, !service.isJob, service.reaches(container),
            !snapshot.observed.stopping.contains(container.id)
        else { return nil }
        if snapshot.isServing(container) {
            // Never out on `starting`: dockerd's live-restore resets health to that.
            return container.health == .unhealthy ? .notReady(container) : .ready(container)
        }
        if snapshot.readiness(of: container, in: service) == .ready { return .ready(container) }
        // Where the table has nothing, Docker's own rules serve it as before.
        return container.isAdopted ? nil : .notReady(container)
    }

    /// A container that runs outside the table enters it when it is ready.
    private func attend(_ committed: Container) -> SlotRollout.Decision {
        let endpoint = standing(committed)
        guard !service.isJob, !snapshot.isServing(committed),
            case .notYet(let reason) = snapshot.readiness(of: committed, in: service)
        else { return SlotRollout.Decision(phase: .steady, endpoint: endpoint) }
        return SlotRollout.Decision(
            phase: .warming(reason),
            endpoint: endpoint,
            requeueAt: snapshot.nextProbe(of: committed)
        )
    }

    private func start(_ committed: Container) -> SlotRollout.Decision {
        guard !committed.isBeyondRepair else {
            return SlotRollout.Decision(
                phase: .failed("the network of \(committed.name) no longer exists")
            )
        }
        // What has to stop first must not run beside another one of the slot.
        let isAlone = slot.containers.allSatisfy { $0.id == committed.id || !$0.isAlive }
        guard isAlone || order == .startFirst else { return SlotRollout.Decision(phase: .starting) }
        let retry = restartMoment(of: committed)
        guard snapshot.now >= retry else {
            return SlotRollout.Decision(phase: .starting, requeueAt: retry)
        }
        return SlotRollout.Decision(phase: .starting, steps: [.start(committed)])
    }

    /// At once after a good long run; after a short one not sooner than `crashPause` later.
    private func restartMoment(of container: Container) -> Moment {
        guard let started = container.started, let finished = container.finished,
            finished - started < Self.shortRun, snapshot.age(of: finished) != nil,
            !snapshot.wasInterrupted(container)
        else { return snapshot.now }
        return finished + Self.crashPause
    }

    private static let shortRun = Duration.seconds(10)
    private static let crashPause = Duration.seconds(10)
    private static let restartInterval = Duration.seconds(1)
}

extension Service {
    /// Whether traffic could be sent to the container at all.
    func reaches(_ container: Container) -> Bool {
        switch self.container.network {
        case .networks, .bridge: container.address != nil
        case .host, .none: true
        }
    }
}
