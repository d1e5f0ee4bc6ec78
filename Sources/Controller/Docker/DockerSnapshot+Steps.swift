internal import Addresses
internal import Digests
internal import DockerEngine
package import Model
package import Planning
internal import Platform
package import Rollouts
internal import Traffic

extension DockerSnapshot {
    /// Takes one step; one that was taken already, be it before a crash or by hand, succeeds.
    package func perform(_ step: Step) async throws {
        guard let desired else { throw NothingDesired(environment: environment) }
        switch step {
        case .create(let goal, let slot, let generation):
            try await create(blueprint(of: goal, slot: slot, generation: generation, in: desired))
        case .start(let container):
            try await start(container, in: desired)
            if let ruleset = host.withMemory({ $0.rulesets[environment] }) {
                try await prepareBridges(of: ruleset)
            }
        case .unpause(let container):
            try await engine.unpauseContainer(container.id)
        case .rename(let container, let role):
            try await setRestart(of: container, as: role, in: desired)
            try await rename(container, to: role)
        case .stop(let container):
            try await stop(container)
        case .remove(let container):
            try await remove(container)
        }
    }

    // MARK: Creating

    private func blueprint(
        of goal: Goal,
        slot: Int,
        generation: Int,
        in desired: DesiredState
    ) -> Blueprint {
        Blueprint(
            goal: goal,
            slot: slot,
            generation: generation,
            desired: desired,
            layout: layout,
            hostsFile: hostsFile(of: goal.service.name, in: desired),
            internalNetworks: networks.internalNames
        )
    }

    private func create(_ blueprint: Blueprint) async throws {
        let service = blueprint.goal.service
        let conflicts = try await writeConflicts(of: [service], in: blueprint.desired)
        if let conflict = conflicts[service.name]?.first { throw conflict }
        let image = try await ensureImage(blueprint.goal, mirrors: blueprint.desired.mirrors)
        let attachments = blueprint.attachments
        let role = ContainerName.Role.candidate(generation: blueprint.generation)
        let name = ContainerName(base: blueprint.base, role: role).description
        var blueprint = blueprint
        blueprint.sources = try await sources(for: blueprint, named: name)
        var body = try blueprint.bodyWithHostVariables()
        body.config.image = image
        Self.withholdRestart(of: service, in: &body)
        if try await engine.apiVersion() >= StartInterval.since {
            let ofImage = try await engine.inspectImage(image).config.healthcheck
            body.config.healthcheck = StartInterval.added(to: body.config.healthcheck, of: ofImage)
        }
        var extra: [(network: String, endpoint: EndpointSettings)] = []
        var reserved: [String: IPv4Address] = [:]
        for (index, attachment) in attachments.enumerated() {
            let network = layout.networkName(attachment.network, in: blueprint.desired)
            let address =
                attachment.ipv4Address == nil
                ? try await freeAddress(in: network, of: blueprint.desired) : nil
            if let address { reserved[network] = address }
            let own = address ?? attachment.ipv4Address.flatMap { IPv4Address($0) }
            var endpoint = blueprint.endpoint(
                attachment,
                address: address,
                address6: own.flatMap { networks.subnet6(network)?.embedding($0) }
            )
            if isUnannounced(blueprint, in: network) { endpoint.aliases = nil }
            if index == 0 || blueprint.joinsAllAtOnce {
                body.networks[network] = endpoint
            } else {
                extra.append((network, endpoint))
            }
        }
        let platform = blueprint.goal.service.container.platform
        // The next list shows the addresses that were given; until then they stay reserved.
        defer { release(reserved.values) }
        let created = try await create(named: name, body, platform: platform)
        if created.isNew {
            for network in body.networks.keys { reserved[network] = nil }
        }
        // Before API 1.44 a container is made with one network; the others join before it starts.
        for (network, endpoint) in extra
        where try await join(network, created.id, endpoint) {
            reserved[network] = nil
        }
    }

    private func create(
        named name: String,
        _ body: ContainerCreateBody,
        platform: String?
    ) async throws -> (id: String, isNew: Bool) {
        do throws(EngineError) {
            let created = try await engine.createContainer(
                named: name,
                platform: platform,
                body
            )
            for warning in created.warnings { log(.warning, "\(name): \(warning)") }
            return (created.id, true)
        } catch {
            guard error.kind == .conflict else { throw error }
            let there = try await engine.inspectContainer(name)
            guard there.config.labels?[Label.spec] == body.config.labels?[Label.spec] else {
                throw NameTaken(name: name)
            }
            return (there.id, false)
        }
    }

