internal import Model

/// A name that something of an environment has in Docker, and where it comes from.
struct ObjectName: Sendable {
    enum Kind: String, Sendable {
        case container
        case network
        case volume
    }

    var kind: Kind
    var name: String
    /// Whether a file states it; else it is derived from the environment's or project's name.
    var isChosen: Bool
    /// What has it, as `volume data` of `prod`.
    var owner: String
    /// Where it is said, and in which field.
    var location: SourceLocation?
    var field: String

    /// The names of an environment's containers, and of the networks and volumes that are its own.
    static func all(
        of services: [Service],
        in file: EnvironmentFile,
        _ resources: Resolver.Resources
    ) -> [ObjectName] {
        var keys: [Kind: Set<String>] = [.network: [], .volume: []]
        for service in services {
            if case .networks(let attachments) = service.container.network {
                keys[.network]?.formUnion(attachments.map(\.network))
            }
            for mount in service.container.mounts {
                if case .volume(let key, _) = mount.source { keys[.volume]?.insert(key) }
            }
        }
        let objects = keys.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { kind, keys in
            keys.sorted().compactMap { key in
                object(kind, key, resources["\(kind.rawValue)s", key], in: file)
            }
        }
        return services.flatMap { containers(of: $0, in: file) } + objects
    }

    private static func containers(of service: Service, in file: EnvironmentFile) -> [ObjectName] {
        (1...max(1, min(service.replicas, 1_000))).map { slot in
            let base = ContainerName.base(environment: file.name, service: service.name, slot: slot)
            return ObjectName(
                kind: .container,
                name: service.containerName ?? base,
                isChosen: service.containerName != nil,
                owner: service.name,
                location: service.place(of: "container_name"),
                field: "services.\(service.name).container_name"
            )
        }
    }

    private static func object(
        _ kind: Kind,
        _ key: String,
        _ value: ComposeValue?,
        in file: EnvironmentFile
    ) -> ObjectName? {
        guard value?.isExternal != true else { return nil }
        let chosen = value?["name"]
        return ObjectName(
            kind: kind,
            name: chosen?.string ?? "\(file.project)_\(key)",
            isChosen: chosen != nil,
            owner: "\(kind.rawValue) \(key)",
            location: (chosen ?? value)?.origin.location ?? file.start,
            field: "\(kind.rawValue)s.\(key)" + (chosen == nil ? "" : ".name")
        )
    }
}

struct TakenNames {
    private var owners: [String: ObjectName] = [:]

    /// Takes a name; gives what has it already.
    mutating func add(_ name: ObjectName) -> ObjectName? {
        let key = "\(name.kind.rawValue) \(name.name)"
        if let other = owners[key] { return other }
        owners[key] = name
        return nil
    }
}

extension Problems {
    /// Reports labels, names and `external` of a network or a volume, where Docker would refuse
    /// them or the policy does not grant them.
    mutating func checkObject(
        _ kind: ObjectName.Kind,
        _ key: String,
        _ value: ComposeValue,
        of file: EnvironmentFile,
        isGranted: (_ name: String) -> Bool
    ) {
        let field = "\(kind.rawValue)s.\(key)"
        checkLabels(of: value, field: field)
        let name = value["name"] ?? value["external"]?["name"]
        guard let external = value["external"] else {
            guard let error = DockerNameText.problem(of: name?.string) else { return }
            return report(error, at: name?.origin.location, field: "\(field).name")
        }
        let written = name?.string ?? key
        guard !isGranted(written) else { return }
        refuse(
            "the external \(kind.rawValue) \(written) is not granted",
            entry: written,
            in: "external_\(kind.rawValue)s",
            of: file,
            at: (name ?? external).origin.location,
            field: "\(field).external"
        )
    }

    /// Reports labels by which Berth and Compose recognise their own objects.
    mutating func checkLabels(of value: ComposeValue, field: String) {
        for (name, label) in value["labels"]?.map ?? OrderedMap()
        where name.hasPrefix("berth.") || name.hasPrefix("com.docker.compose.") {
            let error = TextError("labels of \(name.quoted)'s family are Berth's own")
                .with(remedy: "rename it")
            report(error, at: label.origin.location, field: "\(field).labels.\(name)")
        }
    }

    /// Reports a path of the host that the policy does not list.
    mutating func requireHostPath(
        _ path: String,
        readOnly: Bool,
        of file: EnvironmentFile,
        at location: SourceLocation?,
        field: String
    ) {
        guard path.utf8.first == UInt8(ascii: "/") else {
            let problem = "\(path.quoted) is not an absolute path"
            let error = TextError(problem, remedy: "start it with /")
            return report(error, at: location, field: field)
        }
        guard !file.policy.allows(path: path, readOnly: readOnly) else { return }
        let entry = PathText.cleaned(path) + (readOnly ? ":ro" : "")
        let message = "the host's \(path) is not granted"
        refuse(message, entry: entry, in: "host_paths", of: file, at: location, field: field)
    }
}

extension Service {
    /// Where a field was set, else where the environment lists the service.
    func place(of field: String) -> SourceLocation { origins[field] ?? location }
}
