internal import DockerEngine
internal import Model
internal import Platform

/// Which paths of the host containers mount, and which of them a container could replace.
///
/// Docker looks a bind mount's path up anew at every start of a container, also without Berth.
/// Where only the host writes to the folders on that path, it is the path without links that Docker
/// gets. Where a container can write to one of them, it could put a link in place of
/// the rest: there Docker gets a mount point of Berth's own instead, which holds the very file or
/// folder that was checked.
struct HostMounts {
    /// What Docker mounts.
    struct Source: Equatable {
        var path: String
        /// Whether it is a mount point that holds what was checked.
        var isHeld = false
    }

    /// A path of the host in a manifest.
    struct Wanted: Hashable {
        var path: String
        var isReadOnly: Bool
        var creates = false
    }

    /// A mount of one of Berth's containers.
    struct Existing: Hashable {
        var container: String
        /// Environment and service.
        var owner: String
        /// Without links.
        var path: String
        var isHeld: Bool
    }

    /// The folders that containers can write to, without links.
    let writable: Set<String>
    /// What Berth's containers mount.
    let existing: [Existing]

    /// A service that may write everywhere has the host anyway, and nothing is kept from it.
    init(writable: Set<String>, existing: [Existing]) {
        self.writable = writable.subtracting(["/"])
        self.existing = existing
    }

    /// Whether a container could replace what a path without links names.
    func isReplaceable(_ path: String) -> Bool { writable.contains { path.isBeneath($0) } }

    /// A container's mount that a service could replace once it can write to these folders; its own
    /// containers are replaced by the new one.
    func exposed(by owner: String, writing folders: some Sequence<String>) -> Existing? {
        let folders = folders.filter { $0 != "/" }
        return existing.first { mount in
            mount.owner != owner && !mount.isHeld
                && folders.contains { mount.path.isBeneath($0) }
        }
    }
}

extension ContainerSpec {
    /// The paths of the host that a container mounts.
    var hostMounts: [HostMounts.Wanted] {
        let binds = mounts.compactMap { mount -> HostMounts.Wanted? in
            guard case .bind(let path, let options) = mount.source else { return nil }
            return .init(
                path: path,
                isReadOnly: mount.readOnly && !options.writesAnyway,
                creates: options.createHostPath
            )
        }
        let files = files.compactMap { file -> HostMounts.Wanted? in
            guard case .host(let path) = file.source else { return nil }
            return .init(path: path, isReadOnly: true)
        }
        return binds + files
    }
}

extension Service {
    /// The keys of the volumes that it may write to.
    var writtenVolumes: [String] {
        container.mounts.compactMap { mount in
            guard case .volume(let key, _) = mount.source, !mount.readOnly else { return nil }
            return key
        }
    }
}

extension DesiredState {
    /// A service's paths of the host that lie in a folder which a service may write to, as the
    /// manifests spell both: containers from before are replaced by ones that hold them.
    func replaceablePaths(of service: Service) -> Set<String> {
        let folders = services.flatMap { writtenFolders(of: $0) }
        let mounts = HostMounts(writable: Set(folders), existing: [])
        return Set(service.container.hostMounts.map(\.path).filter(mounts.isReplaceable))
    }

    /// The folders of the host that a service may write to, as the manifests spell them: by mounts
    /// of its own, and by volumes that bind a path.
    func writtenFolders(of service: Service) -> [String] {
        let mounted = service.container.hostMounts.filter { !$0.isReadOnly }.map(\.path)
        return mounted
            + service.writtenVolumes.compactMap { key in
                volumes[key]?.boundPath.flatMap { $0.isReadOnly ? nil : $0.path }
            }
    }
}

/// A service would get to write to a folder on the way to another one's mount.
struct ExposedMount: Error, CustomStringConvertible {
    let folder: String
    let mount: HostMounts.Existing

    var description: String {
        "a container that writes to \(folder) could replace \(mount.path), which "
            + "\(mount.container) mounts; this service waits until that container has been "
            + "replaced, or mounts only folders beside that one"
    }
}
