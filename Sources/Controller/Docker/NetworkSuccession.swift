internal import Addresses
internal import DockerEngine
internal import Model
internal import Planning

/// Which of Docker's networks a key of the manifests stands for, where its definition changed.
///
/// Docker changes and renames no network.
/// So one of the new definition comes beside it, under the same name with a number; containers are
/// replaced onto that one as onto any network that they lost, and the former one is removed when no
/// container uses it any more.
/// At the next change the plain name is free again.
struct NetworkSuccession: Equatable {
    /// What follows the manifest's name in Docker's: nothing, `.2`, `.3` and so on.
    private(set) var suffix = ""
    /// Why no other network can come beside the one there is; nil where none has to.
    private(set) var obstacle: Obstacle?
    /// Networks that no container uses and that are to be removed, by name.
    private(set) var leftovers: [String] = []
    /// How networks of the key differ from the definition, by name.
    private(set) var differences: [String: [FieldDifference]] = [:]

    /// Who has to do with a network.
    struct Users: Equatable {
        /// Whether a container of the environment runs on it, or is to be started there again.
        var isUsed = false
        /// A container of others, be it a stopped one.
        var other: String?

        fileprivate var isNone: Bool { !isUsed && other == nil }
    }

    /// Why two definitions of a network cannot stand side by side.
    enum Obstacle: Equatable {
        case container(String)
        case driver
        case subnet(String)
        case bridge(String)
    }

    /// Decides; `bridge` is the interface's name that goes with a suffix, `users` are those of the
    /// networks in ``family(of:named:in:among:)``.
    init(
        of network: Model.Network,
        named plain: String,
        in environment: String,
        among networks: Networks,
        users: [String: Users],
        bridge: (_ suffix: String) -> String
    ) {
        let family = Self.family(of: network, named: plain, in: environment, among: networks)
        for member in family {
            let rows = ObjectDefinition.differences(
                network,
                member.found,
                bridge: bridge(member.suffix)
            )
            if !rows.isEmpty { differences[member.found.name] = rows }
        }
        let unused = Set(family.map(\.found.name).filter { users[$0]?.isNone ?? true })
        if let current = family.first(where: { differences[$0.found.name] == nil }) {
            suffix = current.suffix
            leftovers = unused.subtracting([current.found.name]).sorted()
            return
        }
        leftovers = unused.sorted()
        for member in family where !unused.contains(member.found.name) {
            let found = member.found
            guard let reason = Self.obstacle(to: network, beside: found, users[found.name]) else {
                continue
            }
            suffix = member.suffix
            obstacle = reason
            return
        }
        // A network of others that has the plain name is for the claim to refuse.
        guard !family.isEmpty else { return }
        let taken = Set(networks.byName.keys).subtracting(unused)
        suffix = Self.suffixes.first { !taken.contains(plain + $0) } ?? ""
    }

    /// The environment's own networks that are called as the key's, the one of the plain name
    /// first.
    static func family(
        of network: Model.Network,
        named plain: String,
        in environment: String,
        among networks: Networks
    ) -> [(suffix: String, found: DockerEngine.Network)] {
        guard !network.isExternal else { return [] }
        return suffixes.compactMap { suffix in
            guard let found = networks.byName[plain + suffix],
                found.labels?[Label.environment] == environment,
                found.labels?[Label.network] == network.key
            else { return nil }
            return (suffix, found)
        }
    }

    /// One more than definitions that change while containers still move.
    private static let suffixes = [""] + (2...9).map { ".\($0)" }

    private static func obstacle(
        to network: Model.Network,
        beside found: DockerEngine.Network,
        _ users: Users?
    ) -> Obstacle? {
        if let other = users?.other { return .container(other) }
        let drivers = [network.driver ?? "bridge", found.driver ?? "bridge"]
        guard drivers.allSatisfy({ $0 == "bridge" }) else { return .driver }
        if let name = network.driverOptions[Label.bridgeName],
            name == found.options?[Label.bridgeName]
        {
            return .bridge(name)
        }
        let present = (found.ipam?.config ?? []).compactMap { pool in
            pool.subnet.flatMap { IPSubnet($0) }
        }
        let shared = network.subnets.map(\.subnet).first { text in
            IPSubnet(text).map { subnet in present.contains { $0.overlaps(subnet) } } ?? false
        }
        return shared.map(Obstacle.subnet)
    }
}

extension NetworkSuccession.Users {
    /// Looks through all containers of the host.
    ///
    /// The slot's own container counts also while it stands still: where its successor fails, it is
    /// started again.
    init(
        of network: DockerEngine.Network,
        among containers: [ContainerSummary],
        in desired: DesiredState
    ) {
        for container in containers {
            guard let endpoint = container.networks[network.name],
                endpoint.networkID.map({ $0.isEmpty || $0 == network.id }) ?? true
            else { continue }
            guard container.labels?[Label.environment] == desired.environment,
                let ours = ContainerReading.container(container)
            else {
                let name = container.name ?? String(container.id.prefix(12))
                other = min(other ?? name, name)
                continue
            }
            switch ours.state {
            case .running, .paused, .restarting:
                isUsed = true
            case .created, .exited, .dead:
                let isJob = desired.service(named: ours.service)?.isJob ?? false
                if ours.name.role == .committed, !isJob { isUsed = true }
            }
        }
    }
}

extension NetworkSuccession.Obstacle: CustomStringConvertible {
    /// Why, and what to change so that it can.
    var description: String {
        switch self {
        case .container(let name):
            "because the container \(name) uses it, which is not one of this environment: remove "
                + "that one, or disconnect it"
        case .driver:
            "because only networks of the driver bridge stand side by side"
        case .subnet(let subnet):
            "because \(subnet) overlaps with its addresses: give the new one another subnet"
        case .bridge(let name):
            "because both would have the interface \(name): give the new one another bridge.name"
        }
    }
}
