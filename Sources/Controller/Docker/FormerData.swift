internal import DockerEngine
internal import Model
internal import Printing

extension DockerSnapshot {
    /// Where the data is that a volume seems to be meant for, which does not exist yet; nil where
    /// nothing is known.
    func formerData(
        of volume: Model.Volume,
        _ desired: DesiredState,
        _ present: [String: DockerEngine.Volume]
    ) -> String? {
        let former = FormerData(
            volume: volume,
            name: desired.volumeName(volume.key),
            environment: desired.environment,
            present: present
        )
        return former.mounted(by: containers, as: desired) ?? former.named
    }
}

/// Data on this host that a new, empty volume would leave behind.
struct FormerData {
    let volume: Model.Volume
    /// The name that the volume would have.
    let name: String
    let environment: String
    /// Docker's volumes, by name.
    let present: [String: DockerEngine.Volume]

    /// What containers of the services have mounted where the volume is to be.
    func mounted(by containers: [Container], as desired: DesiredState) -> String? {
        for service in desired.services {
            for mount in service.container.mounts {
                guard case .volume(volume.key, _) = mount.source else { continue }
                let sources = containers.filter { $0.service == service.name }
                    .compactMap { $0.mounts[mount.target] }
                guard let source = sources.first(where: { $0 != name }) else { continue }
                return "it is created empty: " + words(source, service: service.name)
            }
        }
        return nil
    }

    private func words(_ source: String, service: String) -> String {
        if source.hasPrefix("/") { return "the data of \(service) stays in the host's \(source)" }
        guard !StorageMap.isAnonymous(source) else {
            return "the data of \(service) is in a volume without a name, which is removed with "
                + "its container"
        }
        return "the data of \(service) stays in the volume \(source); write name: \(source) under "
            + "volumes.\(volume.key) to keep using it"
    }

    /// A volume that had the same key, of the environment's own or of a Compose project.
    var named: String? {
        let others = present.values.filter { $0.name != name }.sorted { $0.name < $1.name }
        let keyed = others.filter { $0.labels?[Label.composeVolume] == volume.key }
        if let own = keyed.first(where: { $0.labels?[Label.environment] == environment }) {
            return "it is created empty: the data of volumes.\(volume.key) stays in the volume "
                + "\(own.name); write name: \(own.name) to keep using it"
        }
        let foreign =
            keyed.first { $0.labels?[Label.environment] == nil }
            ?? others.first { $0.name == volume.key && $0.labels?[Label.environment] == nil }
        return foreign.map { other in
            let project = other.labels?[Label.composeProject].map {
                " of the Compose project \($0.onOneLine(ofAtMost: 80))"
            }
            return "it is created empty: there is a volume \(other.name)\(project ?? ""); if the "
                + "data is there, write name: \(other.name) and external: true under "
                + "volumes.\(volume.key)"
        }
    }
}
