internal import DockerEngine
internal import Model
public import Planning
internal import Platform
internal import Traffic

extension DockerHost {
    /// Makes the table lead where the routes say.
    public func route(
        _ routes: [Route],
        of environment: String
    ) async throws -> [FieldDifference] {
        let ruleset = try ruleset(routes, of: environment)
        let table = try await latestTable()
        guard let transaction = ruleset.changes(from: table) else { return [] }
        let differences = Self.differences(routes, Self.serving(in: table, of: environment))
        try await director.apply(transaction)
        withMemory { $0.rulesets[environment] = ruleset }
        try await prepareBridges(of: ruleset)
        try await flushStaleUDP(ruleset)
        try AtomicFile.replace(layout.ruleset(of: environment), with: Array(ruleset.script.utf8))
        return differences.isEmpty
            ? [FieldDifference(field: "rules", desired: "as planned", actual: "different")]
            : differences.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// What the table would have to change, by service.
    public func trafficDifferences(
        _ routes: [Route],
        of environment: String
    ) async throws -> [String: [FieldDifference]] {
        let table = try await latestTable()
        guard try ruleset(routes, of: environment).changes(from: table) != nil else { return [:] }
        let differences = Self.differences(routes, Self.serving(in: table, of: environment))
        guard differences.isEmpty else { return differences }
        return ["": [FieldDifference(field: "rules", desired: "as planned", actual: "different")]]
    }

    /// Callers of UDP ports stay with their container for as long as they go on sending; they are
    /// cut loose now, and once more when packets that were under way have arrived.
    private func flushStaleUDP(_ ruleset: Ruleset) async throws {
        try await endStaleFlows(ruleset)
        guard ruleset.services.contains(where: { $0.name.target?.transport == .udp }) else {
            return
        }
        Task {
            try await Task.sleep(for: .seconds(1))
            try await endStaleFlows(ruleset)
        }
    }

    private func endStaleFlows(_ ruleset: Ruleset) async throws {
        for chain in ruleset.services where chain.takesUDP {
            try await director.endStaleFlows(
                udp: chain.entrances,
                besides: Set(chain.backends.compactMap(\.address))
            )
        }
    }

    /// A bridge's ports come with its containers, and need to be prepared like it.
    func prepareBridges(of ruleset: Ruleset) async throws {
        for network in ruleset.networks {
            try await director.enableLocalRouting(on: network.bridge)
            try await director.enableHairpin(on: network.bridge)
        }
    }

    private func latestTable() async throws -> ObservedTable {
        if let table = withMemory({ $0.table }) { return table }
        return try await director.observe()
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
        guard !backends.isEmpty else { return "nobody" }
        return backends.map { "\($0.slot).g\($0.generation)" }.joined(separator: ", ")
    }

    // MARK: The ruleset

    private func ruleset(_ routes: [Route], of environment: String) throws -> Ruleset {
        let networks = withMemory { $0.networks }
        var chains: [ServiceChain] = []
        for route in routes {
            guard let service = route.service else { continue }
            chains += try self.chains(of: service, route.backends, in: environment)
        }
        return try Ruleset(
            scope: [environment],
            networks: networks.byName.values
                .filter { $0.labels?[Label.environment] == environment }
                .compactMap { network in
                    guard let bridge = networks.bridge(network.name),
                        let subnet = networks.subnet(network.name)
                    else { return nil }
                    return Traffic.Network(
                        environment: environment,
                        bridge: bridge,
                        subnet: subnet
                    )
                },
            services: chains
        )
    }
}

extension ServiceChain {
    /// Whether datagrams may come through; a service's own address takes everything.
    fileprivate var takesUDP: Bool { name.target.map { $0.transport == .udp } ?? true }
}
