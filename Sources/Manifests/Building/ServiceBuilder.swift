internal import Digests
internal import Model

/// Builds a service from its canonical form.
struct ServiceBuilder {
    let service: ResolvedService
    let file: EnvironmentFile
    let files: FleetFiles
    let resources: Resolver.Resources
    let variables: Variables
    var problems = Problems()
    var contents: [Digest: [UInt8]] = [:]
    /// The digests of what was mounted so far, in other services too.
    var digests: [MountedContent: Digest]
    var fileBudget: Int
    /// How many problems of other services are known already.
    private let earlier: Int

    init(_ service: ResolvedService, in resolver: Resolver) {
        self.service = service
        file = resolver.file
        files = resolver.fleet.files
        resources = resolver.resources
        digests = resolver.digests
        fileBudget = resolver.fileBudget
        earlier = resolver.problems.diagnostics.count
        variables = resolver.variables(
            version: Variables.Variable(service["version"]),
            registry: Variables.Variable(service["registry"]),
            pullPolicy: Variables.Variable(service["pull_policy"])
        )
    }

    var policy: Policy { file.policy }

    /// The service; nil where it has no image that can be read.
    mutating func build() -> Service? {
        warnAboutEffectless()
        let environment = environment()
        let container = container(with: environment)
        let ports = ports(on: container.network)
        guard let image = image() else { return nil }
        var result = Service(
            name: service.name,
            location: service.location,
            origins: origins(),
            version: service["version"]?.string,
            image: image,
            pullPolicy: pullPolicy(),
            container: container,
            ports: ports,
            replicas: replicas(),
            readiness: readiness(),
            dependencies: dependencies(),
            containerName: service["container_name"]?.string
        )
        result.labels = service["deploy"]?["labels"]?.texts ?? [:]
        result.hostVariables = environment.hostVariables
        if let drain = service["x-berth"]?["drain_timeout"]?.duration {
            result.drainTimeout = drain
        }
        let obstacle = StartFirst.obstacle(in: container, isShared: isShared)
        result.update = update("update_config", default: .update, obstacle: obstacle)
        result.rollback = update(
            "rollback_config",
            default: UpdatePolicy(order: result.update.order, failureAction: .pause),
            // What was chosen for the way there holds for the way back.
            obstacle: result.update.order == .startFirst ? nil : obstacle
        )
        return result
    }

    var suggests: Bool { earlier + problems.diagnostics.count < Problems.mostSuggestions }

    /// Reports an error about a key of the service, at the value's place unless another is given.
    mutating func report(_ error: TextError, _ key: String, at value: ComposeValue? = nil) {
        let place = (value ?? service[key])?.origin.location ?? service.location
        problems.report(error, at: place, field: service.field(key))
    }

    mutating func warn(_ warning: TextError, _ key: String, at value: ComposeValue?) {
        problems.warn(warning, at: value?.origin.location, field: service.field(key))
    }

    private mutating func pullPolicy() -> PullPolicy {
        let value = service["pull_policy"] ?? file.settings["pull_policy"]
        guard let text = value?.string else { return .missing }
        return (try? PullPolicyText.parse(text)) ?? .missing
    }

    private mutating func replicas() -> Int {
        let deploy = service["deploy"]?["replicas"]
        let scale = service["scale"]
        if let first = deploy?.integer, let second = scale?.integer, first != second {
            report(
                TextError("scale says \(second), deploy.replicas \(first)", remedy: "remove one"),
                "scale"
            )
        }
        let replicas = Int((scale ?? deploy)?.integer ?? 1)
        if replicas > 1, let name = service["container_name"] {
            let error = TextError("\(replicas) containers cannot share one name")
                .with(remedy: "remove container_name")
            report(error, "container_name", at: name)
        }
        return replicas
    }

    private mutating func dependencies() -> [Dependency] {
        (service["depends_on"]?.map ?? OrderedMap()).map { name, value in
            if let restart = value["restart"], restart.boolean == true {
                let error = TextError("a service is replaced only when its own description changes")
                    .with(remedy: "remove it")
                report(error, "depends_on.\(name).restart", at: restart)
            }
            return Dependency(
                on: name,
                condition: value["condition"]?.string.flatMap(Dependency.Condition.init(rawValue:))
                    ?? .started,
                isRequired: value["required"]?.boolean ?? true
            )
        }
    }

    private func readiness() -> Readiness {
        let berth = service["x-berth"]
        var readiness = Readiness(delay: berth?["readiness_delay"]?.duration)
        if let timeout = berth?["start_timeout"]?.duration { readiness.startTimeout = timeout }
        let probe = berth?["probe"]
        if let port = probe?["tcp"]?.integer { readiness.probe = .tcp(port: Int(port)) }
        if let path = probe?["http"]?.string, let port = probe?["port"]?.integer {
            let status = (probe?["status"]?.list ?? []).compactMap(\.integer).map { Int($0) }
            let range = status.count == 2 ? status[0]...status[1] : 200...399
            readiness.probe = .http(path: path, port: Int(port), status: range)
        }
        return readiness
    }

    /// Warns about what Compose takes, and what has no effect on one host.
    private mutating func warnAboutEffectless() {
        let restart = service["deploy"]?["restart_policy"]
        for key in ["delay", "window"] {
            guard let value = restart?[key] else { continue }
            let warning = TextError("it has no effect: Docker's own \(key) holds")
            warn(warning, "deploy.restart_policy.\(key)", at: value)
        }
        if let value = service["deploy"]?["resources"]?["reservations"]?["cpus"] {
            let warning = TextError("it has no effect on one host", remedy: "write cpu_shares")
            warn(warning, "deploy.resources.reservations.cpus", at: value)
        }
        for (name, network) in service["networks"]?.map ?? OrderedMap() {
            guard let value = network["priority"], value.integer != 0 else { continue }
            let warning = TextError(
                "it has no effect: all networks are joined before the container starts",
                remedy: "write gw_priority to choose the default route"
            )
            warn(warning, "networks.\(name).priority", at: value)
        }
    }
}
