internal import DockerEngine
internal import Model
internal import Platform

/// Who mounts paths of the host, by themselves or by volumes that bind them.
struct HostUsers {
    let containers: [ContainerSummary]
    /// The paths that volumes bind, by the volumes' names in Docker.
    let bound: [String: String]
    /// Those of them that are bound for writing.
    let written: [String: String]
    /// The folders that services are to write to, as they are spelled.
    let wanted: [String]
    let held: HeldMounts

    /// Which folders containers write to, those that are still to come included; blocks.
    func mounts(in grants: GrantedPaths) -> HostMounts {
        var writable: Set<String> = []
        var existing: [HostMounts.Existing] = []
        for container in containers {
            // What others start on the host has what they gave it.
            guard let environment = container.labels?[Label.environment],
                let service = container.labels?[Label.service]
            else { continue }
            for mount in container.mounts ?? [] {
                let volume = mount.type == "volume" ? mount.name : nil
                let device = volume.flatMap { bound[$0] }
                guard let source = device ?? mount.source, source.hasPrefix("/") else { continue }
                let origin = held.path(heldBy: source)
                let path = origin ?? source
                let paths = Set([path, (try? OpenedPath.open(path))?.path ?? path])
                let isRead = volume.map { device != nil && written[$0] == nil } ?? false
                if mount.rw != false, !isRead { writable.formUnion(paths) }
                guard mount.type == "bind" || device != nil else { continue }
                existing += paths.map { path in
                    HostMounts.Existing(
                        container: container.name ?? container.id,
                        owner: "\(environment)/\(service)",
                        path: path,
                        isHeld: origin != nil
                    )
                }
            }
        }
        for folder in wanted {
            let opened = try? grants.open(folder, readOnly: false)
            writable.insert(opened?.path ?? folder)
        }
        return HostMounts(writable: writable, existing: existing)
    }
}
