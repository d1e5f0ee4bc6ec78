internal import Addresses
internal import Model

/// What networks reach on the host, and whether the policy lets them; and what they cannot do.
struct NetworkChecks {
    let file: EnvironmentFile
    let networks: OrderedMap<ComposeValue>

    /// Reports what is wrong with the networks that services join.
    func run(joinedBy services: [Service], into problems: inout Problems) {
        var members: [String: [Service]] = ["default": []]
        for service in services {
            guard case .networks(let attachments) = service.container.network else { continue }
            for attachment in attachments { members[attachment.network, default: []] += [service] }
        }
        for (key, value) in networks {
            guard let members = members[key] else { continue }
            checkName(Resolver.network(key, value), value, into: &problems)
            checkReach(key, value, of: members, into: &problems)
            checkSubnets(key, value, of: members, into: &problems)
            checkIPv6(value, "networks.\(key).enable_ipv6", of: members, into: &problems)
        }
        for service in services {
            checkPorts(of: service, into: &problems)
            checkWayOut(of: service, into: &problems)
            checkAttachments(of: service, into: &problems)
        }
    }

    /// Whether Docker takes the name for another way to run than a network of that name.
    static func isReserved(_ name: String) -> Bool {
        ["host", "none", "bridge", "default"].contains(name) || name.utf8.contains(.colon)
    }

    /// The names of Docker's own networks mean something else than a network to join: `host` is the
    /// host's, and `container:…` another container's (moby@b985e23, `api/types/container`,
    /// `NetworkMode`).
    private func checkName(
        _ network: Network,
        _ value: ComposeValue,
        into problems: inout Problems
    ) {
        guard let name = network.name else { return }
        let error: TextError
        guard Self.isReserved(name) else { return }
        if ["host", "none", "bridge"].contains(name) {
            error = TextError(
                "\(name.quoted) is no network of its own",
                remedy: "write network_mode: \(name) under the service"
            )
        } else {
            error = TextError(
                "\(name.quoted) is no network of its own",
                remedy: "name one that docker network ls shows"
            )
        }
        let written = value["name"] ?? value["external"]?["name"] ?? value["external"]
        let place = written?.origin.location ?? value.origin.location
        problems.report(error, at: place, field: "networks.\(network.key).name")
    }

    /// Berth serves ports over IPv6 by addresses that it gives itself, each ending with the 32 bits
    /// of its container's IPv4 address.
    private func checkIPv6(
        _ value: ComposeValue,
        _ field: String,
        of members: [Service],
        into problems: inout Problems
    ) {
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
            let place = service.origins["networks"] ?? service.location
            problems.warn(warning, at: place, field: "services.\(service.name).networks")
        }
    }

    /// The manifest's subnet of IPv6 that leaves fewer than 32 bits, where no other leaves more.
    private static func smallSubnet(of value: ComposeValue) -> String? {
        let six = Resolver.network("", value).subnets.map(\.subnet).filter { $0.contains(":") }
        let lengths = six.compactMap { $0.split(separator: "/").last.flatMap { Int($0) } }
        return lengths.contains { $0 <= 96 } ? nil : six.first
    }

    /// Where nobody would be served, though a port is published there.
    private func checkPorts(of service: Service, into problems: inout Problems) {
        for port in service.ports {
            guard let address = port.hostAddress, IPAddressText.isIPv6(address) else { continue }
            let warning: TextError
            if IPv6Address(address) == .loopback {
                warning = TextError(
                    "nobody is served at [\(address)]: no kernel leads from there to a container",
                    remedy: "publish on 127.0.0.1"
                )
            } else if !hasIPv6(service) {
                warning = TextError(
                    "nobody is served at [\(address)], as no network of \(service.name) has IPv6",
                    remedy: "set enable_ipv6 in a network of its own"
                )
            } else {
                continue
            }
            let place = service.origins["ports"] ?? service.location
            problems.warn(warning, at: place, field: "services.\(service.name).ports")
        }
    }

    /// Docker routes no port of the host to an internal network, and Berth does not either.
    ///
    /// Whether an external network is internal, only the host knows.
    private func checkWayOut(of service: Service, into problems: inout Problems) {
        guard !service.ports.isEmpty, case .networks(let joined) = service.container.network,
            joined.allSatisfy({ isInternal($0.network) })
        else { return }
        let error = TextError(
            "no port is published on internal networks, and \(service.name) joins no other",
            remedy: "join a network that is not internal, or remove ports"
        )
        let place = service.origins["ports[0]"] ?? service.location
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
