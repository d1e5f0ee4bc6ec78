internal import Model

/// What only shows when all services of an environment are looked at together.
struct EnvironmentChecks {
    let services: [Service]
    let file: EnvironmentFile
    let resources: Resolver.Resources
    var problems: Problems

    mutating func run() {
        checkDependencies()
        checkPorts()
        grantPorts()
        checkNames()
        checkAddresses()
        checkPolicy()
        var networks = NetworkChecks(
            file: file,
            networks: resources.readable("networks"),
            problems: problems
        )
        networks.run(joinedBy: services)
        var volumes = VolumeChecks(
            file: file,
            volumes: resources.readable("volumes"),
            problems: networks.problems
        )
        volumes.run(mountedBy: services)
        problems = volumes.problems
    }

    private mutating func checkDependencies() {
        let names = Set(file.services.map(\.name))
        var edges: [String: [String]] = [:]
        for service in services {
            let field = "services.\(service.name).depends_on"
            let place = service.place(of: "depends_on")
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
        let error = TextError("the services wait for each other: \(path)")
            .with(remedy: "remove one of these depends_on")
        let first = services.first { $0.name == cycle.first }
        problems.report(
            error,
            at: first?.origins["depends_on"] ?? first?.location,
            field: "services.\(cycle.first ?? "").depends_on"
        )
    }

    private mutating func checkPorts() {
        var book = TakenPorts()
        for service in services {
            for port in service.ports {
                guard let other = book.add(port, owner: service.name) else { continue }
                let error = TextError(
                    "the host's port \(port.published ?? 0)/\(port.target.transport.rawValue) "
                        + "is already published by \(other)",
                    remedy: "publish another port in \(file.path)"
                )
                let place = service.place(of: "ports")
                problems.report(error, at: place, field: "services.\(service.name).ports")
            }
        }
    }

    /// No two things have one name, in Docker or to those that call it.
    private mutating func checkNames() {
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
                "\(other) is the same name to callers: host names ignore case",
                remedy: "rename one"
            )
            problems.report(error, at: service.location, field: "services.\(service.name)")
        }
    }

    /// A policy that grants ports names all of them.
    private mutating func grantPorts() {
        guard file.policy.ports == nil, problems.grants.contains(where: { $0.key == "ports" })
        else { return }
        for port in services.flatMap(\.ports) {
            problems.noteGrant(
                "\(port.published ?? 0)/\(port.target.transport.rawValue)",
                in: "ports"
            )
        }
    }

    private mutating func checkAddresses() {
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
                    let error = TextError("\(service.replicas) containers cannot share one address")
                        .with(remedy: "remove the address, or run one replica")
                    problems.report(error, at: service.origins["networks"], field: field)
                }
                for text in fixed {
                    guard let address = AddressRange(text),
                        let other = owners[network, default: [:]].updateValue(
                            service.name,
                            forKey: address
                        ), other != service.name
                    else { continue }
                    let error = TextError("the address \(text) is already that of \(other)")
                        .with(remedy: "change one of the two")
                    let place = service.place(of: "networks.\(network)")
                    problems.report(error, at: place, field: field)
                }
            }
        }
    }

    /// A service that the policy names and the environment does not list is probably misspelt.
    private mutating func checkPolicy() {
        let names = file.services.map(\.name)
        let known = Set(names)
        for key in ["privileged", "host_network", "host_namespaces", "unconfined", "priority"] {
            let list = file.settings["policy"]?[key]?.list ?? []
            for (index, value) in list.enumerated() {
                guard let name = value.string, !known.contains(name) else { continue }
                let near = NearestName.of(name, among: problems.suggests ? names : [])
                let warning = TextError("\(name.quoted) is not listed")
                    .with(remedy: near.map { "did you mean \($0)?" } ?? "remove it")
                let field = "policy.\(key)[\(index)]"
                problems.warn(warning, at: value.origin.location, field: field)
            }
        }
    }
}
