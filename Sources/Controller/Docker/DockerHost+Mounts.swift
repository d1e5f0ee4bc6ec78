package import Digests
internal import DockerEngine
package import Model
internal import Platform

extension DockerHost {
    /// What of the host is part of a service's spec, by path: the content of files, and which
    /// mounts have to be held.
    ///
    /// - Throws: ``HostFileError`` for the first file that cannot be read,
    ///   ``MissingHostVariables`` where the files do not set what the service takes from them.
    package func digests(
        of service: Service,
        in desired: DesiredState
    ) async throws -> [String: Digest] {
        let files = service.container.hostFiles
        let replaceable = desired.replaceablePaths(of: service)
        guard !files.isEmpty || !replaceable.isEmpty else { return [:] }
        return try await disk.run("\(desired.environment)/\(service.name)") {
            let grants = GrantedPaths(desired.grants.hostPaths)
            var digests: [String: Digest] = [:]
            for file in files.sorted(by: { $0.path < $1.path }) {
                digests[file.path] = try file.digest(in: grants)
            }
            try HostVariables.require(of: service, in: desired.grants.hostPaths)
            for path in replaceable { digests["held \(path)"] = Digest(hashing: []) }
            return digests
        }
    }
}

extension DockerSnapshot {
    private var heldMounts: HeldMounts { HeldMounts(folder: layout.mounts) }

    /// What Docker is to mount for each path of the host in a blueprint: opened beneath its grant
    /// now, and held where a container could replace it.
    func sources(
        for blueprint: Blueprint,
        named name: String
    ) async throws -> [String: HostMounts.Source] {
        let service = blueprint.goal.service
        let wanted = Set(service.container.hostMounts)
        guard !wanted.isEmpty || !service.writtenVolumes.isEmpty else { return [:] }
        let desired = blueprint.desired
        let users = try await hostUsers(besides: desired)
        let volumes = service.writtenVolumes.compactMap {
            users.written[desired.volumeName($0)]
        }
        let owner = "\(desired.environment)/\(service.name)"
        let held = heldMounts
        return try await disk.run(owner) {
            let grants = GrantedPaths(desired.grants.hostPaths)
            let mounts = users.mounts(in: grants)
            func check(_ folder: String) throws {
                guard let exposed = mounts.exposed(by: owner, writing: [folder]) else { return }
                throw ExposedMount(folder: folder, mount: exposed)
            }
            for folder in volumes { try check(folder) }
            var sources: [String: HostMounts.Source] = [:]
            for path in wanted.sorted(by: { $0.path < $1.path }) {
                let opened = try grants.open(
                    path.path,
                    readOnly: path.isReadOnly,
                    creates: path.creates
                )
                if !path.isReadOnly { try check(opened.path) }
                let isHeld = mounts.isReplaceable(opened.path)
                sources[path.path] = HostMounts.Source(
                    path: isHeld ? try held.hold(opened, for: name) : opened.path,
                    isHeld: isHeld
                )
            }
            return sources
        }
    }

    /// Opens what a container mounts once more before it is started, and holds again what no longer
    /// is after a reboot.
    func holdMounts(
        of details: ContainerDetails,
        as service: String,
        in desired: DesiredState
    ) async throws {
        let binds = details.mounts.filter { $0.type == "bind" }
        let (layout, held) = (layout, heldMounts)
        try await disk.run("\(environment)/\(service)") {
            let grants = GrantedPaths(desired.grants.hostPaths)
            for bind in binds {
                guard let source = bind.source else { continue }
                let readOnly = bind.rw == false
                if let path = held.path(heldBy: source) {
                    let opened = try grants.open(path, readOnly: readOnly)
                    guard opened.path == path else {
                        throw OutsideGrants(path: path, actual: opened.path, readOnly: readOnly)
                    }
                    // The folder's name is that of the container when it was created.
                    let name = source.dropFirst(held.folder.utf8.count + 1).prefix { $0 != "/" }
                    _ = try held.hold(opened, for: String(name))
                } else if !source.isBeneath(layout.stateDirectory) {
                    _ = try grants.open(source, readOnly: readOnly)
                }
            }
        }
    }

    /// Lets go of what was held for a container that is gone.
    func releaseMounts(of container: Container) async {
        let role = ContainerName.Role.candidate(generation: container.generation)
        let name = ContainerName(base: container.name.base, role: role).description
        let held = heldMounts
        do {
            try await disk.run("mounts of \(container.name)") { held.release(name) }
        } catch {
            log(.warning, "\(error)")
        }
    }

    /// Who mounts paths of the host: the containers there are, and the services of an environment.
    func hostUsers(besides desired: DesiredState) async throws -> HostUsers {
        let volumes = try await volumesByName()
        let bound = volumes.compactMapValues(\.boundPath)
        return HostUsers(
            containers: try await engine.listContainers(all: true),
            bound: bound.mapValues(\.path),
            written: bound.filter { !$0.value.isReadOnly }.mapValues(\.path),
            wanted: desired.services.flatMap { service in
                desired.writtenFolders(of: service)
                    + service.writtenVolumes.compactMap {
                        volumes[desired.volumeName($0)]?.boundPath
                    }
                    .filter { !$0.isReadOnly }.map(\.path)
            },
            held: heldMounts
        )
    }
}
