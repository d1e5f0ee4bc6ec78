internal import Addresses
internal import Model

/// What networks reach on the host, and whether the policy lets them; and what they cannot do.
struct NetworkChecks {
    let file: EnvironmentFile
    let networks: OrderedMap<ComposeValue>
    var problems: Problems

    mutating func run(joinedBy services: [Service]) {
        var members: [String: [Service]] = ["default": []]
        for service in services {
            guard case .networks(let attachments) = service.container.network else { continue }
            for attachment in attachments { members[attachment.network, default: []] += [service] }
        }
        for (key, value) in networks {
            guard let members = members[key] else { continue }
            checkName(Resolver.network(key, value), value)
            checkReach(key, value, of: members)
            checkSubnets(key, value, of: members)
            checkIPv6(value, "networks.\(key).enable_ipv6", of: members)
        }
        for service in services {
            checkPorts(of: service)
            checkWayOut(of: service)
            checkAttachments(of: service)
        }
    }

    /// Whether Docker takes the name for another way to run than a network of that name.
    static func isReserved(_ name: String) -> Bool {
        ["host", "none", "bridge", "default"].contains(name) || name.utf8.contains(.colon)
    }

    /// The names of Docker's own networks mean something else than a network to join: `host` is the
    /// host's, and `container:…` another container's (moby@b985e23, `api/types/container`,
    /// `NetworkMode`).
    private mutating func checkName(_ network: Network, _ value: ComposeValue) {
        guard let name = network.name, Self.isReserved(name) else { return }
        let isMode = ["host", "none", "bridge"].contains(name)
        let error = TextError("\(name.quoted) is not a network to join").with(
            remedy: isMode
                ? "write network_mode: \(name) under the service"
                : "name one that docker network ls shows"
        )
        let written = value["name"] ?? value["external"]?["name"] ?? value["external"]
        let place = written?.origin.location ?? value.origin.location
        problems.report(error, at: place, field: "networks.\(network.key).name")
    }

    /// Berth serves ports over IPv6 by addresses that it gives itself, each ending with the 32 bits
    /// of its container's IPv4 address.
    private mutating func checkIPv6(_ value: ComposeValue, _ field: String, of members: [Service]) {
        guard let flag = value["enable_ipv6"], flag.boolean == true else { return }
        let publishers = members.filter { !$0.ports.isEmpty }
        guard let first = publishers.first else { return }
        if let small = Self.smallSubnet(of: value) {
            let others = publishers.count > 1 ? " and \(publishers.count - 1) more" : ""
            let warning = TextError(
                "the published ports of \(first.name)\(others) are served over IPv4 only, as "
                    + "\(small) is too small",
                remedy: "give a prefix of at most 96 bits"
            )
            problems.warn(warning, at: flag.origin.location, field: field)
        }
        for service in publishers where service.hasFixedIPv6 {
            let warning = TextError(
                "the published ports of \(service.name) are served over IPv4 only, as its address "
                    + "of IPv6 is fixed",
                remedy: "remove ipv6_address"
            )
            let place = service.place(of: "networks")
            problems.warn(warning, at: place, field: "services.\(service.name).networks")
        }
    }

    /// The manifest's subnet of IPv6 that leaves fewer than 32 bits, where no other leaves more.
    private static func smallSubnet(of value: ComposeValue) -> String? {
        let six = Resolver.network("", value).subnets.map(\.subnet).filter { $0.contains(":") }
        let lengths = six.compactMap { $0.split(separator: "/").last.flatMap { Int($0) } }
        return lengths.contains { $0 <= 96 } ? nil : six.first
    }

    /// Warns of ports that are published where no caller reaches them.
    private mutating func checkPorts(of service: Service) {
        for port in service.ports {
            guard let address = port.hostAddress, IPAddressText.isIPv6(address) else { continue }
            let warning: TextError
            if IPv6Address(address) == .loopback {
                warning = TextError(
                    "no caller is served at [\(address)]: the kernel routes nothing from there to "
                        + "containers",
                    remedy: "publish on 127.0.0.1"
                )
            } else if !hasIPv6(service) {
                warning = TextError(
                    "no caller is served at [\(address)]: no network of \(service.name) has IPv6",
                    remedy: "set enable_ipv6 in a network of its own"
                )
            } else {
                continue
            }
            let place = service.place(of: "ports")
            problems.warn(warning, at: place, field: "services.\(service.name).ports")
        }
    }

    /// Docker routes no port of the host to an internal network, and Berth does not either.
    ///
    /// Whether an external network is internal, only the host knows.
    private mutating func checkWayOut(of service: Service) {
        guard !service.ports.isEmpty, case .networks(let joined) = service.container.network,
            joined.allSatisfy({ isInternal($0.network) })
        else { return }
        let error = TextError(
            "no port is published on internal networks, and \(service.name) joins no other",
            remedy: "join a network that is not internal, or remove ports"
        )
        let place = service.place(of: "ports[0]")
        problems.report(error, at: place, field: "services.\(service.name).ports")
    }

    private func isInternal(_ key: String) -> Bool {
        guard let value = networks[key] else { return false }
        let network = Resolver.network(key, value)
        return network.isInternal && !network.isExternal
    }

    private func hasIPv6(_ service: Service) -> Bool {
        guard case .networks(let attachments) = service.container.network else { return false }
        return attachments.contains { networks[$0.network]?["enable_ipv6"]?.boolean == true }
    }
}
