internal import Addresses
internal import DockerEngine
internal import Model
internal import Planning
internal import Platform
internal import Traffic

extension DockerHost {
    /// Looks at the environment.
    package func observe(_ scene: Scene) async throws -> Observation {
        let adopters = withMemory { $0.adopt(scene.desired) }
        async let listing = list(scene.environment)
        async let table = director.observe()
        async let networks = engine.listNetworks()
        let seen = try await (
            summaries: listing, table: table, networks: Networks(networks, adopters: adopters)
        )
        let scene = try await named(scene, among: seen.networks)
        let ours = await ours(seen.summaries)
        let read = ours.map { summary in
            var container = ContainerReading.container(summary)
            container?.lostNetworks = lostNetworks(of: summary, scene, seen.networks)
            return (summary, container)
        }
        let own = read.compactMap(\.1)
        let adoption = try await adoption(by: scene.desired, besides: own)
        let containers = own + adoption.incumbents.map(\.container)
        let present = seen.summaries + adoption.incumbents.map(\.summary) + adoption.bystanders
        let foreign = read.filter { $0.1 == nil }.map(\.0)
        tellForeign(foreign, in: scene.environment)
        let serving = Self.serving(in: seen.table, of: scene.environment)
        withMemory { memory in
            memory.table = seen.table
            memory.networks = seen.networks
            memory.containers[scene.environment] = containers
            memory.adoptions[scene.environment] = adoption
            memory.attached[scene.environment] = Set(
                ours.compactMap { $0.labels?[Label.network] }
                    + adoption.incumbents.compactMap(\.network)
            )
            memory.endpoints[scene.environment] = Self.endpoints(
                of: ours + adoption.incumbents.map(\.summary)
            )
            if let desired = scene.desired {
                memory.fixed[scene.environment] = desired.fixedAddresses
            }
            let isFormer = ours.contains { $0.labels?[Label.names] == nil }
            if isFormer {
                memory.former.insert(scene.environment)
            } else {
                memory.former.remove(scene.environment)
            }
            let addresses = Self.addresses(in: present)
            memory.taken[scene.environment] = addresses
            memory.reserved.subtract(addresses)
        }
        try await confirm(serving, against: present, of: scene.environment)
        var state = ObservedState(containers: containers, serving: serving)
        state.daemonStarted = withMemory { $0.daemonStarted }
        if let desired = scene.desired {
            state.heirs = heirs(desired, of: containers, in: seen.table)
        }
        let conflicts = await portConflicts(scene, in: seen.table)
        withMemory { $0.obstructed[scene.environment] = Set(conflicts.keys) }
        if scene.isHasty, !Self.hasTable(seen.table, of: scene.environment) {
            return Observation(
                state: state,
                preparations: [],
                hasTable: false,
                conflicts: conflicts
            )
        }
        try await lookCloser(at: &state, scene)
        let objects = try await objects(of: scene.desired, seen.networks)
        let writeConflicts = try await writeConflicts(in: scene.desired)
        let rivals = objects.rivalProjects.union(conflicts.values.joined().compactMap(\.project))
            .union(writeConflicts.values.joined().compactMap(\.owner.project))
        return Observation(
            state: state,
            preparations: preparations(scene.desired, objects),
            leftovers: objects.leftovers,
            notes: objects.notes,
            hasTable: Self.hasTable(seen.table, of: scene.environment),
            conflicts: conflicts,
            writeConflicts: writeConflicts,
            refusals: objects.refusals,
            drift: objects.drift + foreign.map(Self.drift),
            rivalProjects: rivals.subtracting([scene.desired?.adoptedProject].compactMap(\.self)),
            isProjectMissing: adoption.isEmpty
                && !seen.networks.belong(to: scene.desired?.adoptedProject),
            bystanders: adoption.bystanders.map { $0.name ?? String($0.id.prefix(12)) }.sorted()
        )
    }

    /// What the environment takes over; nothing where it adopts no project.
    private func adoption(
        by desired: DesiredState?,
        besides own: [Container]
    ) async throws -> Adoption {
        guard let desired, let project = desired.adoptedProject else { return Adoption() }
        let adopter = withMemory { $0.adopters[project] } ?? desired.environment
        guard adopter == desired.environment else {
            throw AdoptedTwice(project: project, adopter: adopter)
        }
        let summaries = try await engine.listContainers(
            filters: .labels([Label.composeProject: project])
        )
        return Adoption(of: summaries, besides: own, by: desired, in: layout)
    }

    /// A container with Berth's labels that is not Berth's: nothing is done to it.
    private static func drift(of foreign: ContainerSummary) -> Drift {
        Drift(
            .unexpected,
            service: foreign.labels?[Label.service] ?? "",
            subject: foreign.name ?? String(foreign.id.prefix(12)),
            field: "labels",
            desired: "nothing",
            actual: "labels of \(foreign.labels?[Label.base] ?? "another container")"
        )
    }

