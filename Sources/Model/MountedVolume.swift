/// A volume as a container gets it: all that tells it from another one.
package struct MountedVolume: Hashable, Sendable {
    /// The name in Docker.
    package var name: String
    /// Whether the name is made of the environment's and the key.
    package var hasDefaultName: Bool
    /// The driver; nil is `local`.
    package var driver: String?
    /// Options for the driver.
    package var options: [String: String]

    /// Names a volume; all else has Docker's default.
    package init(
        _ name: String,
        hasDefaultName: Bool = true,
        driver: String? = nil,
        options: [String: String] = [:]
    ) {
        self.name = name
        self.hasDefaultName = hasDefaultName
        self.driver = driver
        self.options = options
    }
}

extension DesiredState {
    /// The volumes that a service's containers get, by the path inside.
    package func mountedVolumes(of service: Service) -> [String: MountedVolume] {
        var mounted: [String: MountedVolume] = [:]
        for mount in service.container.mounts {
            guard case .volume(let key, _) = mount.source else { continue }
            let (volume, name) = (volumes[key], volumeName(key))
            mounted[mount.target] = MountedVolume(
                name,
                hasDefaultName: name == "\(project)_\(key)",
                driver: ["", "local"].contains(volume?.driver ?? "") ? nil : volume?.driver,
                options: volume?.driverOptions ?? [:]
            )
        }
        return mounted
    }
}
