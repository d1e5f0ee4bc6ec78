internal import Digests
internal import Model

/// What happens to containers that are no longer wanted: last connections, stop, removal.
struct Termination {
    let snapshot: ServiceSnapshot
    /// How long connections may last; nil tells containers to stop at once.
    let drainTimeout: Duration?

    struct Decision {
        var steps: [Step] = []
        var requeueAt: Moment?
    }

    /// The next step of each of `leaving`; none of them is stopped while it is in the table.
    ///
    /// A candidate that runs gets another name first: should its spec be wanted again, the end that
    /// it is about to come to is not its own.
    func decide(_ leaving: [Container]) -> Decision {
        var decision = Decision()
        for container in leaving {
            // One that Docker starts again and again cannot be renamed, and fails by itself.
            if container.isAlive, container.state != .restarting,
                case .candidate = container.name.role
            {
                let role = snapshot.role({ .withdrawn(generation: $0) }, for: container)
                decision.steps.append(.rename(container, to: role))
                continue
            }
            if snapshot.isServing(container) { continue }
            switch container.state {
            case .created, .exited, .dead:
                decision.steps.append(.remove(container))
            case .paused:
                decision.steps.append(.unpause(container))
            case .restarting:
                decision.steps.append(.stop(container))
            case .running:
                if let drainTimeout, !snapshot.isDrained(container, timeout: drainTimeout) {
                    decision.requeueAt = snapshot.now + ServiceSnapshot.drainInterval
                } else {
                    decision.steps.append(.stop(container))
                }
            }
        }
        return decision
    }
}

extension Slot {
    /// The containers that nothing needs any more while the slot is to run on.
    ///
    /// `candidate` is the one that the rollout is about, `wanted` the spec that somebody asked for,
    /// be it that it failed.
    func superfluous(beside candidate: Container?, wanted: Digest) -> [Container] {
        // Between the two renames of a commit every retired one may still be needed.
        let replaced = committed == nil ? [] : retired
        return candidates.filter { $0.id != candidate?.id } + replaced + withdrawn
            + obsoleteFailures(wanted)
    }

    /// Failed containers but the newest, whose logs somebody may want until a later one succeeds,
    /// and but the one that tells that the wanted spec failed.
    private func obsoleteFailures(_ wanted: Digest) -> [Container] {
        let verdict = committed?.spec == wanted ? nil : failed.first { $0.spec == wanted }
        let newest = failed.first { $0.generation > (committed?.generation ?? 0) }
        return failed.filter { container in
            container.isAlive || (container.id != verdict?.id && container.id != newest?.id)
        }
    }
}
