internal import DockerEngine
internal import Model
internal import Planning
internal import Platform

extension DockerSnapshot {
    /// How a container's mounts differ from those that its goal says.
    func mountDifferences(
        of details: ContainerDetails,
        _ goal: Goal,
        in desired: DesiredState
    ) async -> [FieldDifference] {
        let comparison = MountComparison(
            desired: desired,
            spec: goal.service.container,
            actual: details.mounts
        )
        do {
            return try await disk.run("\(environment)/\(goal.service.name)") {
                comparison.differences
            }
        } catch {
            log(.warning, "\(error)")
            return []
        }
    }
}

/// A service's volumes and paths of the host against what Docker has mounted, by the path inside.
struct MountComparison {
    let desired: DesiredState
    let spec: ContainerSpec
    let actual: [MountPoint]

    private struct Mounted {
        var kind: String
        var source: String
        var isReadOnly: Bool

        var words: String {
            (kind == "volume" ? "volume \(source)" : source) + (isReadOnly ? " (read-only)" : "")
        }
    }

    /// One row for each path inside; blocks, for a path may be a link.
    var differences: [FieldDifference] {
        let want = wanted
        let have = present
        // What Berth mounts itself is compared as files.
        let files = Set(spec.files.map(\.target)).union(["/etc/hosts"])
        let targets = Set(want.keys).union(have.keys).subtracting(files)
        return targets.sorted().compactMap { target in
            let (wanted, actual) = (want[target], have[target])
            guard !isSame(wanted, actual) else { return nil }
            return FieldDifference(
                field: "volumes.\(target)",
                desired: wanted?.words ?? "not mounted",
                actual: actual?.words ?? "not mounted"
            )
        }
    }

    private var wanted: [String: Mounted] {
        var mounts: [String: Mounted] = [:]
        for mount in spec.mounts {
            switch mount.source {
            case .volume(let key, _):
                let name = desired.volumeName(key)
                mounts[mount.target] = Mounted(
                    kind: "volume",
                    source: name,
                    isReadOnly: mount.readOnly
                )
            case .bind(let path, _):
                mounts[mount.target] = Mounted(
                    kind: "bind",
                    source: path,
                    isReadOnly: mount.readOnly
                )
            case .anonymousVolume, .tmpfs: continue
            }
        }
        return mounts
    }

    /// Volumes without a name belong to the image as often as to the service, and are left out.
    private var present: [String: Mounted] {
        var mounts: [String: Mounted] = [:]
        for point in actual {
            guard let target = point.destination, let kind = point.type,
                let source = kind == "volume" ? point.name : point.source,
                ["volume", "bind"].contains(kind), !StorageMap.isAnonymous(source)
            else { continue }
            mounts[target] = Mounted(
                kind: kind,
                source: kind == "bind" ? HeldMounts.origin(of: source) : source,
                isReadOnly: point.rw == false
            )
        }
        return mounts
    }

    private func isSame(_ wanted: Mounted?, _ actual: Mounted?) -> Bool {
        guard let wanted, let actual else { return wanted == nil && actual == nil }
        guard wanted.kind == actual.kind, wanted.isReadOnly == actual.isReadOnly else {
            return false
        }
        if wanted.source == actual.source { return true }
        // Docker was given the path without links.
        return wanted.kind == "bind"
            && GrantedPaths.place(of: wanted.source).path == actual.source
    }
}
