internal import Addresses
internal import DockerEngine
internal import Model
package import Planning
internal import Platform
internal import Traffic

extension DockerSnapshot {
    /// Makes the table lead where the routes say.
    package func route(_ routes: [Route]) async throws -> [FieldDifference] {
        let ruleset = try ruleset(routes)
        await holdPorts(of: routes, in: environment, as: table)
        let transaction = ruleset.changes(from: table)
        if let transaction {
            host.withMemory { $0.settled[environment] = nil }
            try await director.apply(transaction)
        }
        try await settle(ruleset, of: environment)
        let serving = DockerHost.serving(in: table, of: environment)
        await watchClosedConnections(from: routes, serving, of: environment)
        guard transaction != nil else { return [] }
        try await removeEntriesToTheDead(among: Self.leavers(routes, serving))
        let differences = Self.differences(routes, serving)
        return differences.isEmpty
            ? [FieldDifference(field: "rules", desired: "as planned", actual: "different")]
            : differences.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// What goes with the table's rules and is not in them.
    ///
    /// Bridges are asked every time: a container that Docker restarts comes with a new port.
    /// The rest is done once for each ruleset, and again where it failed or this process began.
    private func settle(_ ruleset: Ruleset, of environment: String) async throws {
        let settlement = Settlement(
            ruleset: ruleset,
            others: networks.otherInternal(than: ruleset.networks, environment)
        )
        let isSettled = host.withMemory { memory in
            memory.rulesets[environment] = ruleset
            return memory.settled[environment] == settlement
        }
        try await prepareBridges(of: ruleset)
        guard !isSettled else { return }
        await enableConnectionEvents()
        await admitOtherNetworks(settlement)
        try await removeStaleEntries(ruleset)
        host.withMemory { $0.settled[environment] = settlement }
    }

    /// What was done beside the table, and for which networks.
    struct Settlement: Equatable {
        var ruleset: Ruleset
        /// Internal networks that the ruleset does not speak of: nothing may leave them either.
        var others: [Traffic.Network]
    }

    /// What the table would have to change, by service.
    package func trafficDifferences(
        _ routes: [Route]
    ) throws -> [String: [FieldDifference]] {
        let ruleset = try ruleset(routes)
        guard ruleset.changes(from: table) != nil else { return [:] }
        let differences = Self.differences(
            routes,
            DockerHost.serving(in: table, of: environment)
        )
        guard differences.isEmpty else { return differences }
        return ["": [FieldDifference(field: "rules", desired: "as planned", actual: "different")]]
    }

    /// A kernel that announces no connections keeps no container from its callers.
    private func enableConnectionEvents() async {
        do throws(TrafficError) {
            try await director.enableConnectionEvents()
        } catch {
            log(.debug, "\(error)")
        }
    }

    /// Containers that run and are sent nothing new are on their way out.
    private func watchClosedConnections(
        from routes: [Route],
        _ serving: [String: [Model.Backend]],
        of environment: String
    ) async {
        let staying = routes.flatMap(\.backends)
        let served = serving.values.joined()
        let leaving = containers.filter { container in
            guard container.state == .running,
                !staying.contains(where: { $0.isContainer(container.id) })
            else { return false }
            // A candidate that never served has nothing to leave behind.
            if case .candidate = container.name.role {
                return served.contains { $0.isContainer(container.id) }
            }
            return true
        }
        let servers = leaving.reduce(into: Set<IPAddress>()) { servers, container in
            servers.formUnion(self.servers(of: container.address) ?? [])
        }
        do throws(TrafficError) {
            try await director.watchClosedConnections(of: servers, in: environment)
        } catch {
            log(.debug, "\(error)")
        }
    }

    private static func leavers(
        _ routes: [Route],
        _ serving: [String: [Model.Backend]]
    ) -> [Model.Backend] {
        let staying = routes.flatMap(\.backends)
        return serving.values.joined().filter { leaver in
            !staying.contains { $0.isContainer(leaver.container) }
        }
    }

    /// A connection that nobody has answered yet stays with the container it was sent to, however
    /// often its first packet comes again; where that container has died it is let go, and the next
    /// packet meets one that lives.
    private func removeEntriesToTheDead(among leavers: [Model.Backend]) async throws {
        for backend in leavers {
            guard let servers = servers(of: backend.address) else { continue }
            let details = try await details(of: backend.container)
            guard details?.state.running != true else { continue }
            try await director.removeEntries(to: servers)
        }
    }

    /// Callers that are elsewhere are cut loose now, and those of UDP ports once more when packets
    /// that were under way have arrived.
    private func removeStaleEntries(_ ruleset: Ruleset) async throws {
        try await director.removeStaleEntries(of: ruleset)
        guard ruleset.services.contains(where: { $0.name.target?.transport == .udp }) else {
            return
        }
        Task {
            try await Task.sleep(for: .seconds(1))
            try await director.removeStaleEntries(of: ruleset)
        }
    }

    /// A bridge's ports come with its containers, and need to be prepared like it.
    func prepareBridges(of ruleset: Ruleset) async throws {
        for network in ruleset.networks {
            try await director.enableLocalRouting(on: network.bridge)
            try await director.enableHairpin(on: network.bridge)
        }
        try await setServiceAddresses(of: ruleset)
    }

    /// A bridge loses them when its network is created again, and after a reboot.
    private func setServiceAddresses(of ruleset: Ruleset) async throws {
        var addresses: [String: Set<IPv4Address>] = [:]
        for case .service(let address, let bridge) in ruleset.services.flatMap(\.entryPoints)
        where !FormerRange.subnet.contains(address) {
            addresses[bridge, default: []].insert(address)
        }
        for environment in ruleset.scope {
            for network in networks.serving(environment) {
                guard let bridge = networks.bridge(network.name),
                    let subnet = networks.subnet(network.name)
                else { continue }
                try await director.setServiceAddresses(
                    addresses[bridge] ?? [],
                    of: subnet,
                    on: bridge
                )
            }
        }
    }

    /// Docker's other networks are callers, too; where they cannot be let in, all others still are.
    private func admitOtherNetworks(_ settlement: Settlement) async {
        let ruleset = settlement.ruleset
        let hasFormer = ruleset.services.contains { chain in
            chain.entryPoints.contains { $0.formerAddress != nil }
        }
        for network in settlement.others + ruleset.networks {
            let admitsFormer = hasFormer && !settlement.others.contains(network)
            do throws(TrafficError) {
                try await director.admitOtherNetworks(to: network, admitsFormer: admitsFormer)
            } catch {
                log(.warning, "\(error)")
            }
        }
    }

    private static func differences(
        _ routes: [Route],
        _ serving: [String: [Model.Backend]]
    ) -> [String: [FieldDifference]] {
        var differences: [String: [FieldDifference]] = [:]
        for route in routes {
            let before = words(serving[route.name] ?? [])
            let after = words(route.backends)
            guard before != after else { continue }
            differences[route.name] = [
                FieldDifference(field: route.name, desired: after, actual: before)
            ]
        }
        return differences
    }

    private static func words(_ backends: [Model.Backend]) -> String {
        guard !backends.isEmpty else { return "no backend" }
        return backends.map { "\($0.slot).g\($0.generation)" }.joined(separator: ", ")
    }

    // MARK: The ruleset

    func ruleset(_ routes: [Route]) throws -> Ruleset {
        var chains: [ServiceChain] = []
        for route in routes {
            guard let service = route.service else { continue }
            let wanted = try self.chains(
                of: service,
                route.backends,
                in: environment,
                besides: table
            )
            // Where somebody else has a port, the ways in stay as they are.
            var own =
                observation.conflicts[service.name] != nil ? wanted.map(table.staying) : wanted
            // Docker's own rules serve what Compose started, until one of its service can here.
            if isAdopted(service.name) { own = own.map(\.servingOrClosed) }
            chains += own
        }
        let kept = keptChains(of: routes, in: environment, as: table, besides: chains)
        chains = chains.yielding(to: kept) + kept
        return try Ruleset(
            scope: [environment],
            networks: networksOfTraffic.compactMap { name in
                guard let bridge = networks.bridge(name), let subnet = networks.subnet(name) else {
                    return nil
                }
                return Traffic.Network(
                    environment: environment,
                    bridge: bridge,
                    subnet: subnet,
                    subnet6: networks.subnet6(name),
                    siblings: networks.byName[name].map(networks.siblings)?
                        .compactMap { networks.subnet($0.name) } ?? [],
                    isInternal: networks.byName[name]?.isInternal ?? false
                )
            },
            services: chains
        )
    }
}

extension DockerSnapshot {
    /// The networks that the environment's traffic may go through: its own, and others that its
    /// containers get theirs through.
    var networksOfTraffic: [String] {
        networks.byName.values.filter {
            networks.owner(of: $0) == environment || attached.contains($0.name)
        }
        .map(\.name).sorted()
    }

