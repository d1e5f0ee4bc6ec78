internal import Model
internal import Rollouts

extension Host {
    /// Looks at an environment, and restores lost routes first.
    ///
    /// Where the table has nothing of the environment, as after a reboot or a flush, what runs is
    /// routed to before any registry or remote is asked.
    ///
    /// Returns the look after that, and the routes that were restored.
    func observeRestoring(
        _ environment: String,
        as desired: DesiredState?,
        stopping: Set<String> = [],
        at now: Moment
    ) async throws -> (snapshot: any HostSnapshot, restored: [Route]) {
        var request = ObserveRequest(environment: environment, desired: desired, isHasty: true)
        let first = try await observe(request)
        guard !first.observation.hasTable else { return (first, []) }
        let lost = first.observation.lostRoutes(of: desired, stopping: stopping, at: now)
        if !lost.isEmpty { _ = try await first.route(lost) }
        request.isHasty = false
        return (try await observe(request), lost)
    }
}

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
