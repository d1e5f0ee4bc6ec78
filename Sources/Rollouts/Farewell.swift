internal import Model

/// What happens to containers that are no longer wanted: last connections, stop, removal.
struct Farewell {
    let view: View
    let drainTimeout: Duration

    struct Decision {
        var steps: [Step] = []
        var wake: Moment?
    }

    /// The next step of each of `leaving`; none of them is stopped while it is in the table.
    func decide(_ leaving: [Container]) -> Decision {
        var decision = Decision()
        for container in leaving {
            guard container.isAlive else {
                decision.steps.append(.remove(container))
                continue
            }
            if container.state == .paused {
                decision.steps.append(.unpause(container))
                continue
            }
            if view.isServing(container) { continue }
            if view.isDrained(container, timeout: drainTimeout) {
                decision.steps.append(.stop(container))
            } else {
                decision.wake = view.now + View.drainInterval
            }
        }
        return decision
    }
}

extension Slot {
    /// The containers of the slot that nothing needs any more while it is to run on.
    func superfluous(beside candidate: Container?) -> [Container] {
        // Between the two renames of a commit everything may still be needed.
        guard let committed else { return Array(candidates.dropFirst()) + obsoleteFailures }
        return candidates.filter { $0.id != candidate?.id }
            + retired.filter { $0.id != candidate?.id && $0.id != committed.id }
            + obsoleteFailures
    }

    /// Failed containers but the newest, whose logs somebody may want until a later one succeeds.
    private var obsoleteFailures: [Container] {
        failed.enumerated().filter { index, container in
            index > 0 || container.isAlive || container.generation < (committed?.generation ?? 0)
        }.map(\.element)
    }
}