    /// Whether containers that Compose started are still found under the service's name in a
    /// network.
    ///
    /// Docker gives their callers any container of a name, be it not ready yet. Berth's own callers
    /// find it by its service's address; others need the name.
    private func isUnannounced(_ blueprint: Blueprint, in network: String) -> Bool {
        let (service, slot) = (blueprint.goal.service, blueprint.slot)
        guard service.update.order == .startFirst else { return false }
        guard networks.hasServiceAddresses(network), !networks.isAssigned(network),
            !adoption.bystanders.contains(where: { $0.state == .running })
        else { return false }
        return adoption.incumbents.contains { incumbent in
            let container = incumbent.container
            return container.service == service.name && container.slot == slot
                && container.state == .running
        }
    }

    /// Returns false where it had joined before, with an address from then.
    private func join(
        _ network: String,
        _ container: String,
        _ endpoint: EndpointSettings
    ) async throws -> Bool {
        do throws(EngineError) {
            try await engine.connectNetwork(network, container: container, endpoint)
            return true
        } catch {
            let details = try await engine.inspectContainer(container)
            guard details.networks[network] != nil else { throw error }
            return false
        }
    }

    /// The name to make a container from: by digest, so that what was planned is what runs,
    /// wherever it was pulled from.
    ///
    /// A digest counts in the repository that it was asked of: any image of this host, of any
    /// registry, has an id that looks the same.
    private func ensureImage(_ goal: Goal, mirrors: [String: [String]]) async throws -> String {
        guard let digest = goal.image.digest else { return goal.image.familiar }
        let sources = goal.image.sources(among: mirrors).map { $0.pinned(to: digest) }
        for source in sources where try await image(source.canonical) != nil {
            return source.canonical
        }
        if try await hasLocalImage(goal, digest) { return digest.description }
        guard goal.service.pullPolicy != .never else { throw ImageMissing(image: goal.image) }
        var failure: EngineError?
        for source in sources {
            do throws(EngineError) {
                try await pull(source, digest, for: goal)
                return source.canonical
            } catch {
                failure = failure ?? error
                // Docker says "not found" only where a registry said so.
                guard error.kind != .notFound, error.kind != .cancelled else { break }
                guard source != sources.last else { break }
                log(.warning, "\(error); trying the next mirror")
            }
        }
        throw failure.map { PullError(image: goal.image, cause: $0) }
            ?? ImageMissing(image: goal.image)
    }

    /// Whether the digest is the id of an image that was built here, or loaded, under the service's
    /// own name; an id that a manifest writes is none.
    private func hasLocalImage(_ goal: Goal, _ digest: Digest) async throws -> Bool {
        guard goal.service.image.digest == nil,
            let details = try await image(digest.description)
        else { return false }
        return details.isLocal(in: goal.image.repository)
    }

    private func pull(
        _ source: ImageName,
        _ digest: Digest,
        for goal: Goal
    ) async throws(EngineError) {
        let image = goal.image
        let progress = host.progress
        defer { progress(image, nil) }
        _ = try await engine.pullImage(
            source.repository,
            .digest(digest.description),
            platform: goal.service.container.platform,
            credential: await host.credentials(source),
            progress: { progress(image, $0) }
        )
    }

