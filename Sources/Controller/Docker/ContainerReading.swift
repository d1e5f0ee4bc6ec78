internal import Addresses
internal import Digests
internal import DockerEngine
internal import Model

/// From Docker's records to ours.
enum ContainerReading {
    /// What a slot's number may be; Berth never comes near the end.
    static let slots = 1...10_000
    /// What a generation may be; the next one has to be a number, too.
    private static let generations = 0...1_000_000_000

    /// Reads a list entry; nil for one whose labels are not complete or do not go with its name,
    /// which is not ours to touch: labels can be copied, and a name is held by one container.
    static func container(_ summary: ContainerSummary) -> Container? {
        let labels = summary.labels ?? [:]
        guard let base = labels[Label.base], let rawName = summary.name,
            let name = ContainerName(rawName, base: base), name.description == rawName,
            let environment = labels[Label.environment], let service = labels[Label.service],
            let slot = labels[Label.slot].flatMap({ Int($0) }), slots.contains(slot),
            base == ContainerName.base(environment: environment, service: service, slot: slot)
                // A service with a fixed name has one replica.
                || slot == 1,
            let spec = labels[Label.spec].flatMap({ Digest($0) }),
            let generation = labels[Label.generation].flatMap({ Int($0) }),
            generations.contains(generation),
            let image = labels[Label.image].flatMap({ try? ImageName($0) })
        else { return nil }
        return Container(
            id: summary.id,
            name: name,
            service: service,
            slot: slot,
            spec: spec,
            generation: generation,
            version: labels[Label.version] ?? "",
            revision: labels[Label.revision] ?? "",
            image: image,
            state: state(summary.state, exitCode: summary.exitCode ?? 0),
            health: Container.Health(rawValue: summary.health.rawValue) ?? .none,
            created: Moment(milliseconds: (summary.created ?? 0) * 1_000),
            address: labels[Label.network].flatMap { address(summary.networks[$0]) },
            address6: labels[Label.network].flatMap { address6(summary.networks[$0]) },
            mounts: mounts(summary.mounts ?? [])
        )
    }

    static func mounts(_ points: [MountPoint]) -> [String: String] {
        let pairs = points.compactMap { point -> (String, String)? in
            guard let target = point.destination else { return nil }
            switch point.type {
            case "volume": return point.name.map { (target, $0) }
            case "bind": return point.source.map { (target, HeldMounts.origin(of: $0)) }
            default: return nil
            }
        }
        return Dictionary(pairs) { $1 }
    }

    /// Whether the container's labels are Berth's words and not its image's, which anybody may
    /// run.
    ///
    /// A spec names its image by digest, so no image can hold the spec of its own containers.
    /// Nil says that the image is not known, and then labels and name alone have to do.
    static func isMadeByUs(_ summary: ContainerSummary, imageSpec: String??) -> Bool {
        guard let imageSpec else { return true }
        return summary.labels?[Label.spec] != imageSpec
    }

    /// Adds what only an inspection knows.
    static func refine(_ container: Container, with details: ContainerDetails) -> Container {
        var refined = container
        if let name = ContainerName(
            details.name.hasPrefix("/") ? String(details.name.dropFirst()) : details.name,
            base: container.name.base
        ) {
            refined.name = name
        }
        refined.state = state(details.state.status, exitCode: details.state.exitCode)
        // What could not be started is still "created", with the code that a shell would give.
        if refined.state == .created, details.state.exitCode != 0 {
            refined.state = .exited(code: details.state.exitCode)
        }
        refined.health =
            Container.Health(
                rawValue: details.state.health?.status.rawValue ?? "none"
            ) ?? .none
        refined.restarts = details.restartCount
        let policy = details.hostConfig.restartPolicy?.name ?? ""
        refined.isKeptUp = ["always", "unless-stopped"].contains(policy)
        refined.created = details.created.map(moment) ?? container.created
        refined.started = details.state.startedAt.map(moment)
        refined.finished = details.state.finishedAt.map(moment)
        if let network = details.config.labels?[Label.network] {
            refined.address = address(details.networks[network]) ?? container.address
            refined.address6 = address6(details.networks[network]) ?? container.address6
        }
        return refined
    }

    static func state(_ phase: ContainerPhase, exitCode: Int) -> Container.State {
        switch phase {
        case .created: .created
        case .running: .running
        case .paused: .paused
        case .restarting: .restarting
        case .exited: .exited(code: exitCode)
        case .removing, .dead, .other: .dead
        }
    }

    /// The address it has, or the one it was promised and gets back when it starts.
    static func address(_ endpoint: EndpointSettings?) -> IPv4Address? {
        [endpoint?.ipAddress, endpoint?.ipamConfig?.ipv4Address].compactMap(\.self)
            .lazy.compactMap { IPv4Address($0) }.first
    }

    private static func address6(_ endpoint: EndpointSettings?) -> IPv6Address? {
        [endpoint?.globalIPv6Address, endpoint?.ipamConfig?.ipv6Address].compactMap(\.self)
            .lazy.compactMap { IPv6Address($0) }.first
    }

    private static func moment(_ timestamp: Timestamp) -> Moment {
        Moment(
            milliseconds: timestamp.seconds * 1_000 + Int64(timestamp.nanoseconds) / 1_000_000
        )
    }
}
