internal import Digests
package import Model
internal import Planning
package import Rollouts

/// Decides what an environment needs next, without touching it.
package struct Reconciler: Sendable {
    /// The environment's name.
    package let environment: String
    private let host: any Host
    private let source: any FleetSource
    private let images: ImageResolver
    private let goals = GoalCache()

    /// Looks through the given eyes; `maxAge` is how long a registry's answer is good for where a
    /// pull policy asks every time.
    package init(
        environment: String,
        host: any Host,
        source: any FleetSource,
        tags: any TagSource,
        maxAge: Duration
    ) {
        self.environment = environment
        self.host = host
        self.source = source
        images = ImageResolver(tags: tags, host: host, maxAge: maxAge)
    }

    /// What the newest usable revision says.
    package func wanted() async throws -> Wanted {
        try await source.desired(for: environment)
    }

    /// Looks and decides, and changes nothing: for reports.
    package func look(at now: Moment, record: ReleaseRecord) async throws -> Reconciliation {
        let wanted = try await wanted()
        let request = ObserveRequest(environment: environment, desired: wanted.desired)
        let snapshot = try await host.observe(request)
        return try await reconcile(wanted, with: snapshot, at: now, record: record)
    }

    /// Decides on what was seen; asks registries and the repository where it must.
    ///
    /// - Parameters:
    ///   - wanted: what the revision says.
    ///   - snapshot: what was seen.
    ///   - now: the time to decide at.
    ///   - record: how releases ended before.
    ///   - idleSince: since when containers are out of the table, as far as the caller has seen;
    ///     the reconciliation's state has it as of this look.
    ///   - stopping: containers that a stop is under way for.
    /// - Returns: what is to be done, and where each service stands.
    /// - Throws: what the repository said.
    package func reconcile(
        _ wanted: Wanted,
        with snapshot: any HostSnapshot,
        at now: Moment,
        record: ReleaseRecord,
        idleSince: [String: Moment] = [:],
        stopping: Set<String> = []
    ) async throws -> Reconciliation {
        let services = wanted.desired?.services ?? []
        var observation = snapshot.observation
        observation.state.idleSince = observation.state.idle(since: idleSince, now: now)
        observation.state.stopping = stopping
        let containers = observation.state.containers
        var (goals, unresolved) = await resolve(
            services.filter {
                observation.conflicts[$0.name] == nil && observation.refusals[$0.name] == nil
                    && observation.writeConflicts[$0.name] == nil
            },
            of: wanted.desired,
            among: containers,
            at: now
        )
        // A service whose port or whose data another one has stays as it is.
        let conflicts = observation.conflicts.mapValues { $0.map(\.description) }
        let writers = observation.writeConflicts.mapValues { $0.map(\.description) }
        for (service, texts) in conflicts.merging(writers, uniquingKeysWith: +) {
            goals[service] = nil
            let reason = texts.joined(separator: "; ")
            unresolved[service] = Unresolved(cause: .notAllowed, reason: reason)
        }
        for (service, reason) in observation.refusals where unresolved[service] == nil {
            unresolved[service] = Unresolved(cause: .notAllowed, reason: reason)
        }
        for index in containers.indices {
            guard let goal = goals[containers[index].service] else { continue }
            observation.state.containers[index].spec = goal.actualSpec(of: containers[index])
        }
        let intents = try await intents(wanted.desired, goals: goals, containers: containers)
        for (index, container) in containers.enumerated() {
            guard let fallback = intents[container.service]?.fallback,
                fallback.actualSpec(of: container) == fallback.spec
            else { continue }
            observation.state.containers[index].spec = fallback.spec
        }
        let rollout = Rollout(intents: intents, memory: record)
        return Reconciliation(
            wanted: wanted,
            snapshot: snapshot,
            observation: observation,
            goals: goals,
            unresolved: unresolved,
            intents: intents,
            decisions: rollout.decide(observation.state, at: now),
            now: now
        )
    }

    private func resolve(
        _ services: [Service],
        of desired: DesiredState?,
        among containers: [Container],
        at now: Moment
    ) async -> (goals: [String: Goal], unresolved: [String: Unresolved]) {
        goals.keep(services.map(\.name))
        guard let desired else { return ([:], [:]) }
        return await withTaskGroup { group in
            for service in services {
                group.addTask {
                    await (service.name, goal(of: service, in: desired, containers, now))
                }
            }
            var goals: [String: Goal] = [:]
            var unresolved: [String: Unresolved] = [:]
            for await (name, result) in group {
                switch result {
                case .success(let goal): goals[name] = goal
                case .failure(let error as Unresolved): unresolved[name] = error
                // The registry is still being asked: the service stays as it is until then.
                case .failure: break
                }
            }
            return (goals, unresolved)
        }
    }

    private func goal(
        of service: Service,
        in desired: DesiredState,
        _ containers: [Container],
        _ now: Moment
    ) async -> Result<Goal, any Error> {
        let digest: Digest
        do {
            digest = try await images.digest(
                for: service,
                among: containers,
                mirrors: desired.mirrors,
                at: now
            )
        } catch let error as StillAsking {
            return .failure(error)
        } catch {
            return .failure(Unresolved(image: error))
        }
        do {
            let files = try await host.digests(of: service, in: desired)
            let volumes = desired.mountedVolumes(of: service)
            return .success(
                goals.goal(of: service, image: digest, files: files, volumes: volumes)
            )
        } catch {
            return .failure(Unresolved(cause: .notAllowed, reason: "\(error)"))
        }
    }

    private func intents(
        _ desired: DesiredState?,
        goals: [String: Goal],
        containers: [Container]
    ) async throws -> [String: ServiceIntent] {
        // Without a desired state, or with one that is suspended, everything stays as it is.
        guard let desired, !desired.isSuspended else {
            return Dictionary(
                containers.map { ($0.service, ServiceIntent.keep) },
                uniquingKeysWith: { first, _ in first }
            )
        }
        var intents: [String: ServiceIntent] = [:]
        for service in desired.services {
            guard let goal = goals[service.name] else {
                intents[service.name] = .keep
                continue
            }
            intents[service.name] = .run(
                goal,
                fallback: try await fallback(from: goal, among: containers)
            )
        }
        if !desired.prunes {
            for container in containers where intents[container.service] == nil {
                intents[container.service] = .keep
            }
        }
        return intents
    }

    /// The spec of the committed containers that an update has not reached yet: the last good one.
    ///
    /// Only asked for where some slots were already replaced; read from the commit they were made
    /// for, and believed only if it gives the very same spec.
    private func fallback(from goal: Goal, among containers: [Container]) async throws -> Goal? {
        let committed = containers.filter {
            $0.service == goal.service.name && $0.name.role == .committed
        }
        guard committed.contains(where: { goal.actualSpec(of: $0) == goal.spec }),
            let old = committed.first(where: { goal.actualSpec(of: $0) != goal.spec }),
            let digest = old.image.digest,
            let desired = try await source.desired(for: environment, at: old.revision),
            let service = desired.service(named: goal.service.name),
            let files = try? await host.digests(of: service, in: desired)
        else { return nil }
        let volumes = desired.mountedVolumes(of: service)
        let fallback = Goal(service, image: digest, hostFiles: files, volumes: volumes)
        return fallback.actualSpec(of: old) == fallback.spec ? fallback : nil
    }
}

extension ServiceIntent {
    fileprivate var fallback: Goal? {
        if case .run(_, let fallback) = self { return fallback }
        return nil
    }
}

extension ObservedState {
    /// Since when running containers are out of the table: from now on, or from when they were
    /// first seen so.
    func idle(since earlier: [String: Moment], now: Moment) -> [String: Moment] {
        var idle: [String: Moment] = [:]
        for container in containers where container.state == .running && !isServing(container) {
            idle[container.id] = min(earlier[container.id] ?? now, now)
        }
        return idle
    }
}
