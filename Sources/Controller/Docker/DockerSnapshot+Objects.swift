internal import Addresses
internal import DockerEngine
internal import Model
internal import Planning
internal import Platform
internal import Traffic

/// What was found of the networks, volumes and files that an environment needs.
struct Objects {
    /// Names of networks, volumes and mounted files that are still to be created or repaired.
    var missing: [String] = []
    /// Networks that are to be removed, as another one has their place.
    var leftovers: [String] = []
    /// What else there is to say of some of them, by name.
    var notes: [String: String] = [:]
    /// Why services must not have what they need, by service.
    var refusals: [String: String] = [:]
    /// What is not as it was created.
    var drift: [Drift] = []
    /// Compose projects that services' volumes and networks belong to.
    var rivalProjects: Set<String> = []

    mutating func refuse(
        _ error: any Error,
        to services: [Service],
        kind: String,
        name: String
    ) {
        for service in services where refusals[service.name] == nil {
            refusals[service.name] = "\(error)"
        }
        if let project = (error as? ForeignObject)?.project { rivalProjects.insert(project) }
        guard let changed = error as? ChangedObject, let user = services.first else { return }
        drift += changed.differences.map { difference in
            Drift(
                .configuration,
                service: user.name,
                subject: "\(kind) \(name)",
                field: difference.field,
                desired: difference.desired,
                actual: difference.actual
            )
        }
    }
}

extension DockerSnapshot {
    /// Whether the networks, volumes and paths of the host are those that services may have.
    ///
    /// A service that may not have one gets no new container; what runs goes on as it is.
    func objects(of desired: DesiredState?) async throws -> Objects {
        guard let desired, !desired.isSuspended else { return Objects() }
        var objects = Objects()
        look(atSuccessionsIn: desired, &objects)
        let networks = remaining(networks, in: desired.environment)
        for network in usedNetworks(desired) {
            let name = layout.networkName(network.key, in: desired)
            do {
                try await checkNetwork(network, desired, networks)
                if networks.byName[name] == nil { objects.missing.append("network \(name)") }
            } catch {
                let users = desired.services.filter {
                    Self.networkKeys(of: $0).contains(network.key)
                }
                objects.refuse(error, to: users, kind: "network", name: name)
            }
        }
        look(atPortsOf: desired, networks, &objects)
        try await look(atAdoptedDataOf: desired, &objects)
        try await look(atAddressesOf: desired, networks, &objects)
        try await look(atVolumesOf: desired, &objects)
        try await look(atPathsOf: desired, &objects)
        try await look(atFilesOf: desired, &objects)
        return objects
    }

    /// Only Docker knows which external networks are internal.
    private func look(
        atPortsOf desired: DesiredState,
        _ networks: Networks,
        _ objects: inout Objects
    ) {
        for service in desired.services where !service.ports.isEmpty {
            let names = Self.networkKeys(of: service).map { layout.networkName($0, in: desired) }
            guard !names.isEmpty, networks.internalNames.isSuperset(of: names) else { continue }
            let error = NoWayOut(service: service.name, networks: names.sorted())
            objects.refuse(error, to: [service], kind: "service", name: service.name)
        }
    }

    private func look(atVolumesOf desired: DesiredState, _ objects: inout Objects) async throws {
        let used = usedVolumes(desired)
        guard !used.isEmpty else { return }
        let present = try await volumesByName()
        for volume in used {
            let name = desired.volumeName(volume.key)
            do {
                _ = try await checkVolume(volume, desired, present[name])
                guard present[name] == nil else { continue }
                objects.missing.append("volume \(name)")
                objects.notes["volume \(name)"] = formerData(of: volume, desired, present)
            } catch {
                let users = desired.services.filter {
                    Self.volumeKeys(of: $0).contains(volume.key)
                }
                objects.refuse(error, to: users, kind: "volume", name: name)
            }
        }
    }

