internal import DockerEngine
internal import Foundation
internal import Model
internal import Platform

/// Where on this host the places really are that containers write to.
///
/// One place has many names: a path with links, another path that the host mounts it at, a volume,
/// the folder in which Docker keeps that volume, the device that it mounts.
struct StorageMap {
    /// Docker's volumes, by name.
    let volumes: [String: DockerEngine.Volume]
    /// Mount points of network file systems: a server that does not answer would block a look, so
    /// paths there are compared as they are written.
    private let remote: [String]

    /// Takes the host's mounts as they are now.
    init(volumes: [String: DockerEngine.Volume]) {
        self.volumes = volumes
        remote = Self.remoteMounts(in: KernelFile.text(of: "/proc/self/mountinfo") ?? "")
    }

    /// Reads /proc/self/mountinfo, proc(5): behind a lone hyphen stands the file system's type.
    static func remoteMounts(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard let hyphen = fields.firstIndex(of: "-"), hyphen + 1 < fields.count,
                ["nfs", "cifs", "smb", "ceph", "afs", "fuse."].contains(where: {
                    fields[hyphen + 1].hasPrefix($0)
                })
            else { return nil }
            return HeldMounts.mountPoints(in: String(line)).first
        }
    }

    /// What a container writes to by its mounts; blocks.
    func claims(of mounts: [MountPoint]) -> [StorageClaim] {
        mounts.compactMap(Self.claim).compactMap(located)
    }

    /// Whether a mount shows the folder in which Docker keeps all volumes, or more than that.
    ///
    /// Such a container administers the host, as Portainer's agent and backup programs do; it is
    /// not a second program that works on a service's data.
    func isOverview(_ mount: MountPoint) -> Bool {
        guard mount.type == "bind", let source = mount.source else { return false }
        return source == "/"
            || volumes.values.contains { volume in
                guard let path = volume.mountpoint, path.hasSuffix("/\(volume.name)/_data") else {
                    return false
                }
                return String(path.dropLast("/\(volume.name)/_data".count)).isIn(source)
            }
    }

    /// What a mount writes to, as Docker names it.
    static func claim(of mount: MountPoint) -> StorageClaim? {
        guard mount.rw != false else { return nil }
        switch mount.type {
        case "volume": return mount.name.map(StorageClaim.volume)
        case "bind":
            return mount.source.flatMap { StorageClaim.path(HeldMounts.origin(of: $0)) }
        default: return nil
        }
    }

    /// The claim with every name that its places have here; blocks.
    ///
    /// Nil where there is no data that several could write.
    func located(_ claim: StorageClaim) -> StorageClaim? {
        var claim = claim
        for place in claim.places {
            switch place {
            case .volume(let name):
                // One without a name is a container's own, which no manifest can share.
                guard !Self.isAnonymous(name), let volume = volumes[name] else { continue }
                guard let places = places(of: volume) else { return nil }
                claim.places.formUnion(places)
            case .path(let path):
                guard let places = places(of: path) else { return nil }
                claim.places.formUnion(places)
            case .node, .share: continue
            }
        }
        return claim
    }

    private func places(of volume: DockerEngine.Volume) -> Set<StoragePlace>? {
        let device = VolumeDevice(driver: volume.driver, options: volume.options ?? [:])
        guard device?.isReadOnly != true else { return nil }
        guard let path = volume.mountpoint, path.hasPrefix("/") else { return [] }
        switch device?.place {
        case .share(let server, let inner): return [.share(server: server, path: inner)]
        case .path(let path)?: return (places(of: path) ?? []).union([.path(path)])
        case .volume, .node, nil: return (places(of: path) ?? []).union([.path(path)])
        }
    }

    /// Nil for a socket, which several programs connect to, and a device without data.
    private func places(of path: String) -> Set<StoragePlace>? {
        guard !remote.contains(where: path.isIn) else { return [.path(path)] }
        let real = GrantedPaths.place(of: path).path
        var status = stat()
        guard stat(real, &status) == 0 else { return [.path(real)] }
        guard ![S_IFSOCK, S_IFCHR].contains(status.st_mode & S_IFMT) else { return nil }
        let node = StoragePlace.node(
            device: UInt64(status.st_dev),
            number: UInt64(status.st_ino)
        )
        return [.path(real), node]
    }

    /// Docker calls volumes without a name by 64 hexadecimal digits.
    static func isAnonymous(_ name: String) -> Bool {
        name.utf8.count == 64 && name.allSatisfy(\.isHexDigit)
    }
}
