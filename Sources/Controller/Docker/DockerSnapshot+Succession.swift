internal import DockerEngine
internal import Model
internal import Planning
internal import Platform
internal import Traffic

extension DockerSnapshot {
    /// Finds out which networks the keys stand for, and gives the desired state their names.
    mutating func findSuccessors(of desired: DesiredState) async throws {
        var containers: [ContainerSummary] = []
        var successions: [String: NetworkSuccession] = [:]
        for network in usedNetworks(desired) {
            let plain = layout.networkName(network.key, in: desired)
            let family = NetworkSuccession.family(
                of: network,
                named: plain,
                in: environment,
                among: networks
            )
            func succession(_ users: [String: NetworkSuccession.Users]) -> NetworkSuccession {
                NetworkSuccession(
                    of: network,
                    named: plain,
                    in: environment,
                    among: networks,
                    users: users,
                    bridge: { layout.bridgeName(network.key + $0, environment: environment) }
                )
            }
            var found = succession([:])
            // Who uses a network matters only where it is to go.
            if !found.leftovers.isEmpty {
                if containers.isEmpty { containers = try await engine.listContainers(all: true) }
                let users = family.map { _, network in
                    (
                        network.name,
                        NetworkSuccession.Users(of: network, among: containers, in: desired)
                    )
                }
                found = succession(Dictionary(users) { $1 })
            }
            successions[network.key] = found
        }
        self.successions = successions
        var named = desired
        for (key, succession) in successions where succession.suffix != "" {
            named.networks[key]?.name = layout.networkName(key, in: desired) + succession.suffix
        }
        self.desired = named
    }

    /// Removes the networks that were replaced; the desired state has the names that are in force
    /// then.
    mutating func removeLeftovers() async throws {
        guard let written else { return }
        networks = Networks(try await engine.listNetworks(), adopters: networks.adopters)
        try await findSuccessors(of: written)
        let (networks, found) = (networks, successions)
        var gone: [String] = []
        for name in found.values.flatMap(\.leftovers).sorted() {
            guard let id = networks.byName[name]?.id else { continue }
            do throws(EngineError) {
                try await engine.removeNetwork(id)
                gone += [networks.bridge(name)].compactMap(\.self)
                log(.info, "removed the network \(name), whose definition changed")
            } catch {
                // A container that came meanwhile keeps it, and the next look sees that.
                let isKept = [.notFound, .forbidden, .conflict].contains(error.kind)
                log(isKept ? .debug : .warning, "\(error)")
            }
        }
        // What goes with the table comes anew, as a bridge of the same name may.
        if !gone.isEmpty { host.withMemory { $0.settled[environment] = nil } }
        for bridge in gone {
            do throws(TrafficError) {
                try await director.forget(bridge: bridge)
            } catch {
                log(.debug, "\(error)")
            }
        }
    }

    /// The interfaces of networks that are to be removed.
    var leavingBridges: Set<String> {
        Set(successions.values.flatMap(\.leftovers).compactMap(networks.bridge))
    }

    // MARK: What follows from it

    /// The interface's name of a network that Berth creates.
    func bridge(of network: Model.Network, in environment: String) -> String {
        let suffix = successions[network.key]?.suffix ?? ""
        return layout.bridgeName(network.key + suffix, environment: environment)
    }

    /// The `/etc/hosts` of a service's containers on the networks that it is to have now.
    ///
    /// Those that are still on others keep the file that names their neighbours there.
    func hostsFile(of service: String, in desired: DesiredState) -> String {
        let keys = desired.service(named: service).map(Self.networkKeys) ?? []
        let moved = keys.sorted().compactMap { key -> String? in
            guard let suffix = successions[key]?.suffix, suffix != "" else { return nil }
            return key + suffix
        }
        return layout.hostsFile(of: service, movedTo: moved, in: desired.environment)
    }

    /// Docker's networks without those that are to be removed.
    func remaining(_ networks: Networks, in environment: String) -> Networks {
        let leftovers = Set(successions.values.flatMap(\.leftovers))
        let staying = networks.byName.values.filter { !leftovers.contains($0.name) }
        return Networks(staying, adopters: networks.adopters)
    }

    /// Why a network with another definition stays as it is.
    func changedNetwork(
        _ network: Model.Network,
        named name: String,
        _ differences: [FieldDifference],
        in environment: String
    ) -> ChangedObject {
        let obstacle = successions[network.key]?.obstacle
        return ChangedObject(
            kind: "network",
            name: name,
            differences: differences,
            obstacle: obstacle
        )
    }

    /// Adds what is to be said of networks whose definition changed.
    func look(atSuccessionsIn desired: DesiredState, _ objects: inout Objects) {
        for (key, succession) in successions.sorted(by: { $0.key < $1.key }) {
            objects.leftovers += succession.leftovers.map { "network \($0)" }
            guard succession.obstacle == nil,
                let user = desired.services.first(where: { Self.networkKeys(of: $0).contains(key) })
            else { continue }
            let name = layout.networkName(key, in: desired)
            for (former, rows) in succession.differences.sorted(by: { $0.key < $1.key }) {
                objects.drift += rows.map { row in
                    Drift(
                        .configuration,
                        service: user.name,
                        subject: "network \(former)",
                        field: row.field,
                        desired: row.desired,
                        actual: row.actual
                    )
                }
                let fields = rows.map(\.words).joined(separator: ", ")
                let note = former == name ? "the former one has" : "\(former) has"
                objects.notes["network \(name)"] = "\(note) another definition: \(fields)"
            }
        }
    }
}
