internal import Addresses
internal import Digests
internal import DockerEngine
internal import Foundation
internal import Model
internal import Platform
internal import Traffic

extension DockerSnapshot {
    /// Makes networks, volumes and files that containers need.
    ///
    /// Returns the snapshot with the networks that there are then.
    package func prepare() async throws -> (after: any HostSnapshot, missing: PreparationError) {
        var after = self
        var missing = PreparationError()
        try await after.removeLeftovers()
        guard let desired = after.desired else { return (after, missing) }
        try await after.makeNetworks(desired, &missing)
        try await after.makeVolumes(desired, &missing)
        try await after.writeFiles(desired, &missing)
        try await after.writeHostsFiles(desired, &missing)
        return (after, missing)
    }

    /// Names of what is still to be made.
    func preparations(_ desired: DesiredState?, _ objects: Objects) async throws -> [String] {
        guard let desired, !desired.isSuspended else { return [] }
        return objects.missing
            + (try await staleHostsFiles(desired)).keys.sorted().map { "hosts file of \($0)" }
    }

    // MARK: Networks

    func usedNetworks(_ desired: DesiredState) -> [Model.Network] {
        let used = Set(
            desired.services.flatMap(Self.networkKeys)
        )
        return desired.networks.values.filter { used.contains($0.key) }
            .sorted { $0.key < $1.key }
    }

    private mutating func makeNetworks(
        _ desired: DesiredState,
        _ unprepared: inout PreparationError
    ) async throws {
        let adopters = networks.adopters
        networks = Networks(try await engine.listNetworks(), adopters: adopters)
        for network in usedNetworks(desired) {
            do {
                try await checkNetwork(network, desired, networks)
                let isNew = try await make(network, desired, besides: networks)
                if isNew {
                    networks = Networks(try await engine.listNetworks(), adopters: adopters)
                }
            } catch {
                let users = desired.services.filter {
                    Self.networkKeys(of: $0).contains(network.key)
                }
                unprepared.add(error, for: users)
            }
        }
    }

    /// Makes a network where there is none yet.
    private func make(
        _ network: Model.Network,
        _ desired: DesiredState,
        besides networks: Networks
    ) async throws -> Bool {
        let name = layout.networkName(network.key, in: desired)
        guard networks.byName[name] == nil else { return false }
        guard !network.isExternal else { throw MissingObject(kind: "network", name: name) }
        let body = Networks.blueprint(
            network,
            name: name,
            bridge: bridge(of: network, in: desired.environment),
            environment: desired.environment,
            free: host.pool.freeNetwork(besides: networks.subnets + HostWay.subnets)
        )
        _ = try await engine.createNetwork(body)
        return true
    }

    // MARK: Volumes

    func usedVolumes(_ desired: DesiredState) -> [Model.Volume] {
        let used = Set(desired.services.flatMap(Self.volumeKeys))
        return desired.volumes.values.filter { used.contains($0.key) }.sorted { $0.key < $1.key }
    }

    private func makeVolumes(
        _ desired: DesiredState,
        _ unprepared: inout PreparationError
    ) async throws {
        let used = usedVolumes(desired)
        guard !used.isEmpty else { return }
        let present = try await volumesByName()
        for volume in used {
            do {
                let found = present[desired.volumeName(volume.key)]
                let device = try await checkVolume(volume, desired, found)
                guard found == nil else { continue }
                let former = formerData(of: volume, desired, present)
                try await make(volume, desired, device: device)
                guard let former else { continue }
                log(.warning, "created the volume \(desired.volumeName(volume.key)): \(former)")
            } catch {
                let users = desired.services.filter {
                    Self.volumeKeys(of: $0).contains(volume.key)
                }
                unprepared.add(error, for: users)
            }
        }
    }

    private func make(
        _ volume: Model.Volume,
        _ desired: DesiredState,
        device: String?
    ) async throws {
        let name = desired.volumeName(volume.key)
        guard !volume.isExternal else { throw MissingObject(kind: "volume", name: name) }
        var options = volume.driverOptions
        if let device { options["device"] = device }
        var labels = volume.labels
        labels[Label.environment] = desired.environment
        labels[Label.composeProject] = Label.project(of: desired.environment)
        labels[Label.composeVolume] = volume.key
        _ = try await engine.createVolume(
            VolumeCreateBody(
                name: name,
                driver: volume.driver,
                driverOpts: options.nonEmpty,
                labels: labels
            )
        )
    }

    static func volumeKeys(of service: Service) -> Set<String> {
        Set(
            service.container.mounts.compactMap { mount in
                if case .volume(let key, _) = mount.source { key } else { nil }
            }
        )
    }

    // MARK: Files

    /// The files of the commit that services mount, with these services.
    private func contentFiles(
        _ desired: DesiredState
    ) -> [String: (file: ContentFile, users: [Service])] {
        var files: [String: (file: ContentFile, users: [Service])] = [:]
        for service in desired.services {
            for mounted in service.container.files {
                guard case .commit(let digest) = mounted.source else { continue }
                let file = layout.contentFile(digest, mode: mounted.mode)
                files[file.path, default: (file, [])].users.append(service)
            }
        }
        return files
    }

