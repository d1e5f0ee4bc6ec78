internal import DockerEngine
internal import Model
internal import Platform

extension DockerSnapshot {
    /// Containers that write to what services of an environment would write to, by service.
    func writeConflicts(in desired: DesiredState?) async throws -> [String: [WriteConflict]] {
        guard let desired, !desired.isSuspended else { return [:] }
        return try await writeConflicts(of: desired.services, in: desired)
    }

    /// Containers that write to what some services would write to, by service.
    ///
    /// A service's own containers are not among them: which of them may run beside another is
    /// decided by its order of updates, and looked at when they are started.
    func writeConflicts(
        of services: [Service],
        in desired: DesiredState
    ) async throws -> [String: [WriteConflict]] {
        let wanted = services.filter { $0.replicas > 0 }
            .map { (name: $0.name, claims: desired.claims(of: $0).filter { !$0.isShared }) }
            .filter { !$0.claims.isEmpty }
        guard !wanted.isEmpty else { return [:] }
        let map = StorageMap(volumes: try await volumesByName())
        let writers = try await writers(on: map, as: desired)
        var conflicts: [String: [WriteConflict]] = [:]
        for (name, claims) in wanted {
            let own = Writer.Owner.service(name, environment: desired.environment)
            let located = await located(claims, on: map, of: "\(desired.environment)/\(name)")
            let found = writers.filter { $0.owner != own }.conflicts(with: located, of: name)
            if !found.isEmpty { conflicts[name] = found }
        }
        return conflicts
    }

    /// Starts a container, unless another one runs that writes to what it writes to.
    ///
    /// Of containers that are to be started at a time, the first one counts as running.
    func start(_ details: ContainerDetails, as container: Container, in desired: DesiredState)
        async throws
    {
        let declared = details.mounts.compactMap { Self.claim(of: $0, in: desired) }
        guard declared.contains(where: { !$0.isShared }) else {
            return try await engine.startContainer(container.id)
        }
        let map = StorageMap(volumes: try await volumesByName())
        let claims = try await disk.run("\(environment)/\(container.service)") {
            declared.compactMap(map.located)
        }
        let writer = Writer(
            id: container.id,
            container: "\(container.name)",
            owner: .service(container.service, environment: desired.environment),
            claims: claims
        )
        if let conflict = host.withMemory({ $0.reserve(writer) }) { throw conflict }
        defer { host.withMemory { $0.starting.removeAll { $0.id == container.id } } }
        let others = try await writers(on: map, as: desired).filter { $0.id != container.id }
        if let conflict = others.conflicts(with: claims, of: container.service).first {
            throw conflict
        }
        try await engine.startContainer(container.id)
    }

    /// What a mount writes to, with what the files say about its sharing.
    private static func claim(of mount: MountPoint, in desired: DesiredState) -> StorageClaim? {
        guard var claim = StorageMap.claim(of: mount) else { return nil }
        let declared = claim.places.lazy.compactMap { place -> StorageClaim? in
            switch place {
            case .volume(let name):
                desired.volumes.keys.first { desired.volumeName($0) == name }.flatMap {
                    desired.claim(of: Mount(.volume(key: $0, options: VolumeOptions()), target: ""))
                }
            case .path(let path):
                desired.claim(of: Mount(.bind(path: path, options: BindOptions()), target: ""))
            case .node, .share: nil
            }
        }.first
        claim.isShared = declared?.isShared ?? false
        claim.allowance = declared?.allowance ?? "x-berth: { shared: true } to its definition"
        return claim
    }

    /// What each running container of the host writes to, Berth's or not; one that the environment
    /// takes over counts as its service's.
    private func writers(
        on map: StorageMap,
        as desired: DesiredState
    ) async throws -> [Writer] {
        let summaries = try await engine.listContainers(all: false)
        let labelled = summaries.filter { $0.labels?[Label.environment] != nil }
        let ours = Set(
            await host.ours(labelled).filter { ContainerReading.container($0) != nil }.map(\.id)
        )
        var writers: [Writer] = []
        for summary in summaries {
            let isOurs = ours.contains(summary.id)
            let mounts = (summary.mounts ?? []).filter { isOurs || !map.isOverview($0) }
            let claims = mounts.compactMap(StorageMap.claim)
            guard !claims.isEmpty else { continue }
            let name = summary.name ?? String(summary.id.prefix(12))
            let heir = Adoption.service(of: summary.labels, in: desired).map {
                Writer.Owner.service($0.name, environment: desired.environment)
            }
            let writer = Writer(
                id: summary.id,
                container: name,
                owner: heir ?? Self.owner(of: summary, isOurs: isOurs),
                claims: await located(claims, on: map, of: "container \(name)")
            )
            if !writer.claims.isEmpty { writers.append(writer) }
        }
        return writers
    }

    /// The claims with all names of their places; as they are written where the file system does
    /// not answer.
    private func located(
        _ claims: [StorageClaim],
        on map: StorageMap,
        of subject: String
    ) async -> [StorageClaim] {
        do {
            return try await disk.run(subject) { claims.compactMap(map.located) }
        } catch {
            log(.warning, "\(error)")
            return claims
        }
    }

    private static func owner(of summary: ContainerSummary, isOurs: Bool) -> Writer.Owner {
        let labels = summary.labels ?? [:]
        guard isOurs, let service = labels[Label.service],
            let environment = labels[Label.environment]
        else { return .others(project: labels[Label.composeProject]) }
        return .service(service, environment: environment)
    }
}

extension DockerHost.Memory {
    /// Notes that a container is to be started, unless one that is under way stands against it.
    fileprivate mutating func reserve(_ writer: Writer) -> WriteConflict? {
        guard case .service(let name, _) = writer.owner else { return nil }
        let others = starting.filter { $0.id != writer.id }
        if let conflict = others.conflicts(with: writer.claims, of: name).first { return conflict }
        starting.append(writer)
        return nil
    }
}
