public import Digests
internal import DockerEngine
public import Model
internal import Platform

extension DockerHost {
    var heldMounts: HeldMounts { HeldMounts(folder: layout.mounts) }

    /// What of the host is part of a service's spec, by path: the content of files, and which
    /// mounts have to be held.
    ///
    /// - Throws: ``HostFileError`` for the first file that cannot be read,
    ///   ``MissingHostVariables`` where the files do not set what the service takes from them.
    public func digests(
        of service: Service,
        in desired: DesiredState
    ) async throws -> [String: Digest] {
        let files = service.container.hostFiles
        let replaceable = desired.replaceablePaths(of: service)
        guard !files.isEmpty || !replaceable.isEmpty else { return [:] }
        return try await disk.run {
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

    /// What Docker is to mount for each path of the host in a blueprint: opened beneath its grant
    /// now, and held where a container could replace it.
    func sources(
        for blueprint: Blueprint,
        named name: String
    ) async throws -> [String: HostMounts.Source] {
        let wanted = Set(blueprint.goal.service.container.hostMounts)
        guard !wanted.isEmpty else { return [:] }
        let desired = blueprint.desired
        let summaries = try await engine.listContainers(all: true)
        let owner = "\(desired.environment)/\(blueprint.goal.service.name)"
        let held = heldMounts
        return try await disk.run {
            let grants = GrantedPaths(desired.grants.hostPaths)
            let mounts = Self.hostMounts(summaries, desired, grants, held)
            var sources: [String: HostMounts.Source] = [:]
            for path in wanted.sorted(by: { $0.path < $1.path }) {
                let opened = try grants.open(
                    path.path,
                    readOnly: path.isReadOnly,
                    creates: path.creates
                )
                if !path.isReadOnly,
                    let exposed = mounts.exposed(by: owner, writing: [opened.path])
                {
                    throw ExposedMount(folder: opened.path, mount: exposed)
                }
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
    func holdMounts(of details: ContainerDetails, in desired: DesiredState) async throws {
        let binds = details.mounts.filter { $0.type == "bind" }
        let (layout, held) = (layout, heldMounts)
        try await disk.run {
            let grants = GrantedPaths(desired.grants.hostPaths)
            for bind in binds {
                guard let source = bind.source else { continue }
                let readOnly = bind.isWritable == false
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
        await disk.run { held.release(name) }
    }

    /// Which folders containers write to, those that are still to come included; blocks.
    static func hostMounts(
        _ summaries: [ContainerSummary],
        _ desired: DesiredState,
        _ grants: GrantedPaths,
        _ held: HeldMounts
    ) -> HostMounts {
        var writable: Set<String> = []
        var existing: [HostMounts.Existing] = []
        for summary in summaries {
            // What others start on the host has what they gave it.
            guard let environment = summary.labels?[Label.environment],
                let service = summary.labels?[Label.service]
            else { continue }
            for mount in summary.mounts ?? [] {
                guard let source = mount.source, source.hasPrefix("/") else { continue }
                let origin = held.path(heldBy: source)
                let path = origin ?? source
                let paths = Set([path, (try? OpenedPath.open(path))?.path ?? path])
                if mount.isWritable != false { writable.formUnion(paths) }
                guard mount.type == "bind" else { continue }
                existing += paths.map { path in
                    HostMounts.Existing(
                        container: summary.name ?? summary.id,
                        owner: "\(environment)/\(service)",
                        path: path,
                        isHeld: origin != nil
                    )
                }
            }
        }
        for mount in desired.services.flatMap(\.container.hostMounts) where !mount.isReadOnly {
            let opened = try? grants.open(mount.path, readOnly: false)
            writable.insert(opened?.path ?? mount.path)
        }
        return HostMounts(writable: writable, existing: existing)
    }
}
