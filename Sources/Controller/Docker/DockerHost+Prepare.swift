internal import Digests
internal import DockerEngine
internal import Foundation
public import Model
internal import Platform
internal import Traffic

extension DockerHost {
    /// Makes networks, volumes and files that containers need.
    public func prepare(_ desired: DesiredState) async throws {
        var unprepared = Unprepared()
        try await makeNetworks(desired, &unprepared)
        try await makeVolumes(desired, &unprepared)
        writeFiles(desired, &unprepared)
        writeHostsFiles(desired, &unprepared)
        guard unprepared.reasons.isEmpty else { throw unprepared }
    }

    /// Names of what is still to be made.
    func preparations(_ desired: DesiredState?, _ networks: Networks) async throws -> [String] {
        guard let desired, !desired.isSuspended else { return [] }
        var missing = usedNetworks(desired)
            .map { ($0, layout.networkName($0.key, in: desired)) }
            .filter { networks.byName[$1] == nil || networks.isStrange($1, as: $0) }
            .map { "network \($1)" }
        missing += try await missingVolumes(desired).map {
            "volume \(layout.volumeName($0.key, in: desired))"
        }
        missing += missingFiles(desired).map { "file \($0)" }
        missing += staleHostsFiles(desired).keys.sorted().map { "hosts file of \($0)" }
        return missing
    }

    // MARK: Networks

    private func usedNetworks(_ desired: DesiredState) -> [Model.Network] {
        let used = Set(
            desired.services.flatMap(Self.networkKeys)
        )
        return desired.networks.values.filter { used.contains($0.key) }
            .sorted { $0.key < $1.key }
    }

    private func makeNetworks(
        _ desired: DesiredState,
        _ unprepared: inout Unprepared
    ) async throws {
        var networks = Networks(try await engine.listNetworks())
        for network in usedNetworks(desired) {
            do {
                let isNew = try await make(network, desired, besides: networks)
                if isNew { networks = Networks(try await engine.listNetworks()) }
            } catch {
                let users = desired.services.filter {
                    Self.networkKeys(of: $0).contains(network.key)
                }
                unprepared.add(error, for: users)
            }
        }
        let found = networks
        withMemory { $0.networks = found }
    }

    /// Makes a network where there is none yet.
    private func make(
        _ network: Model.Network,
        _ desired: DesiredState,
        besides networks: Networks
    ) async throws -> Bool {
        let name = layout.networkName(network.key, in: desired)
        guard !networks.isStrange(name, as: network) else { throw StrangeNetwork(name: name) }
        guard networks.byName[name] == nil else { return false }
        guard !network.isExternal else { throw MissingObject(kind: "network", name: name) }
        let body = Networks.blueprint(
            network,
            name: name,
            bridge: layout.bridgeName(network.key, environment: desired.environment),
            environment: desired.environment,
            free: pool.freeNetwork(besides: networks.subnets + HostRoutes.current())
        )
        _ = try await engine.createNetwork(body)
        return true
    }

    // MARK: Volumes

    private func missingVolumes(_ desired: DesiredState) async throws -> [Model.Volume] {
        let used = Set(desired.services.flatMap(Self.volumeKeys))
        guard !used.isEmpty else { return [] }
        let present = Set(try await engine.listVolumes().map(\.name))
        return desired.volumes.values.filter {
            used.contains($0.key) && !present.contains(layout.volumeName($0.key, in: desired))
        }
        .sorted { $0.key < $1.key }
    }

    private func makeVolumes(
        _ desired: DesiredState,
        _ unprepared: inout Unprepared
    ) async throws {
        for volume in try await missingVolumes(desired) {
            do {
                try await make(volume, desired)
            } catch {
                let users = desired.services.filter {
                    Self.volumeKeys(of: $0).contains(volume.key)
                }
                unprepared.add(error, for: users)
            }
        }
    }

    private func make(_ volume: Model.Volume, _ desired: DesiredState) async throws {
        let name = layout.volumeName(volume.key, in: desired)
        guard !volume.isExternal else { throw MissingObject(kind: "volume", name: name) }
        var labels = volume.labels
        labels[Label.environment] = desired.environment
        labels[Label.composeProject] = Label.project(of: desired.environment)
        labels[Label.composeVolume] = volume.key
        _ = try await engine.createVolume(
            VolumeCreateBody(
                name: name,
                driver: volume.driver,
                options: volume.driverOptions.nonEmpty,
                labels: labels
            )
        )
    }

    private static func volumeKeys(of service: Service) -> Set<String> {
        Set(
            service.container.mounts.compactMap { mount in
                if case .volume(let key, _) = mount.source { key } else { nil }
            }
        )
    }

    // MARK: Files

    /// A file of the commit, as containers mount it.
    private struct CommitFile {
        let digest: Digest
        let mode: Int?
        var users: [Service] = []
    }

    /// The files of the commit by their paths on the host.
    private func commitFiles(_ desired: DesiredState) -> [String: CommitFile] {
        var files: [String: CommitFile] = [:]
        for service in desired.services {
            for file in service.container.files {
                guard case .commit(let digest) = file.source else { continue }
                let path = layout.contentFile(digest, mode: file.mode)
                files[path, default: CommitFile(digest: digest, mode: file.mode)].users
                    .append(service)
            }
        }
        return files
    }

    private func missingFiles(_ desired: DesiredState) -> [String] {
        commitFiles(desired).keys.filter { !FileManager.default.fileExists(atPath: $0) }.sorted()
    }

    private func writeFiles(_ desired: DesiredState, _ unprepared: inout Unprepared) {
        let files = commitFiles(desired)
        for path in missingFiles(desired) {
            guard let file = files[path], let bytes = desired.files[file.digest] else { continue }
            do {
                try AtomicFile.makeFolder(layout.files)
                try AtomicFile.replace(path, with: bytes, mode: UInt32(file.mode ?? 0o444))
            } catch {
                unprepared.add(error, for: file.users)
            }
        }
    }

    // MARK: Hosts files

    /// The hosts files that are not as they should be, by service.
    private func staleHostsFiles(_ desired: DesiredState) -> [String: HostsFile] {
        hostsFiles(desired).filter { service, file in
            let path = layout.hostsFile(of: service, in: desired.environment)
            return FileManager.default.contents(atPath: path) != Data(file.text.utf8)
        }
    }

    private func writeHostsFiles(_ desired: DesiredState, _ unprepared: inout Unprepared) {
        for (service, file) in staleHostsFiles(desired) {
            do {
                try AtomicFile.makeFolder(layout.hosts(of: desired.environment))
                try AtomicFile.overwrite(
                    layout.hostsFile(of: service, in: desired.environment),
                    with: Array(file.text.utf8)
                )
            } catch {
                unprepared.add(error, for: desired.services.filter { $0.name == service })
            }
        }
    }

    /// What each service's containers call by name: services that share a network with it.
    private func hostsFiles(_ desired: DesiredState) -> [String: HostsFile] {
        let networks = withMemory { $0.networks }
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

/// A network that somebody else made has the name of one that Berth is to make.
struct StrangeNetwork: Error, CustomStringConvertible {
    let name: String

    var description: String {
        "the network \(name) is not Berth's; declare it `external` to use it as it is, or remove "
            + "it (docker network rm \(name)) and Berth makes its own"
    }
}
