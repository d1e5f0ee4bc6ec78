/// One mount that a container writes to.
package struct StorageClaim: Hashable, Sendable {
    /// What is mounted, in a few words: `the volume prod_data`, `the host's /srv/data`.
    package var subject: String
    /// Every name of the place that is known.
    package var places: Set<StoragePlace>
    /// Whether the files say that several containers may write there at a time.
    package var isShared: Bool
    /// What the files would have to say for that.
    package var allowance: String

    /// Names a mount.
    package init(
        subject: String,
        places: Set<StoragePlace>,
        isShared: Bool = false,
        allowance: String = ""
    ) {
        self.subject = subject
        self.places = places
        self.isShared = isShared
        self.allowance = allowance
    }

    /// A volume by its name in Docker.
    package static func volume(_ name: String) -> StorageClaim {
        StorageClaim(subject: "the volume \(name)", places: [.volume(name)])
    }

    /// A path of the host; nil for one that holds no data.
    package static func path(_ path: String) -> StorageClaim? {
        guard !isDataless(path) else { return nil }
        return StorageClaim(subject: "the host's \(path)", places: [.path(path)])
    }

    /// Whether both would write to one place, whatever either calls it.
    package func overlaps(_ other: StorageClaim) -> Bool {
        places.contains { place in other.places.contains(where: place.overlaps) }
    }

    /// Sockets, what the kernel shows, and the settings of the host's clock, which many containers
    /// mount without a thought of `:ro`.
    private static func isDataless(_ path: String) -> Bool {
        path.hasSuffix(".sock")
            || ["/dev", "/proc", "/sys", "/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo"]
                .contains(where: path.isIn)
    }
}

extension DesiredState {
    /// What the containers of a service write to, as the files name it.
    package func claims(of service: Service) -> [StorageClaim] {
        service.container.mounts.compactMap(claim)
    }

    /// What a mount writes to; nil for one that is read, or that no other container can have.
    package func claim(of mount: Mount) -> StorageClaim? {
        guard !mount.readOnly else { return nil }
        switch mount.source {
        case .volume(let key, _): return claim(ofVolume: key)
        case .bind(let path, _): return claim(ofPath: path)
        case .anonymousVolume, .tmpfs: return nil
        }
    }

    private func claim(ofVolume key: String) -> StorageClaim? {
        let device = volumes[key]?.device
        guard device?.isReadOnly != true else { return nil }
        var claim = StorageClaim.volume(volumeName(key))
        claim.places.formUnion(device.map { [$0.place] } ?? [])
        claim.isShared = volumes[key]?.isShared ?? false
        claim.allowance = "x-berth: { shared: true } to volumes.\(key)"
        return claim
    }

    private func claim(ofPath path: String) -> StorageClaim? {
        var claim = StorageClaim.path(path)
        claim?.isShared = grants.sharedPaths.contains(where: path.isIn)
        claim?.allowance = "\(path) to policy.shared_paths"
        return claim
    }
}
