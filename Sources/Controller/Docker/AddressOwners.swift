internal import Addresses
internal import DockerEngine
internal import Model

/// Who has which address in Docker's networks, as far as a manifest could fix the same one.
///
/// Docker refuses an address that is in use when a container starts, and knows nothing of the
/// addresses that stand for services.
struct AddressOwners {
    private struct Place: Hashable {
        let network: String
        let address: IPAddress
    }

    private struct Owner {
        let words: String
        /// The service of the environment itself whose containers may have the address.
        var service: String?
    }

    private let environment: String
    private let desired: DesiredState
    /// The environment's services; containers of others are on their way out.
    private let described: Set<String>
    private var owners: [Place: [Owner]] = [:]

    /// Begins with what belongs to the networks themselves.
    init(of desired: DesiredState, networks: Networks) {
        environment = desired.environment
        self.desired = desired
        described = Set(desired.services.map(\.name))
        for network in networks.byName.values {
            let gateways = [
                networks.gateway(network.name).map(IPAddress.four),
                networks.gateway6(network.name).map(IPAddress.six),
            ]
            for gateway in gateways.compactMap(\.self) {
                add("\(gateway)", network.name, Owner(words: "the network's gateway"))
            }
            for pool in network.ipam?.config ?? [] {
                for (name, address) in pool.auxiliaryAddresses ?? [:] {
                    add(address, network.name, Owner(words: "the network's \(name)"))
                }
            }
        }
    }

    /// Adds what a container has, or asks for at its next start.
    mutating func add(_ container: ContainerSummary) {
        let isOurs = container.labels?[Label.environment] == environment
        let heir = Adoption.service(of: container.labels, in: desired)?.name
        let service = isOurs ? container.labels?[Label.service] : heir
        if let service, !described.contains(service) { return }
        let name = container.name ?? String(container.id.prefix(12))
        let owner = Owner(words: "the container \(name)", service: service)
        for (network, endpoint) in container.networks {
            let asked = endpoint.ipamConfig
            let texts =
                [
                    endpoint.ipAddress, endpoint.globalIPv6Address, asked?.ipv4Address,
                    asked?.ipv6Address,
                ] + (asked?.linkLocalIPs ?? [])
            for text in texts { add(text, network, owner) }
        }
    }

    /// Adds the address that stands for a service in a network.
    ///
    /// The environment's own give way to what its manifests fix.
    mutating func add(_ address: IPv4Address, of key: ServiceAddresses.Key) {
        guard key.environment != environment else { return }
        let owner = Owner(words: "\(key.environment)/\(key.service)")
        owners[Place(network: key.network, address: .four(address)), default: []].append(owner)
    }

    private mutating func add(_ text: String?, _ network: String, _ owner: Owner) {
        guard let address = text.flatMap({ IPAddress($0) }) else { return }
        owners[Place(network: network, address: address), default: []].append(owner)
    }

    /// The first address that a service fixes in a network and that another has; nil for none.
    func conflict(
        of service: String,
        _ attachment: NetworkAttachment,
        on network: String
    ) -> AddressInUse? {
        for text in attachment.fixedAddresses {
            guard let address = IPAddress(text) else { continue }
            let all = owners[Place(network: network, address: address)] ?? []
            // Always the same one, so that it is told once.
            let others = all.filter { $0.service == nil || $0.service != service }.map(\.words)
            guard let owner = others.min() else { continue }
            return AddressInUse(
                service: service,
                address: "\(address)",
                network: network,
                owner: owner
            )
        }
        return nil
    }
}

extension NetworkAttachment {
    /// The addresses that the manifest fixes.
    fileprivate var fixedAddresses: [String] {
        [ipv4Address, ipv6Address].compactMap(\.self) + linkLocalAddresses
    }
}

extension DockerSnapshot {
    /// Addresses that manifests fix and others have are known before a container is created.
    func look(
        atAddressesOf desired: DesiredState,
        _ networks: Networks,
        _ objects: inout Objects
    ) async throws {
        let fixed = desired.services.flatMap { service -> [(Service, NetworkAttachment)] in
            guard case .networks(let attachments) = service.container.network else { return [] }
            return attachments.filter { !$0.fixedAddresses.isEmpty }.map { (service, $0) }
        }
        guard !fixed.isEmpty else { return }
        var owners = AddressOwners(of: desired, networks: networks)
        for container in try await engine.listContainers(all: true) { owners.add(container) }
        let known = host.withMemory { $0.names.addresses.assigned }
        for (key, address) in known { owners.add(address, of: key) }
        let listed = table.serviceAddresses(in: networks, besides: desired.environment)
        for (key, address) in listed { owners.add(address, of: key) }
        for (service, attachment) in fixed {
            let network = layout.networkName(attachment.network, in: desired)
            guard let error = owners.conflict(of: service.name, attachment, on: network) else {
                continue
            }
            objects.refuse(error, to: [service], kind: "address", name: error.address)
        }
    }
}

/// An address that a manifest fixes for a service belongs to another.
struct AddressInUse: Error, Equatable, CustomStringConvertible {
    let service: String
    let address: String
    /// By its name in Docker.
    let network: String
    let owner: String

    var description: String {
        "the address \(address) in the network \(network) is in use by \(owner); give \(service) "
            + "another, or none"
    }
}
