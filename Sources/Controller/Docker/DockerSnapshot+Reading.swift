internal import Addresses
internal import DockerEngine
internal import Model
internal import Planning
internal import Platform
internal import Traffic

extension DockerSnapshot {
    /// Takes in Docker's list; returns the containers with Berth's labels that are not Berth's.
    mutating func read(_ summaries: [ContainerSummary]) async throws -> [ContainerSummary] {
        let ours = await host.ours(summaries)
        let read = ours.map { summary in
            var container = ContainerReading.container(summary)
            container?.lostNetworks = lostNetworks(of: summary)
            return (summary, container)
        }
        let own = read.compactMap(\.1)
        adoption = try await adoption(besides: own)
        containers = own + adoption.incumbents.map(\.container)
        attached = Set(
            ours.compactMap { $0.labels?[Label.network] }
                + adoption.incumbents.compactMap(\.network)
        )
        endpoints = Self.endpoints(of: ours + adoption.incumbents.map(\.summary))
        hasFormerAddresses = ours.contains { $0.labels?[Label.names] == nil }
        let present = summaries + adoption.incumbents.map(\.summary) + adoption.bystanders
        taken = Self.addresses(in: present)
        let serving = DockerHost.serving(in: table, of: environment)
        try await confirm(serving, against: present)
        observation.state = ObservedState(containers: containers, serving: serving)
        return read.filter { $0.1 == nil }.map(\.0)
    }

    /// Looks at conflicts, containers in motion, networks, volumes and files.
    ///
    /// Where the table was lost a hasty look stops at the conflicts: callers wait.
    mutating func reconcile(isHasty: Bool) async throws {
        observation.state.daemonStarted = host.withMemory { $0.daemonStarted }
        if let desired { observation.state.heirs = heirs(desired, of: containers, in: table) }
        observation.hasTable = hasTable
        observation.conflicts = await portConflicts(isHasty: isHasty)
        if isHasty, !hasTable { return }
        try await lookCloser(at: &observation.state)
        let objects = try await objects(of: desired)
        observation.writeConflicts = try await writeConflicts(in: desired)
        observation.preparations = try await preparations(desired, objects)
        observation.leftovers = objects.leftovers
        observation.notes = objects.notes
        observation.refusals = objects.refusals
        observation.drift = objects.drift
        observation.rivalProjects = objects.rivalProjects
            .union(observation.conflicts.values.joined().compactMap(\.project))
            .union(observation.writeConflicts.values.joined().compactMap(\.owner.project))
            .subtracting([desired?.adoptedProject].compactMap(\.self))
        observation.isProjectMissing =
            adoption.isEmpty && !networks.belong(to: desired?.adoptedProject)
        observation.bystanders = adoption.bystanders
            .map { $0.name ?? String($0.id.prefix(12)) }.sorted()
    }

    /// What the environment takes over; nothing where it adopts no project.
    private func adoption(besides own: [Container]) async throws -> Adoption {
        guard let desired, let project = desired.adoptedProject else { return Adoption() }
        let adopter = networks.adopters[project] ?? environment
        guard adopter == environment else {
            throw AdoptedTwice(project: project, adopter: adopter)
        }
        let summaries = try await engine.listContainers(
            filters: .labels([Label.composeProject: project])
        )
        return Adoption(of: summaries, besides: own, by: desired, in: layout)
    }

    /// A container with Berth's labels that is not Berth's: nothing is done to it.
    static func drift(of foreign: ContainerSummary) -> Drift {
        Drift(
            .unexpected,
            service: foreign.labels?[Label.service] ?? "",
            subject: foreign.name ?? String(foreign.id.prefix(12)),
            field: "labels",
            desired: "nothing",
            actual: "labels of \(foreign.labels?[Label.base] ?? "another container")"
        )
    }

    /// A list that lacks a container which serves is believed only when Docker denies that very
    /// container, too: stale or cut lists must never take anybody out of the table.
    ///
    /// One that is not Berth's was listed as long as the environment took its project over.
    private func confirm(
        _ serving: [String: [Model.Backend]],
        against summaries: [ContainerSummary]
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

    /// The networks that a container can only come back to by being created anew.
    ///
    /// Docker keeps a network's id, and starts no container whose network has another one by now.
    private func lostNetworks(of summary: ContainerSummary) -> [String] {
        let ids = Set(networks.byName.values.map(\.id))
        var lost = Set(
            summary.networks.filter { _, endpoint in
                endpoint.networkID.map { !$0.isEmpty && !ids.contains($0) } ?? false
            }.keys
        )
        if summary.state == .running, let desired,
            let service = desired.service(named: summary.labels?[Label.service] ?? "")
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
    private func lookCloser(at state: inout ObservedState) async throws {
        let closer = try await withThrowingTaskGroup(of: CloserLook?.self) {
            group -> [CloserLook] in
            for container in state.inMotion {
                let isServing = state.isServing(container)
                group.addTask { try await self.lookCloser(at: container, isServing) }
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
        _ isServing: Bool
    ) async throws -> CloserLook? {
        guard let details = try await details(of: container.id) else { return nil }
        var look = CloserLook(container: ContainerReading.refine(container, with: details))
        guard look.container.state == .running, !isServing else { return look }
        switch container.name.role {
        case .failed:
            return look
        case .candidate, .committed, .retired, .withdrawn:
            guard var service = desired?.service(named: container.service) else { return look }
            // The probe is what its successor has to answer.
            if container.isAdopted { service.readiness.probe = nil }
            look.acceptance = await accepts(look.container, service)
            if look.acceptance == .accepting, try await isNetworkNew(service) {
                look.acceptance = .refusing("its network's IPv6 addresses are not in use yet")
            }
            return look
        }
    }

    /// Whether callers over IPv6 would wait for an answer that finds no way back yet.
    private func isNetworkNew(_ service: Service) async throws -> Bool {
        guard let desired else { return false }
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
        case .host: await host.prober.ask(.loopback, as: service)
        case .none: .accepting
        case .networks, .bridge:
            if let address = container.address {
                await host.prober.ask(address, as: service)
            } else {
                .refusing("no address yet")
            }
        }
    }
}
