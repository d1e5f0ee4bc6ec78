internal import Digests
internal import DockerEngine
public import Model
public import Planning
internal import Platform
public import Rollouts
internal import Traffic

extension DockerHost {
    /// Makes one step; one that was made already, by us before a crash or by anybody, succeeds.
    public func perform(_ step: Step, in desired: DesiredState) async throws {
        switch step {
        case .create(let goal, let slot, let generation):
            try await create(
                Blueprint(
                    goal: goal,
                    slot: slot,
                    generation: generation,
                    desired: desired,
                    layout: layout
                )
            )
        case .start(let container):
            try await engine.startContainer(container.id)
            if let ruleset = withMemory({ $0.rulesets[desired.environment] }) {
                try await prepareBridges(of: ruleset)
            }
        case .unpause(let container):
            try await engine.unpauseContainer(container.id)
        case .rename(let container, let role):
            try await rename(container, to: role)
        case .stop(let container):
            try await stop(container)
        case .remove(let container):
            try await remove(container)
        }
    }

    // MARK: Creating

    private func create(_ blueprint: Blueprint) async throws {
        let image = try await ensureImage(blueprint.goal)
        let attachments = blueprint.attachments
        var body = blueprint.body()
        body.config.image = image
        body.config.env = try HostVariables.merged(
            into: body.config.env,
            from: blueprint.goal.service.container.hostEnvironmentFiles
        )
        var extra: [(network: String, endpoint: EndpointSettings)] = []
        var reserved: [IPv4Address] = []
        for (index, attachment) in attachments.enumerated() {
            let network = layout.networkName(attachment.network, in: blueprint.desired)
            let address = attachment.ipv4Address == nil ? reserveAddress(in: network) : nil
            if let address { reserved.append(address) }
            let endpoint = blueprint.endpoint(attachment, address: address)
            if index == 0 {
                body.networks[network] = endpoint
            } else {
                extra.append((network, endpoint))
            }
        }
        let role = ContainerName.Role.candidate(generation: blueprint.generation)
        let name = ContainerName(base: blueprint.base, role: role).description
        let platform = blueprint.goal.service.container.platform
        let id: String
        do {
            id = try await create(named: name, body, platform: platform)
        } catch {
            // On success the next list shows them; until then they stay reserved.
            release(reserved)
            throw error
        }
        // Before API 1.44 a container is made with one network; the others join before it starts.
        for (network, endpoint) in extra {
            try await join(network, id, endpoint)
        }
    }

    private func create(
        named name: String,
        _ body: ContainerCreateBody,
        platform: String?
    ) async throws -> String {
        do throws(EngineError) {
            let created = try await engine.createContainer(
                named: name,
                platform: platform,
                body
            )
            for warning in created.warnings { log(.warning, "\(name): \(warning)") }
            return created.id
        } catch {
            guard error.kind == .conflict else { throw error }
            let there = try await engine.inspectContainer(name)
            guard there.config.labels?[Label.spec] == body.config.labels?[Label.spec] else {
                throw NameTaken(name: name)
            }
            return there.id
        }
    }

    private func join(
        _ network: String,
        _ container: String,
        _ endpoint: EndpointSettings
    ) async throws {
        do throws(EngineError) {
            try await engine.connectNetwork(network, container: container, endpoint)
        } catch {
            let details = try await engine.inspectContainer(container)
            guard details.networks[network] != nil else { throw error }
        }
    }

    /// The name to make a container from: by digest, so that what was planned is what runs.
    private func ensureImage(_ goal: Goal) async throws -> String {
        guard let digest = goal.image.digest?.description else { return goal.image.familiar }
        let pinned = "\(goal.image.repository)@\(digest)"
        for name in [pinned, digest] where try await hasImage(name) { return name }
        guard goal.service.pullPolicy != .never else { throw ImageMissing(image: goal.image) }
        let image = goal.image
        let progress = progress
        _ = try await engine.pullImage(
            image.repository,
            .digest(digest),
            platform: goal.service.container.platform,
            credential: await credentials(image),
            progress: { progress(image, $0) }
        )
        return pinned
    }

    private func hasImage(_ name: String) async throws -> Bool {
        do throws(EngineError) {
            _ = try await engine.inspectImage(name)
            return true
        } catch {
            guard error.kind == .notFound else { throw error }
            return false
        }
    }

    private func reserveAddress(in network: String) -> IPv4Address? {
        withMemory { memory in
            guard memory.networks.isAssigned(network), let subnet = memory.networks.subnet(network)
            else { return nil }
            let taken = memory.taken.values.reduce(memory.reserved) { $0.union($1) }
            let address = subnet.freeAddress(besides: taken)
            if let address { memory.reserved.insert(address) }
            return address
        }
    }

    private func release(_ addresses: [IPv4Address]) {
        withMemory { $0.reserved.subtract(addresses) }
    }

    // MARK: The other steps

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
            try await engine.removeContainer(container.id, volumes: true)
        } catch {
            guard error.kind == .notFound else { throw error }
        }
        // Whoever gets the address next shall not inherit its connections.
        guard let address = container.address.flatMap({ IPv4Address($0) }) else { return }
        try await director.endFlows(to: [address])
    }

    // MARK: Comparing

    /// How containers differ from their goals; asked for reports, not at every pass.
    public func fieldDifferences(
        _ pairs: [(container: Container, goal: Goal)],
        in desired: DesiredState
    ) async throws -> [String: [FieldDifference]] {
        var differences: [String: [FieldDifference]] = [:]
        for (container, goal) in pairs {
            let details = try await engine.inspectContainer(container.id)
            let image = try? await engine.inspectImage(details.imageID)
            let blueprint = Blueprint(
                goal: goal,
                slot: container.slot,
                generation: container.generation,
                desired: desired,
                layout: layout
            )
            let rows = FieldComparison(
                desired: blueprint.body(),
                actual: details,
                image: image?.config
            )
            .differences
            if !rows.isEmpty { differences[container.id] = rows }
        }
        return differences
    }
}

/// A container that is not Berth's has the name that one of Berth's needs.
struct NameTaken: Error, CustomStringConvertible {
    let name: String

    var description: String {
        "the name \(name) belongs to another container; rename or remove that one"
    }
}
