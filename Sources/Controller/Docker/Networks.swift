internal import Addresses
internal import DockerEngine
internal import Foundation
internal import Model

/// The networks of an environment as Docker has them.
struct Networks: Sendable {
    /// By name in Docker.
    let byName: [String: DockerEngine.Network]
    /// The environments that take Compose projects over, by project.
    let adopters: [String: String]

    init(_ networks: [DockerEngine.Network], adopters: [String: String] = [:]) {
        self.adopters = adopters
        byName = Dictionary(networks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The network's IPv4 subnet.
    func subnet(_ name: String) -> IPv4Subnet? {
        byName[name]?.ipam?.config?.lazy.compactMap { $0.subnet.flatMap { IPv4Subnet($0) } }.first
    }

    /// What Docker may give away itself.
    func range(_ name: String) -> IPv4Subnet? {
        byName[name]?.ipam?.config?.lazy.compactMap { $0.ipRange.flatMap { IPv4Subnet($0) } }.first
    }

    /// The networks of an environment in which its services have addresses, by name.
    func serving(_ environment: String) -> [DockerEngine.Network] {
        byName.values.filter { owner(of: $0) == environment && hasServiceAddresses($0.name) }
            .sorted { $0.name < $1.name }
    }

    /// The environment that a network belongs to; nil for one of others.
    func owner(of network: DockerEngine.Network) -> String? {
        network.labels?[Label.environment] ?? adopter(of: network)
    }

    /// The environment that takes the network's Compose project over.
    private func adopter(of network: DockerEngine.Network) -> String? {
        network.labels?[Label.composeProject].flatMap { adopters[$0] }
    }

    /// Whether there is a network of a Compose project; true for no project.
    func belong(to project: String?) -> Bool {
        guard let project else { return true }
        return byName.values.contains { $0.labels?[Label.composeProject] == project }
    }

    /// A network's key in the manifests.
    func key(of network: DockerEngine.Network) -> String? {
        network.labels?[Label.network] ?? network.labels?[Label.composeNetwork]
    }

    /// Whether services have addresses of their own there.
    ///
    /// In a network of Compose's Docker gives any address away, the lowest that is free: in one of
    /// 256 or more it hardly ever comes to the middle, where services' addresses are, and a service
    /// gives way to a container that has its address.
    func hasServiceAddresses(_ name: String) -> Bool {
        if isAssigned(name) { return true }
        guard let network = byName[name], adopter(of: network) != nil,
            network.labels?[Label.environment] == nil, bridge(name) != nil
        else { return false }
        return subnet(name).map { $0.size >= 256 } ?? false
    }

    /// Other networks of an environment that stand for the same key of its manifests, as one does
    /// that was created from a former definition.
    ///
    /// None where Docker keeps containers of one apart (`enable_icc`): they call no service there.
    func siblings(of network: DockerEngine.Network) -> [DockerEngine.Network] {
        guard !network.keepsContainersApart, let key = network.labels?[Label.network],
            let environment = network.labels?[Label.environment]
        else { return [] }
        return serving(environment).filter {
            $0.labels?[Label.network] == key && $0.id != network.id && !$0.keepsContainersApart
        }
    }

    /// The network's IPv6 subnet, where Berth assigns addresses that end with those of IPv4.
    func subnet6(_ name: String) -> IPv6Subnet? {
        guard isAssigned(name), byName[name]?.enableIPv6 == true else { return nil }
        return byName[name]?.ipam?.config?.lazy.compactMap { $0.subnet.flatMap { IPv6Subnet($0) } }
            .first { $0.prefixLength <= 96 }
    }

    /// The IPv6 address that goes with a container's IPv4 address; nil where it has none.
    func address6(of container: IPv4Address) -> IPv6Address? {
        byName.keys.lazy.filter { subnet($0)?.contains(container) ?? false }
            .compactMap { subnet6($0)?.embedding(container) }
            .first
    }

    /// The bridge's own address, which is the host as containers see it.
    func gateway(_ name: String) -> IPv4Address? {
        let configured = byName[name]?.ipam?.config?.lazy
            .compactMap { $0.gateway.flatMap { IPv4Address($0) } }.first
        return configured ?? chosenGateway(name)
    }

    /// Docker takes the first address that it may give away, and does not always list it.
    private func chosenGateway(_ name: String) -> IPv4Address? {
        guard let subnet = subnet(name) else { return nil }
        guard let first = range(name)?.address, first != subnet.address else {
            return subnet.gateway
        }
        return first
    }

    /// The bridge's own address of IPv6.
    func gateway6(_ name: String) -> IPv6Address? {
        let pools = byName[name]?.ipam?.config ?? []
        let configured = pools.lazy.compactMap { pool in
            pool.gateway.flatMap { IPv6Address(String($0.prefix { $0 != "/" })) }
        }
        let subnet = pools.lazy.compactMap { $0.subnet.flatMap { IPv6Subnet($0) } }.first
        return configured.first ?? subnet?.embedding(IPv4Address(rawValue: 1))
    }

    /// Addresses of the network that are the host's, or set aside when it was made.
    func setAside(_ name: String) -> Set<IPv4Address> {
        let auxiliary = (byName[name]?.ipam?.config ?? []).flatMap {
            ($0.auxiliaryAddresses ?? [:]).values
        }
        return Set(auxiliary.compactMap { IPv4Address($0) } + [gateway(name)].compactMap(\.self))
    }

    /// The interface's name; Docker's own choice where nobody set one.
    func bridge(_ name: String) -> String? {
        guard let network = byName[name], network.driver == "bridge" else { return nil }
        return network.options?["com.docker.network.bridge.name"] ?? "br-\(network.id.prefix(12))"
    }

    /// Whether Berth assigns the addresses there: only in networks that Docker leaves a half of.
    func isAssigned(_ name: String) -> Bool {
        guard let network = byName[name], network.labels?[Label.environment] != nil else {
            return false
        }
        return network.ipam?.config?.contains { ($0.ipRange ?? "").isEmpty == false } ?? false
    }

    /// The names of all internal networks, those of other owners included.
    var internalNames: Set<String> {
        Set(byName.values.lazy.filter { $0.isInternal == true }.map(\.name))
    }

    /// Every subnet that a new network must keep clear of.
    var subnets: [IPv4Subnet] {
        byName.values.flatMap { $0.ipam?.config ?? [] }
            .compactMap { $0.subnet.flatMap { IPv4Subnet($0) } }
    }

    /// What Docker is asked to make (`POST /networks/create`).
    static func blueprint(
        _ network: Model.Network,
        name: String,
        bridge: String,
        environment: String,
        free: IPv4Subnet?
    ) -> NetworkCreateBody {
        var labels = network.labels
        labels[Label.environment] = environment
        labels[Label.network] = network.key
        labels[Label.composeProject] = Label.project(of: environment)
        labels[Label.composeNetwork] = network.key
        labels[Label.given] = ObjectDefinition.given(by: network).nonEmpty
        var options = network.driverOptions
        let isBridge = (network.driver ?? "bridge") == "bridge"
        if isBridge, options["com.docker.network.bridge.name"] == nil {
            options["com.docker.network.bridge.name"] = bridge
        }
        return NetworkCreateBody(
            name: name,
            driver: network.driver ?? "bridge",
            options: options.nonEmpty,
            ipam: NetworkIPAM(
                config: isBridge
                    ? pools(of: network, named: name, free: free) : given(to: network).nonEmpty
            ),
            labels: labels,
            isInternal: network.isInternal ? true : nil,
            attachable: network.isAttachable ? true : nil,
            // Said in any case: the daemon may have a default of its own.
            enableIPv6: network.enablesIPv6
        )
    }

    /// What the manifest gives.
    private static func given(to network: Model.Network) -> [DockerEngine.AddressPool] {
        network.subnets.map { pool in
            // A range of the user's is respected; without one, half is kept for us here, too.
            let range = pool.range ?? IPv4Subnet(pool.subnet)?.upperHalf?.description
            return DockerEngine.AddressPool(
                subnet: pool.subnet,
                ipRange: range,
                gateway: pool.gateway
            )
        }
    }

    /// What the manifest gives, and of either family what it leaves to us.
    private static func pools(
        of network: Model.Network,
        named name: String,
        free: IPv4Subnet?
    ) -> [DockerEngine.AddressPool]? {
        var pools = given(to: network)
        if let free, !network.subnets.contains(where: { IPv4Subnet($0.subnet) != nil }) {
            pools.append(
                DockerEngine.AddressPool(
                    subnet: free.description,
                    ipRange: free.upperHalf?.description,
                    gateway: free.gateway.description
                )
            )
        }
        let hasSix = network.subnets.contains { IPv6Subnet($0.subnet) != nil }
        if network.enablesIPv6, !hasSix {
            let subnet = IPv6Subnet.uniqueLocal(of: name)
            pools.append(DockerEngine.AddressPool(subnet: subnet.description))
        }
        return pools.nonEmpty
    }
}

extension DockerEngine.Network {
    /// In the spellings that Docker reads as no.
    fileprivate var keepsContainersApart: Bool {
        let text = options?["com.docker.network.bridge.enable_icc"] ?? "true"
        return ["0", "f", "F", "false", "FALSE", "False"].contains(text)
    }
}
