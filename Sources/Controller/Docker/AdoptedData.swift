internal import DockerEngine
internal import Model

/// Data of a container that Compose created, against what its successor is to have.
struct AdoptedData {
    /// The container's name.
    let container: String
    let mounts: [MountPoint]
    let service: Service
    let desired: DesiredState
    /// The names of the volumes that exist.
    let volumes: Set<String>

    /// What the successor would leave behind; nil where it gets everything, or the manifest says
    /// what is to be in its place.
    var leftBehind: DataLeftBehind? {
        for mount in mounts where mount.rw != false {
            guard let target = mount.destination, let source = source(of: mount) else { continue }
            let wanted = service.container.mounts.first { Self.same($0.target, target) }?.source
            if let remedy = remedy(for: source, at: target, wanted: wanted) {
                return DataLeftBehind(
                    container: container,
                    target: target,
                    source: source.words,
                    remedy: remedy
                )
            }
        }
        return nil
    }

    private enum Source {
        case volume(String)
        case unnamedVolume(String)
        case path(String)

        var words: String {
            switch self {
            case .volume(let name): "the volume \(name)"
            case .unnamedVolume(let id): "the unnamed volume \(id.prefix(12))"
            case .path(let path): path
            }
        }
    }

    private func source(of mount: MountPoint) -> Source? {
        switch mount.type {
        case "volume":
            mount.name.map { StorageMap.isAnonymous($0) ? .unnamedVolume($0) : .volume($0) }
        case "bind": mount.source.map { .path($0) }
        default: nil
        }
    }

    private func remedy(
        for source: Source,
        at target: String,
        wanted: Mount.Source?
    ) -> String? {
        switch (source, wanted) {
        case (.volume(let name), .volume(let key, _)):
            let new = desired.volumeName(key)
            guard new != name, !volumes.contains(new) else { return nil }
            return "\(new) would be created empty: write name: \(name) under volumes.\(key)"
        case (.path(let path), .volume(let key, _)):
            let new = desired.volumeName(key)
            guard !volumes.contains(new) else { return nil }
            return
                "\(new) would be created empty: mount \(path) in its place, or create the volume "
                + "and copy the data into it"
        case (.volume(let name), nil):
            return "nothing is mounted there in the manifest: mount the volume \(name), or a tmpfs "
                + "if its data is not needed"
        case (.unnamedVolume(let id), nil), (.unnamedVolume(let id), .anonymousVolume?):
            let label = "--label \(Label.composeProject)=\(desired.project)"
            let creation = "docker volume create \(label) \(desired.project)_NAME"
            return "a new container does not get it: create a volume (\(creation)), copy the data "
                + "into it (docker volume inspect \(id)) and list NAME at \(target) in the "
                + "manifest, or a tmpfs if the data is not needed"
        default:
            // The manifest mounts something else on purpose, and paths of the host stay.
            return nil
        }
    }

    private static func same(_ one: String, _ other: String) -> Bool {
        one.trimmingSuffix("/") == other.trimmingSuffix("/")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: Character) -> Substring {
        var text = self[...]
        while text.count > 1, text.last == suffix { text.removeLast() }
        return text
    }
}

/// A service that is taken over would begin without its data.
struct DataLeftBehind: Error, Equatable, CustomStringConvertible {
    let container: String
    let target: String
    let source: String
    let remedy: String

    var description: String {
        "\(container) has its data at \(target) in \(source), which its successor would not get; "
            + remedy
    }
}

extension DockerSnapshot {
    /// Services whose data would stay with the containers that they are to replace get none.
    func look(atAdoptedDataOf desired: DesiredState, _ objects: inout Objects) async throws {
        let current = adoption.incumbents.filter { $0.container.name.role == .committed }
        guard !current.isEmpty else { return }
        let volumes = Set(try await volumesByName().keys)
        for incumbent in current {
            guard let service = desired.service(named: incumbent.container.service),
                !service.isJob, incumbent.container.slot <= service.replicas
            else { continue }
            let data = AdoptedData(
                container: "\(incumbent.container.name)",
                mounts: incumbent.summary.mounts ?? [],
                service: service,
                desired: desired,
                volumes: volumes
            )
            guard let error = data.leftBehind else { continue }
            objects.refuse(error, to: [service], kind: "volume", name: error.source)
        }
    }
}
