internal import Model

/// What one slot offers the traffic table.
struct Endpoint {
    /// How good it is; of all slots' offers only those of the best grade present are taken.
    enum Grade: Comparable {
        /// Better than an empty chain, no more: it is not ready, or not well.
        case notReady
        /// It is well, and serves only until one that is to stay can.
        case terminating
        /// It is well and is to serve.
        case ready
    }

    let container: Container
    let grade: Grade

    static func ready(_ container: Container) -> Endpoint {
        Endpoint(container: container, grade: .ready)
    }

    static func notReady(_ container: Container) -> Endpoint {
        Endpoint(container: container, grade: .notReady)
    }
}

extension ServiceSnapshot {
    /// The backends made of what the slots offer, in the order of the slots.
    ///
    /// A port is never left without a container while one that is not bad runs, so where nobody is
    /// ready the next best serve.
    func backends(of endpoints: [Endpoint]) -> [Backend] {
        let best = endpoints.map(\.grade).max()
        return endpoints.filter { $0.grade == best }
            .map(\.container)
            .sorted { ($0.slot, $0.generation) < ($1.slot, $1.generation) }
            .map { backend(for: $0) }
    }

    /// The table's own entry where it is right, so that what has not changed compares equal.
    private func backend(for container: Container) -> Backend {
        let known = backend(of: container)
        // An entry from the future was made before the clock was set back: it starts anew.
        let since = known.map { min($0.since, now) } ?? now
        return Backend(
            slot: container.slot,
            generation: container.generation,
            container: known?.container ?? container.id,
            address: container.address,
            since: since
        )
    }
}
