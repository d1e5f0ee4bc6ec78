internal import Model

/// A service that stays as it is: what was cut in two is finished, and who is up serves.
extension ServiceRollout {
    func keep() -> ServiceDecision {
        var decision = ServiceDecision(version: nil, slots: 0)
        var endpoints: [Endpoint] = []
        for (number, members) in Dictionary(grouping: containers, by: \.slot).sorted(
            by: { $0.key < $1.key }
        ) {
            let slot = Slot(number, members)
            decision.phases[number] = phase(of: slot)
            if let endpoint = endpoint(of: slot) { endpoints.append(endpoint) }
            if let heir = slot.heir(in: snapshot, isJob: false, ready: snapshot.isUp) {
                decision.phases[number] = .committing
                decision.steps.append(.rename(heir, to: .committed))
            } else if let committed = slot.committed, committed.isUp, snapshot.isServing(committed)
            {
                decision.add(
                    Termination(snapshot: snapshot, drainTimeout: ReleaseRecord.defaultDrainTimeout)
                        .decide(slot.retired)
                )
            }
        }
        decision.backends = snapshot.backends(of: endpoints)
        return decision
    }

    private func phase(of slot: Slot) -> Phase {
        guard let container = slot.servable.first else { return .failed("kept for its logs") }
        switch container.state {
        case .exited(code: 0): return .completed
        case .running: return .steady
        default: return .waiting("kept as it is")
        }
    }

    /// Who serves already, else the slot's own, else what was its own.
    private func endpoint(of slot: Slot) -> Endpoint? {
        let running = slot.servable.filter { container in
            // Whether it needs an address is known from the table alone.
            container.state == .running && !snapshot.observed.stopping.contains(container.id)
                && (container.address != nil || snapshot.backend(of: container)?.address == nil)
        }
        if let serving = running.first(where: snapshot.isServing) {
            return serving.isUp ? .ready(serving) : .notReady(serving)
        }
        // Where an adopted container does not accept connections, Docker's own rules serve it.
        let able = running.filter {
            !$0.isAdopted || snapshot.observed.acceptance[$0.id] == .accepting
        }
        return able.first { $0.name.role == .committed || $0.isRetired }
            .map { $0.health == .none || $0.health == .healthy ? .ready($0) : .notReady($0) }
    }
}