    /// The files that are not as they should be, by path.
    func oddFiles(
        _ desired: DesiredState
    ) async throws -> [String: (
        finding: ContentFile.Finding, file: ContentFile, users: [Service]
    )] {
        let files = contentFiles(desired)
        guard !files.isEmpty else { return [:] }
        let known = host.withMemory { $0.verified }
        let found = try await disk.run(StateDirectory.subject) {
            files.mapValues { $0.file }.map { ($0, $1.look(known: known[$0])) }
        }
        var odd: [String: (ContentFile.Finding, ContentFile, [Service])] = [:]
        host.withMemory { memory in
            for (path, finding) in found {
                guard case .good(let stamp) = finding else {
                    memory.verified[path] = nil
                    if let (file, users) = files[path] { odd[path] = (finding, file, users) }
                    continue
                }
                memory.verified[path] = stamp
            }
        }
        return odd
    }

    var state: StateDirectory { StateDirectory(layout: layout) }

    private func writeFiles(
        _ desired: DesiredState,
        _ unprepared: inout PreparationError
    ) async throws {
        let files = contentFiles(desired)
        if !files.isEmpty {
            let state = state
            do {
                try await disk.run(StateDirectory.subject) { try state.createFilesFolder() }
            } catch {
                unprepared.add(error, for: files.values.flatMap(\.users))
            }
        }
        for (_, file, users) in try await oddFiles(desired).values {
            guard let bytes = desired.files[file.digest] else { continue }
            do {
                try await disk.run(StateDirectory.subject) { try file.write(bytes) }
            } catch {
                unprepared.add(error, for: users)
            }
        }
    }

    // MARK: Hosts files

    /// The hosts files that are not as they should be, by service.
    private func staleHostsFiles(_ desired: DesiredState) async throws -> [String: HostsFile] {
        let files = hostsFiles(desired)
        let paths = files.map { ($0, $1, hostsFile(of: $0, in: desired)) }
        let state = state
        let stale = try await disk.run(StateDirectory.subject) {
            Set(paths.filter { !state.holds($0.1, at: $0.2) }.map(\.0))
        }
        return files.filter { stale.contains($0.key) }
    }

    private func writeHostsFiles(
        _ desired: DesiredState,
        _ unprepared: inout PreparationError
    ) async throws {
        let state = state
        for (service, file) in try await staleHostsFiles(desired) {
            let path = hostsFile(of: service, in: desired)
            do {
                try await disk.run(StateDirectory.subject) {
                    try state.write(file, to: path, of: desired.environment)
                }
            } catch {
                unprepared.add(error, for: desired.services.filter { $0.name == service })
            }
        }
    }

    /// What each service's containers call by name: services that share a network with it.
    private func hostsFiles(_ desired: DesiredState) -> [String: HostsFile] {
        var files: [String: HostsFile] = [:]
        var circles: [Set<String>: HostsFile.Neighbours] = [:]
        for service in desired.services {
            let own = Self.networkKeys(of: service)
            guard let first = own.min() else { continue }
            let circle = circles[own] ?? neighbours(on: own, desired)
            circles[own] = circle
            files[service.name] = HostsFile(
                for: service,
                neighbours: circle,
                gateway: networks.gateway(layout.networkName(first, in: desired))
            )
        }
        return files
    }

    private func neighbours(
        on networks: Set<String>,
        _ desired: DesiredState
    ) -> HostsFile.Neighbours {
        let services = desired.services.filter { !$0.isJob }
        return HostsFile.Neighbours(
            services.compactMap { other in
                // Elsewhere Docker's own names are all there is.
                let shared = Self.networkKeys(of: other).intersection(networks)
                let found = shared.map { layout.networkName($0, in: desired) }.sorted().lazy
                    .compactMap { network in
                        self.serviceAddress(of: other.name, in: desired.environment, on: network)
                            .map { (address: $0, network: network) }
                    }.first
                return found.map { found in
                    HostsFile.Neighbour(
                        name: other.name,
                        aliases: Self.aliases(of: other, in: networks),
                        address: found.address,
                        network: found.network
                    )
                }
            }
        )
    }

    static func networkKeys(of service: Service) -> Set<String> {
        guard case .networks(let attachments) = service.container.network else { return [] }
        return Set(attachments.map(\.network))
    }

    private static func aliases(of service: Service, in networks: Set<String>) -> [String] {
        guard case .networks(let attachments) = service.container.network else { return [] }
        let aliases = attachments.filter { networks.contains($0.network) }.flatMap(\.aliases)
        return Set(aliases).subtracting([service.name]).sorted()
    }
}

/// Something that others are to make, and that is not there.
struct MissingObject: Error, CustomStringConvertible {
    let kind: String
    let name: String

    var description: String {
        "the external \(kind) \(name) does not exist; make it (docker \(kind) create \(name)), "
            + "or let Berth make it by taking `external` out of the manifest"
    }
}
