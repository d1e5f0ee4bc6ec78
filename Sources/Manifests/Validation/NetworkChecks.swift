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
            checkDriver(value, "networks.\(key).driver", of: members, into: &problems)
            checkIPv6(value, "networks.\(key).enable_ipv6", of: members, into: &problems)
        }
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
        if ["host", "none", "bridge"].contains(name) {
            error = TextError(
                "\(name.quoted) is no network of its own",
                remedy: "write network_mode: \(name) under the service"
            )
        } else if name == "default" || name.utf8.contains(.colon) {
            error = TextError(
                "\(name.quoted) is no network of its own",
                remedy: "name one that docker network ls shows"
            )
        } else {
            return
        }
        let written = value["name"] ?? value["external"]?["name"] ?? value["external"]
        let place = written?.origin.location ?? value.origin.location
        problems.report(error, at: place, field: "networks.\(network.key).name")
    }

    /// A bridge is the host's to filter; what other drivers make stands beside the host on its own
    /// links (`macvlan`, `ipvlan`), or is whatever a plugin makes of it.
    private func checkDriver(
        _ value: ComposeValue,
        _ field: String,
        of members: [Service],
        into problems: inout Problems
    ) {
        guard let driver = value["driver"], let name = driver.string, name != "bridge" else {
            return
        }
        for service in members where !file.policy.hostNetwork.contains(service.name) {
            problems.wants(service.name, in: "host_network")
            let error = TextError(
                "\(service.name) would join the host's own network through \(name)",
                remedy: "use the driver bridge, or add \(service.name) to policy.host_network in "
                    + file.path
            )
            problems.report(error, at: driver.origin.location, field: field)
        }
    }

    private func checkIPv6(
        _ value: ComposeValue,
        _ field: String,
        of members: [Service],
        into problems: inout Problems
    ) {
        guard let flag = value["enable_ipv6"], flag.boolean == true else { return }
        let names = members.filter { !$0.ports.isEmpty }.map(\.name)
        guard let first = names.first else { return }
        let others = names.count > 1 ? " and \(names.count - 1) more" : ""
        let warning = TextError(
            "the published ports of \(first)\(others) are served over IPv4 only"
        )
        problems.warn(warning, at: flag.origin.location, field: field)
    }
}