    /// Says once of each foreign container that it is left alone.
    private func tellForeign(_ foreign: [ContainerSummary], in environment: String) {
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

    static func hasTable(_ table: ObservedTable, of environment: String) -> Bool {
        let own = ChainName(environment: environment, service: "", target: nil).environment
        return table.services.keys.contains { $0.environment == own }
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

    /// A list that lacks a container which serves is believed only when Docker denies that very
    /// container, too: stale or cut lists must never take anybody out of the table.
    ///
    /// One that is not Berth's was listed as long as the environment took its project over.
    private func confirm(
        _ serving: [String: [Model.Backend]],
        against summaries: [ContainerSummary],
        of environment: String
    ) async throws {
        for backend in serving.values.joined()
        where !summaries.contains(where: { backend.isContainer($0.id) }) {
            let details = try await details(of: backend.container)
            guard let details, details.config.labels?[Label.environment] == environment else {
                continue
            }
            throw ListContradicted(container: details.name)
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

    /// The networks that a container can only come back to by being created anew.
    ///
    /// Docker keeps a network's id, and starts no container whose network has another one by now.
    private func lostNetworks(
        of summary: ContainerSummary,
        _ scene: Scene,
        _ networks: Networks
    ) -> [String] {
        let ids = Set(networks.byName.values.map(\.id))
        var lost = Set(
            summary.networks.filter { _, endpoint in
                endpoint.networkID.map { !$0.isEmpty && !ids.contains($0) } ?? false
            }.keys
        )
        if summary.state == .running, let desired = scene.desired,
            let service = scene.services[summary.labels?[Label.service] ?? ""]
        {
            let wanted = Self.networkKeys(of: service).map { layout.networkName($0, in: desired) }
            lost.formUnion(wanted.filter { summary.networks[$0] == nil })
        }
        return lost.sorted()
    }

    /// Every address that a container has or was promised, in any network.
    private static func addresses(in summaries: [ContainerSummary]) -> Set<IPv4Address> {
        Set(
            summaries.flatMap { $0.networks.values }
                .flatMap { [$0.ipAddress, $0.ipamConfig?.ipv4Address] }
                .compactMap { $0.flatMap { IPv4Address($0) } }
        )
    }

    private static func endpoints(
        of summaries: [ContainerSummary]
    ) -> [String: [String: IPv4Address]] {
        Dictionary(
            summaries.map { summary in
                let addresses = summary.networks.compactMapValues { endpoint in
                    endpoint.ipAddress.flatMap { IPv4Address($0) }
                }
                return (String(summary.id.prefix(12)), addresses)
            },
            uniquingKeysWith: { $1 }
        )
    }

    /// Inspects, probes and counts where a list says too little.
    private func lookCloser(at state: inout ObservedState, _ scene: Scene) async throws {
        let closer = try await withThrowingTaskGroup(of: CloserLook?.self) {
            group -> [CloserLook] in
            for container in state.inMotion {
                let isServing = state.isServing(container)
                group.addTask { try await self.lookCloser(at: container, isServing, scene) }
            }
            var looks: [CloserLook] = []
            for try await look in group {
                if let look { looks.append(look) }
            }
            return looks
        }
        for look in closer {
            guard let index = state.containers.firstIndex(where: { $0.id == look.container.id })
            else { continue }
            state.containers[index] = look.container
            state.acceptance[look.container.id] = look.acceptance
        }
        state.connections = await connections(of: closer.map(\.container))
    }

    /// Open connections of running containers; none are counted where the kernel does not tell.
    private func connections(of containers: [Container]) async -> [String: Int] {
        let running = containers.filter { $0.state == .running }
        let servers = running.map { ($0.id, self.servers(of: $0.address) ?? []) }
        let all = servers.reduce(into: Set<IPAddress>()) { $0.formUnion($1.1) }
        guard !running.isEmpty, let counts = await director.openConnections(to: all) else {
            return [:]
        }
        return Dictionary(
            servers.map { id, own in (id, own.reduce(0) { $0 + (counts[$1] ?? 0) }) },
            uniquingKeysWith: { $1 }
        )
    }

    private struct CloserLook {
        var container: Container
        var acceptance: ObservedState.Acceptance?
    }

    private func lookCloser(
        at container: Container,
        _ isServing: Bool,
        _ scene: Scene
    ) async throws -> CloserLook? {
        guard let details = try await details(of: container.id) else { return nil }
        var look = CloserLook(container: ContainerReading.refine(container, with: details))
        guard look.container.state == .running, !isServing else { return look }
        switch container.name.role {
        case .failed:
            return look
        case .candidate, .committed, .retired, .withdrawn:
            guard var service = scene.services[container.service] else { return look }
            // The probe is what its successor has to answer.
            if container.isAdopted { service.readiness.probe = nil }
            look.acceptance = await accepts(look.container, service)
            if look.acceptance == .accepting, try await isNetworkNew(service, scene) {
                look.acceptance = .refusing("its network's IPv6 addresses are not in use yet")
            }
            return look
        }
    }

    /// Whether callers over IPv6 would wait for an answer that finds no way back yet.
    private func isNetworkNew(_ service: Service, _ scene: Scene) async throws -> Bool {
        guard let desired = scene.desired else { return false }
        let networks = withMemory(\.networks)
        for key in Self.networkKeys(of: service) {
            let name = layout.networkName(key, in: desired)
            guard networks.subnet6(name) != nil, let bridge = networks.bridge(name) else {
                continue
            }
            if try await director.isDetectingAddresses(on: bridge) { return true }
        }
        return false
    }

    private func accepts(
        _ container: Container,
        _ service: Service
    ) async -> ObservedState.Acceptance {
        switch service.container.network {
        case .host: await prober.ask(.loopback, as: service)
        case .none: .accepting
        case .networks, .bridge:
            if let address = container.address {
                await prober.ask(address, as: service)
            } else {
                .refusing("no address yet")
            }
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
