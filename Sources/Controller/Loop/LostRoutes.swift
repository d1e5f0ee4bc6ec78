internal import Model
internal import Rollouts

extension Observation {
    /// Where traffic goes as far as the host alone tells, for a table that has nothing of the
    /// environment; empty where it has, and where nobody could serve.
    ///
    /// After a reboot or a flush nobody can be asked who served, so in each slot it is the
    /// committed container, if it is up, else the one that was replaced last. Whether they are what
    /// the revision wants is found out after they serve: that may need a registry.
    /// A table with chains that lead nowhere is no lost one; it was made so.
    func lostRoutes(
        of desired: DesiredState?,
        stopping: Set<String>,
        at now: Moment
    ) -> [Route] {
        guard !hasTable, let desired else { return [] }
        var state = state
        state.stopping = stopping
        state.containers.removeAll { container in
            // What is not wanted any more is on its way out.
            let service = desired.service(named: container.service)
            return service.map { $0.isJob || container.slot > $0.replicas } ?? true
        }
        let intents = Dictionary(
            state.containers.map { ($0.service, ServiceIntent.keep) },
            uniquingKeysWith: { first, _ in first }
        )
        let decisions = Rollout(intents: intents).decide(state, at: now)
        let routes = decisions.sorted { $0.key < $1.key }.map { name, decision in
            Route(
                name: name,
                service: desired.service(named: name),
                backends: decision.backends
            )
        }
        return routes.contains { !$0.backends.isEmpty } ? routes : []
    }
}