    private func image(_ name: String) async throws -> ImageDetails? {
        do throws(EngineError) {
            return try await engine.inspectImage(name)
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    private func freeAddress(
        in network: String,
        of desired: DesiredState
    ) async throws -> IPv4Address? {
        guard networks.isAssigned(network) else { return nil }
        // Somebody else's container may be there, too.
        let members = try await engine.inspectNetwork(network).containers ?? [:]
        let present = members.values.compactMap { member in
            member.ipv4Address.flatMap { IPv4Address(String($0.prefix { $0 != "/" })) }
        }
        return reserveAddress(in: network, besides: desired.fixedAddresses.union(present))
    }

    /// An address that nobody has, was promised, or is fixed to in a manifest.
    func reserveAddress(
        in network: String,
        besides fixed: Set<IPv4Address>
    ) -> IPv4Address? {
        guard networks.isAssigned(network), let subnet = networks.subnet(network) else {
            return nil
        }
        return host.withMemory { memory in
            let known = fixed.union(networks.setAside(network)).union(memory.reserved)
            let taken = memory.taken.values.reduce(known) { $0.union($1) }
            let address = subnet.freeAddress(
                besides: taken,
                services: memory.names.addresses.all(on: network)
            )
            if let address { memory.reserved.insert(address) }
            return address
        }
    }

    private func release(_ addresses: some Sequence<IPv4Address>) {
        host.withMemory { $0.reserved.subtract(addresses) }
    }

    // MARK: The other steps

    /// A candidate whose address somebody took before its first start can never start: it goes, and
    /// the next one is made with an address that is free.
    private func start(_ container: Container, in desired: DesiredState) async throws {
        let details = try await engine.inspectContainer(container.id)
        // What Compose gave its container is not the policy's to grant.
        if !container.isAdopted {
            try await holdMounts(of: details, as: container.service, in: desired)
        }
        do {
            try await start(details, as: container, in: desired)
        } catch let error as EngineError {
            // The words of Docker's address manager; a port that is taken says it otherwise.
            if case .candidate = container.name.role, container.started == nil,
                error.message.contains("Address already in use")
            {
                try await engine.removeContainer(container.id, volumes: true)
            }
            throw error
        }
    }

    private func rename(_ container: Container, to role: ContainerName.Role) async throws {
        let name = ContainerName(base: container.name.base, role: role).description
        do throws(EngineError) {
            try await engine.renameContainer(container.id, to: name)
        } catch {
            let details = try await engine.inspectContainer(container.id)
            guard details.name == name || details.name == "/\(name)" else { throw error }
        }
    }

    private func stop(_ container: Container) async throws {
        let details = try await engine.inspectContainer(container.id)
        try await engine.stopContainer(container.id, grace: details.config.stopTimeout ?? 10)
    }

    private func remove(_ container: Container) async throws {
        do throws(EngineError) {
            // Unnamed volumes of Compose's containers may hold data that the user still wants.
            try await engine.removeContainer(container.id, volumes: !container.isAdopted)
        } catch {
            guard error.kind == .notFound else { throw error }
        }
        await releaseMounts(of: container)
        // Whoever gets the address next shall not inherit its connections.
        guard let servers = servers(of: container.address) else { return }
        try await director.removeEntries(to: servers)
    }

    /// Where connections to a container with this IPv4 address end, in either family; nil where it
    /// has none.
    func servers(of address: IPv4Address?) -> Set<IPAddress>? {
        address.map { address in
            Set([.four(address)] + [address6(of: address)].compactMap { $0.map(IPAddress.six) })
        }
    }

    /// The IPv6 address that goes with a container's IPv4 address; nil where it has none.
    func address6(of container: IPv4Address) -> IPv6Address? {
        networks.address6(of: container)
    }

    // MARK: Comparing

    /// A file that cannot be read is no reason to say nothing of the other fields.
    private func bodyToCompare(_ blueprint: Blueprint) -> ContainerCreateBody {
        do {
            return try blueprint.bodyWithHostVariables()
        } catch {
            log(.warning, "\(error)")
            return blueprint.body()
        }
    }

    /// How containers differ from their goals; asked for reports, not at every pass.
    package func fieldDifferences(
        _ pairs: [(container: Container, goal: Goal)]
    ) async throws -> [String: [FieldDifference]] {
        guard let desired else { return [:] }
        var differences: [String: [FieldDifference]] = [:]
        for (container, goal) in pairs {
            let details = try await engine.inspectContainer(container.id)
            let image = try? await engine.inspectImage(details.image)
            let blueprint = blueprint(
                of: goal,
                slot: container.slot,
                generation: container.generation,
                in: desired
            )
            let rows = FieldComparison(
                desired: bodyToCompare(blueprint),
                actual: details,
                image: image?.config
            )
            .differences
            let mounts = await mountDifferences(of: details, goal, in: desired)
            if !rows.isEmpty || !mounts.isEmpty { differences[container.id] = rows + mounts }
        }
        return differences
    }
}

/// A step was asked for while no revision says anything usable of the environment.
struct NothingDesired: Error, CustomStringConvertible {
    let environment: String

    var description: String {
        "no usable revision describes \(environment), so its containers stay as they are"
    }
}

/// A container that is not Berth's has the name that one of Berth's needs.
struct NameTaken: Error, CustomStringConvertible {
    let name: String

    var description: String {
        "the name \(name) belongs to another container; rename or remove that one"
    }
}

extension DesiredState {
    /// Addresses that manifests fix, whether or not a container has them yet.
    var fixedAddresses: Set<IPv4Address> {
        Set(
            services.flatMap { service -> [NetworkAttachment] in
                guard case .networks(let attachments) = service.container.network else {
                    return []
                }
                return attachments
            }
            .compactMap { $0.ipv4Address.flatMap { IPv4Address($0) } }
        )
    }
}
