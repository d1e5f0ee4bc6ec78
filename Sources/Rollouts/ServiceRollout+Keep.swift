internal import Model

/// A service that stays as it is: what was cut in two is finished, and who is up serves.
extension ServiceRollout {
    func keep() -> ServiceDecision {
        var decision = ServiceDecision(version: nil, slots: 0)
        var servers: [Server] = []
        for (number, members) in Dictionary(grouping: containers, by: \.slot).sorted(
            by: { $0.key < $1.key }
        ) {
            let slot = Slot(number, members)
            decision.phases[number] = phase(of: slot)
            if let server = server(of: slot) { servers.append(server) }
            if let heir = slot.heir(in: view, isJob: false, ready: view.isUp) {
                decision.phases[number] = .committing
                decision.steps.append(.rename(heir, to: .committed))
            } else if let committed = slot.committed, committed.isUp, view.isServing(committed) {
                decision.add(
                    Farewell(view: view, drainTimeout: Memory.defaultDrainTimeout)
                        .decide(slot.retired)
                )
            }
        }
        decision.backends = view.backends(of: servers)
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
    private func server(of slot: Slot) -> Server? {
        let running = slot.servable.filter { container in
            // Whether it needs an address is known from the table alone.
            container.state == .running && !view.observed.stopping.contains(container.id)
                && (container.address != nil || view.backend(of: container)?.address == nil)
        }
        if let serving = running.first(where: view.isServing) {
            return serving.isUp ? .sound(serving) : .reluctant(serving)
        }
        // Where an adopted container does not accept connections, Docker's own rules serve it.
        let able = running.filter { !$0.isAdopted || view.observed.acceptance[$0.id] == .accepting }
        return able.first { $0.name.role == .committed || $0.isRetired }
            .map { $0.health == .none || $0.health == .healthy ? .sound($0) : .reluctant($0) }
    }
}
