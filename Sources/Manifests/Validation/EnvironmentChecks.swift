internal import Model

/// What only shows when all services of an environment are looked at together.
struct EnvironmentChecks {
    let services: [Service]
    let resolved: [ResolvedService]
    let file: EnvironmentFile
    let resources: Resolver.Resources

    /// Reports everything.
    func run(into problems: inout Problems) {
        checkDependencies(into: &problems)
        checkPorts(into: &problems)
        grantPorts(into: &problems)
        checkNames(into: &problems)
        checkAddresses(into: &problems)
        checkPolicy(into: &problems)
        NetworkChecks(file: file, networks: resources.readable("networks"))
            .run(joinedBy: services, into: &problems)
        VolumeChecks(file: file, volumes: resources.readable("volumes"))
            .run(mountedBy: services, into: &problems)
    }

    private func checkDependencies(into problems: inout Problems) {
        let names = Set(file.services.map(\.name))
        var edges: [String: [String]] = [:]
        for service in services {
            let field = "services.\(service.name).depends_on"
            let place = service.origins["depends_on"] ?? service.location
            for dependency in service.dependencies {
                if names.contains(dependency.service) {
                    edges[service.name, default: []].append(dependency.service)
                    continue
                }
                guard dependency.isRequired else { continue }
                let error = TextError(
                    "\(dependency.service) is not listed in \(file.path)",
                    remedy: "list it, or write \(dependency.service): { condition: "
                        + "service_started, required: false } under depends_on"
                )
                let own = service.origins["depends_on.\(dependency.service)"] ?? place
                problems.report(error, at: own, field: "\(field).\(dependency.service)")
            }
        }
        guard let cycle = Cycle.find(in: edges) else { return }
        let path = cycle.joined(separator: " → ")
        let error = TextError("the services wait for each other: \(path)", remedy: "cut the circle")
        let first = services.first { $0.name == cycle.first }
        problems.report(
            error,
            at: first?.origins["depends_on"] ?? first?.location,
            field: "services.\(cycle.first ?? "").depends_on"
        )
    }

    private func checkPorts(into problems: inout Problems) {
        var book = TakenPorts()
        for service in services {
            for port in service.ports {
                guard let other = book.add(port, owner: service.name) else { continue }
                let error = TextError(
                    "the host's port \(port.published ?? 0)/\(port.target.transport.rawValue) "
                        + "is already published by \(other)",
                    remedy: "publish another port in \(file.path)"
                )
                let place = service.origins["ports"] ?? service.location
                problems.report(error, at: place, field: "services.\(service.name).ports")
            }
        }
    }

    /// No two things have one name, in Docker or to those that call it.
    private func checkNames(into problems: inout Problems) {
        var book = TakenNames()
        for name in ObjectName.all(of: services, in: file, resources) {
            guard let other = book.add(name) else { continue }
            let error = TextError(
                "the name \(name.name) is already that of \(other.owner)",
                remedy: name.kind == .container
                    ? "choose another container_name" : "choose another name, or use one key"
            )
            problems.report(error, at: name.location, field: name.field)
        }
        var owners: [String: String] = [:]
        for service in services {
            let lower = service.name.lowercased()
            guard let other = owners.updateValue(service.name, forKey: lower) else { continue }
            let error = TextError(
                "\(other) is the same name to those that call it: hosts' names have no case",
                remedy: "rename one"
            )
            problems.report(error, at: service.location, field: "services.\(service.name)")
        }
    }

    /// A policy that grants ports names all of them.
    private func grantPorts(into problems: inout Problems) {
        guard file.policy.ports == nil, problems.grants.contains(where: { $0.key == "ports" })
        else { return }
        for port in services.flatMap(\.ports) {
            problems.wants("\(port.published ?? 0)/\(port.target.transport.rawValue)", in: "ports")
        }
    }

    /// One address cannot be given to several containers.
    private func checkAddresses(into problems: inout Problems) {
        var owners: [String: [AddressRange: String]] = [:]
        for service in services {
            guard case .networks(let attachments) = service.container.network else { continue }
            for attachment in attachments {
                let network = attachment.network
                let fixed =
                    [attachment.ipv4Address, attachment.ipv6Address].compactMap(\.self)
                    + attachment.linkLocalAddresses
                let field = "services.\(service.name).networks.\(network)"
                if service.replicas > 1, !fixed.isEmpty || attachment.macAddress != nil {
                    let error = TextError(
                        "\(service.replicas) containers cannot share one address",
                        remedy: "remove the address, or run one replica"
                    )
                    problems.report(error, at: service.origins["networks"], field: field)
                }
                for text in fixed {
                    guard let address = AddressRange(text),
                        let other = owners[network, default: [:]].updateValue(
                            service.name,
                            forKey: address
                        ), other != service.name
                    else { continue }
                    let error = TextError(
                        "the address \(text) is already that of \(other)",
                        remedy: "give one of the two another"
                    )
                    let place = service.origins["networks.\(network)"] ?? service.location
                    problems.report(error, at: place, field: field)
                }
            }
        }
    }

    /// A service that the policy names and nobody lists is probably misspelt.
    private func checkPolicy(into problems: inout Problems) {
        let names = file.services.map(\.name)
        let known = Set(names)
        for key in ["privileged", "host_network", "host_namespaces", "unconfined", "priority"] {
            let list = file.settings["policy"]?[key]?.list ?? []
            for (index, value) in list.enumerated() {
                guard let name = value.string, !known.contains(name) else { continue }
                let near = NearestName.of(name, among: problems.suggests ? names : [])
                let warning = TextError(
                    "\(name.quoted) is not listed",
                    remedy: near.map { "did you mean \($0)?" } ?? "remove it"
                )
                let field = "policy.\(key)[\(index)]"
                problems.warn(warning, at: value.origin.location, field: field)
            }
        }
    }
}
