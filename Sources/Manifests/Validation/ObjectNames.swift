internal import Model

/// A name that something of an environment has in Docker, and where it comes from.
struct ObjectName: Sendable {
    /// What Docker keeps apart.
    enum Kind: String, Sendable {
        case container
        case network
        case volume
    }

    var kind: Kind
    /// The name in Docker.
    var name: String
    /// Whether a file says it; otherwise it is made of the name of the environment or of the
    /// project that it adopts.
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
                location: service.origins["container_name"] ?? service.location,
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
        let isExternal = value?["external"]?.boolean == true || value?["external"]?.map != nil
        guard !isExternal else { return nil }
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

/// Which names are taken in Docker, and by what.
struct TakenNames {
    private struct Entry: Hashable {
        var kind: ObjectName.Kind
        var name: String
    }

    private var owners: [Entry: ObjectName] = [:]

    /// Takes a name; gives what has it already.
    mutating func add(_ name: ObjectName) -> ObjectName? {
        let entry = Entry(kind: name.kind, name: name.name)
        if let other = owners[entry] { return other }
        owners[entry] = name
        return nil
    }
}
