internal import Digests
package import Model
internal import Planning
package import Rollouts

/// Looks at an environment without touching it.
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

    /// Looks once.
    ///
    /// - Parameters:
    ///   - now: the time to decide at.
    ///   - memory: how releases ended before.
    ///   - idleSince: since when containers are out of the table, as far as the caller has seen;
    ///     brought up to date.
    ///   - stopping: containers that a stop is under way for.
    ///   - serve: puts traffic where the routes say; called where the table was lost, before
    ///     anything beyond this host is asked. Nil only looks.
    /// - Returns: what was seen and decided.
    /// - Throws: what Docker, nft or the repository said.
    package func reconcile(
        at now: Moment,
        memory: ReleaseRecord,
        idleSince: inout [String: Moment],
        stopping: Set<String> = [],
        serve: (([Route]) async throws -> Void)? = nil
    ) async throws -> Reconciliation {
        let wanted = try await source.desired(for: environment)
        let services = wanted.desired?.services ?? []
        var scene = Scene(
            environment: environment,
            services: Dictionary(services.map { ($0.name, $0) }, uniquingKeysWith: { $1 }),
            desired: wanted.desired,
            isHasty: serve != nil
        )
        var observation = try await host.observe(scene)
        if let serve, !observation.hasTable {
            let lost = observation.lostRoutes(of: wanted.desired, stopping: stopping, at: now)
            if !lost.isEmpty { try await serve(lost) }
            scene.isHasty = false
            observation = try await host.observe(scene)
        }
        idleSince = observation.state.idle(since: idleSince, now: now)
        observation.state.idleSince = idleSince
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
        let rollout = Rollout(intents: intents, memory: memory)
        return Reconciliation(
            wanted: wanted,
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