    /// Whether containers of a Compose project still run for a service.
    private func isAdopted(_ service: String) -> Bool {
        containers.contains { $0.isAdopted && $0.state == .running && $0.service == service }
    }
}

extension ServiceChain {
    /// Without host ports where no backend serves them.
    fileprivate var servingOrClosed: ServiceChain {
        guard name.target != nil, backends.isEmpty else { return self }
        return ServiceChain(name: name, entryPoints: [], backends: [])
    }
}

extension Networks {
    /// All other internal networks of the daemon, as their bridges are filtered.
    fileprivate func otherInternal(
        than networks: [Traffic.Network],
        _ environment: String
    ) -> [Traffic.Network] {
        internalNames.sorted().compactMap { name in
            guard let bridge = bridge(name), let subnet = subnet(name),
                !networks.contains(where: { $0.bridge == bridge })
            else { return nil }
            return Traffic.Network(
                environment: environment,
                bridge: bridge,
                subnet: subnet,
                subnet6: byName[name]?.ipam?.config?.lazy
                    .compactMap { $0.subnet.flatMap { IPv6Subnet($0) } }.first,
                isInternal: true
            )
        }
    }
}

extension EntryPoint {
    /// The address, where it is of the former range.
    var formerAddress: IPv4Address? {
        guard case .service(let address, _) = self, FormerRange.subnet.contains(address) else {
            return nil
        }
        return address
    }
}

extension ObservedTable {
    /// The chain with only those of its host ports that are in the table already.
    ///
    /// A chain without a backend keeps none: another process or container serves them.
    fileprivate func staying(_ chain: ServiceChain) -> ServiceChain {
        guard chain.name.target != nil else { return chain }
        let entryPoints = services[chain.name]?.entryPoints ?? []
        return ServiceChain(
            name: chain.name,
            entryPoints: chain.backends.isEmpty ? [] : entryPoints,
            backends: chain.backends
        )
    }
}