    /// Paths that lead out of their grants are known before a container is created; what is not
    /// there yet may be created then.
    private func look(atPathsOf desired: DesiredState, _ objects: inout Objects) async throws {
        let services = desired.services.filter { !$0.container.hostMounts.isEmpty }
        let disk = disk
        let failures = await withTaskGroup { group in
            for service in services {
                group.addTask {
                    do {
                        let subject = "\(desired.environment)/\(service.name)"
                        let outside = try await disk.run(subject) {
                            service.container.hostMounts.outside(desired.grants.hostPaths)
                        }
                        return outside.map { (service, $0.path, $0 as any Error) }
                    } catch {
                        return (service, service.name, error)
                    }
                }
            }
            return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        for (service, path, error) in failures.sorted(by: { $0.0.name < $1.0.name }) {
            objects.refuse(error, to: [service], kind: "path", name: path)
        }
    }

    private func look(atFilesOf desired: DesiredState, _ objects: inout Objects) async throws {
        for (path, odd) in try await oddFiles(desired).sorted(by: { $0.key < $1.key }) {
            objects.missing.append("file \(path)")
            guard case .different(let field, let want, let have) = odd.finding else { continue }
            objects.drift += odd.users.map { user in
                Drift(
                    .configuration,
                    service: user.name,
                    subject: path,
                    field: "mounted \(field)",
                    desired: want,
                    actual: have
                )
            }
        }
        let state = state
        let areFilesOpen = try await disk.run(StateDirectory.subject) { state.areFilesOpen }
        if areFilesOpen { objects.missing.append("rights of \(layout.files)") }
    }

    func volumesByName() async throws -> [String: DockerEngine.Volume] {
        Dictionary(
            try await engine.listVolumes().map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    // MARK: Networks

    /// Fails where the services that join a network must not have the one of that name, or the one
    /// that would be created.
    func checkNetwork(
        _ network: Model.Network,
        _ desired: DesiredState,
        _ networks: Networks
    ) async throws {
        let name = layout.networkName(network.key, in: desired)
        let bridge = bridge(of: network, in: desired.environment)
        let users = desired.services.filter { Self.networkKeys(of: $0).contains(network.key) }
            .map(\.name).filter { !desired.grants.hostNetwork.contains($0) }
        guard let found = networks.byName[name] else {
            let leaving = leavingBridges
            return try checkNew(
                network,
                named: name,
                bridge: bridge,
                besides: leaving,
                ungranted: users
            )
        }
        let claim = ObjectClaim(
            kind: "network",
            key: network.key,
            name: name,
            labels: found.labels ?? [:],
            isExternal: network.isExternal,
            isGranted: desired.grants.externalNetworks.contains(name),
            adopted: desired.adoptedProject
        )
        if let refusal = claim.refusal(in: desired.environment) { throw refusal }
        // Compose gave its network what Berth would have chosen otherwise.
        if !network.isExternal, !claim.isAdopted {
            let differences = ObjectDefinition.differences(network, found, bridge: bridge)
            if !differences.isEmpty {
                throw changedNetwork(network, named: name, differences, in: desired.environment)
            }
        }
        guard !users.isEmpty,
            let means = try await hostLink(of: found, networks.bridge(name), besides: bridge)
        else { return }
        throw HostLinkNotGranted(network: name, means: means, services: users)
    }

    /// How a network leads onto the host's own links; nil for a bridge of containers alone.
    private func hostLink(
        of network: DockerEngine.Network,
        _ bridge: String?,
        besides own: String
    ) async throws -> String? {
        guard let bridge else { return "by the driver \(network.driver ?? "none")" }
        guard bridge != own else { return nil }
        // Docker calls its own ends of a container's link so.
        let ports = try await director.ports(of: bridge).filter { !$0.hasPrefix("veth") }
        guard let port = ports.min() else { return nil }
        return "by \(bridge), which has the host's \(port)"
    }

    private func checkNew(
        _ network: Model.Network,
        named name: String,
        bridge own: String,
        besides leaving: Set<String>,
        ungranted services: [String]
    ) throws {
        guard !network.isExternal, (network.driver ?? "bridge") == "bridge" else { return }
        let bridge = network.driverOptions[Label.bridgeName] ?? own
        if !services.isEmpty, bridge != own, !leaving.contains(bridge), HostWay.hasLink(bridge) {
            let means = "by \(bridge), which already exists"
            throw HostLinkNotGranted(network: name, means: means, services: services)
        }
        guard !network.subnets.isEmpty else { return }
        let ways = HostWay.current().filter {
            $0.device != bridge && !leaving.contains($0.device)
        }
        for text in network.subnets.map(\.subnet) {
            guard let subnet = IPSubnet(text),
                let way = ways.first(where: { $0.subnet.overlaps(subnet) })
            else { continue }
            throw SubnetTaken(network: name, subnet: text, way: way)
        }
    }

    // MARK: Volumes

    /// Fails where services must not have the volume of that name, or the one that would be
    /// created; returns where a path of the host that it binds really is.
    func checkVolume(
        _ volume: Model.Volume,
        _ desired: DesiredState,
        _ found: DockerEngine.Volume?
    ) async throws -> String? {
        let device = try await device(of: volume, desired)
        guard let found else { return device }
        let claim = ObjectClaim(
            kind: "volume",
            key: volume.key,
            name: found.name,
            labels: found.labels ?? [:],
            isExternal: volume.isExternal,
            isGranted: desired.grants.externalVolumes.contains(found.name),
            adopted: desired.adoptedProject
        )
        if let refusal = claim.refusal(in: desired.environment) { throw refusal }
        guard !volume.isExternal else { return device }
        let differences = ObjectDefinition.differences(volume, found, device: device)
        guard differences.isEmpty else {
            throw ChangedObject(kind: "volume", name: found.name, differences: differences)
        }
        return device
    }

    /// Where the path of the host is that a volume binds; nil for one that binds none.
    ///
    /// Docker looks it up anew whenever the volume is mounted, so no container may be able to
    /// replace it.
    private func device(of volume: Model.Volume, _ desired: DesiredState) async throws -> String? {
        guard let path = volume.boundPath else { return nil }
        let users = try await hostUsers(besides: desired)
        return try await disk.run("volume \(desired.volumeName(volume.key))") {
            let grants = GrantedPaths(desired.grants.hostPaths)
            let opened = try grants.open(path.path, readOnly: path.isReadOnly)
            let mounts = users.mounts(in: grants)
            guard !mounts.isReplaceable(opened.path), !mounts.isReplaceable(path.path) else {
                throw ReplaceableDevice(volume: volume.key, path: opened.path)
            }
            return opened.path
        }
    }
}

extension [HostMounts.Wanted] {
    /// The first that its grants do not cover; blocks.
    fileprivate func outside(_ granted: [Grants.HostPath]) -> OutsideGrants? {
        let grants = GrantedPaths(granted)
        for mount in self {
            do {
                _ = try grants.open(mount.path, readOnly: mount.isReadOnly)
            } catch let error as OutsideGrants {
                return error
            } catch {
                continue
            }
        }
        return nil
    }
}

extension Model.Volume {
    /// The path of the host that Docker's driver `local` is told to bind; nil for none.
    var boundPath: HostMounts.Wanted? {
        guard !isExternal, ["local", ""].contains(driver ?? "") else { return nil }
        return LocalVolumeOptions(driverOptions).boundPath
    }
}

extension DockerEngine.Volume {
    /// The path of the host that it binds as it was created; nil for none.
    var boundPath: HostMounts.Wanted? {
        guard driver == "local" else { return nil }
        return LocalVolumeOptions(options ?? [:]).boundPath
    }
}

extension LocalVolumeOptions {
    fileprivate var boundPath: HostMounts.Wanted? {
        guard binds, let device, device.utf8.first == UInt8(ascii: "/") else { return nil }
        return .init(path: device, isReadOnly: onlyReads)
    }
}

/// A volume binds a path that a container could replace.
struct ReplaceableDevice: Error, CustomStringConvertible {
    let volume: String
    let path: String

    var description: String {
        "the volume \(volume) binds \(path), which lies in a folder that a container can write to, "
            + "and which it could replace; mount the path itself under the service's volumes"
    }
}

/// A service publishes ports, and Docker has all of its networks as internal.
struct NoWayOut: Error, CustomStringConvertible {
    let service: String
    /// By their names in Docker.
    let networks: [String]

    var description: String {
        "no port is published on internal networks, and \(service) joins only "
            + "\(networks.joined(separator: ", ")); join a network that is not internal, or remove "
            + "ports"
    }
}
