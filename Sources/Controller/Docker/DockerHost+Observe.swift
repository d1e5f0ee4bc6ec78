internal import Addresses
internal import DockerEngine
internal import Model
internal import Planning
internal import Platform
internal import Traffic

extension DockerHost {
    /// Looks at the environment.
    package func observe(_ request: ObserveRequest) async throws -> any HostSnapshot {
        let environment = request.environment
        let adopters = withMemory { $0.adopt(request.desired) }
        async let listing = list(environment)
        async let table = director.observe()
        async let networks = engine.listNetworks()
        let summaries = try await listing
        var snapshot = try await DockerSnapshot(
            host: self,
            environment: environment,
            written: request.desired,
            networks: Networks(networks, adopters: adopters),
            table: table
        )
        if let desired = request.desired { try await snapshot.findSuccessors(of: desired) }
        let foreign = try await snapshot.read(summaries)
        logForeign(foreign, in: environment)
        remember(snapshot)
        try await snapshot.reconcile(isHasty: request.isHasty)
        snapshot.observation.drift += foreign.map(DockerSnapshot.drift)
        return snapshot
    }

    /// What all environments of the host have to heed of each other.
    private func remember(_ snapshot: DockerSnapshot) {
        let environment = snapshot.environment
        withMemory { memory in
            if let desired = snapshot.desired {
                memory.fixed[environment] = desired.fixedAddresses
            }
            memory.taken[environment] = snapshot.taken
            memory.reserved.subtract(snapshot.taken)
        }
    }

    /// Says once of each foreign container that it is left alone.
    private func logForeign(_ foreign: [ContainerSummary], in environment: String) {
        let news = withMemory { memory in
            let known = memory.foreign[environment] ?? []
            memory.foreign[environment] = Set(foreign.map(\.id))
            return foreign.filter { !known.contains($0.id) }
        }
        for container in news {
            log(
                .warning,
                "\(container.name ?? container.id) has Berth's labels, and they do not go with its "
                    + "name: it is not Berth's and left alone; remove it, or its labels"
            )
        }
    }

    /// The environment's containers; an empty list is believed when a second one agrees.
    ///
    /// A daemon that was away has ended containers that did nothing wrong, so when it came back is
    /// kept in mind.
    private func list(_ environment: String) async throws -> [ContainerSummary] {
        let filters = EngineFilters.labels([Label.environment: environment])
        do throws(EngineError) {
            let first = try await engine.listContainers(filters: filters)
            let list = first.isEmpty ? try await engine.listContainers(filters: filters) : first
            withMemory { memory in
                if memory.isDaemonAway { memory.daemonStarted = .now }
                memory.isDaemonAway = false
            }
            return list
        } catch {
            if [.unreachable, .connectionLost].contains(error.kind) {
                withMemory { $0.isDaemonAway = true }
            }
            throw error
        }
    }

    /// Those that Berth made: an image may say of all its containers that they are.
    func ours(_ summaries: [ContainerSummary]) async -> [ContainerSummary] {
        var ours: [ContainerSummary] = []
        for summary in summaries {
            let spec = await imageSpec(summary.imageID)
            if ContainerReading.isMadeByUs(summary, imageSpec: spec) { ours.append(summary) }
        }
        return ours
    }

    /// What an image says that its containers' spec is; nil where the image is not known.
    ///
    /// An image never changes under its id, so each is asked about once.
    private func imageSpec(_ id: String?) async -> String?? {
        guard let id else { return nil }
        if let known = withMemory({ $0.imageSpecs[id] }) { return known }
        guard let image = try? await engine.inspectImage(id) else { return nil }
        let spec = image.config.labels?[Label.spec]
        withMemory { memory in
            if memory.imageSpecs.count >= 1_000 { memory.imageSpecs = [:] }
            memory.imageSpecs.updateValue(spec, forKey: id)
        }
        return .some(spec)
    }

    /// Who serves, by service; a container that serves several ports counts once.
    static func serving(
        in table: ObservedTable,
        of environment: String
    ) -> [String: [Model.Backend]] {
        // The table shortens long names.
        let own = ChainName(environment: environment, service: "", target: nil).environment
        var serving: [String: [Model.Backend]] = [:]
        // The record comes first; only where it was tampered with do other chains count.
        for (name, chain) in table.services.sorted(by: { $0.key < $1.key })
        where name.environment == own && name.bridge == nil {
            for backend in chain.backends {
                let known = serving[name.service] ?? []
                guard !known.contains(where: { $0.container == backend.container }) else {
                    continue
                }
                serving[name.service] =
                    known + [
                        Model.Backend(
                            slot: backend.slot,
                            generation: backend.generation,
                            container: backend.container,
                            address: backend.address,
                            since: Moment(milliseconds: Int64(backend.since))
                        )
                    ]
            }
        }
        return serving.mapValues {
            $0.sorted { ($0.slot, $0.generation) < ($1.slot, $1.generation) }
        }
    }

    func details(of container: String) async throws -> ContainerDetails? {
        do throws(EngineError) {
            return try await engine.inspectContainer(container)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }
}

extension DockerHost.Memory {
    /// Notes which project an environment takes over; returns what all of them do.
    fileprivate mutating func adopt(_ desired: DesiredState?) -> [String: String] {
        guard let desired else { return adopters }
        adopters = adopters.filter { $0.value != desired.environment }
        if let project = desired.adoptedProject, adopters[project] == nil {
            adopters[project] = desired.environment
        }
        return adopters
    }
}

/// Docker's list and Docker's record contradict each other; the next look will tell.
struct ListContradicted: Error, CustomStringConvertible {
    let container: String

    var description: String {
        "Docker's list lacks \(container), which serves and is there; looking again"
    }
}
