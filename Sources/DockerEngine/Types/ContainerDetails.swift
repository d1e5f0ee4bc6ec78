/// A container as its inspection shows it.
package struct ContainerDetails: Sendable, Equatable {
    /// Its ID, 64 hexadecimal digits.
    package let id: String

    /// Its name, without a `/`.
    package let name: String

    /// When it was made.
    package let createdAt: Timestamp?

    /// The ID of its image.
    package let imageID: String

    /// The operating system it runs on, `linux`.
    package let platform: String?

    /// How its process is.
    package let state: ContainerState

    /// How often its restart policy has started it again since it was last started by request.
    package let restartCount: Int

    /// What runs in it, the image's part included.
    package let config: ContainerConfig

    /// What it gets from the host.
    package let hostConfig: HostConfig

    /// What is mounted into it.
    package let mounts: [MountPoint]

    /// Its networks by name.
    package let networks: [String: EndpointSettings]

    /// Where its ports are published right now, by port, such as `80/tcp`; empty unless it runs.
    package let ports: [String: [PortBinding]]
}

extension ContainerDetails: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case createdAt = "Created"
        case imageID = "Image"
        case platform = "Platform"
        case state = "State"
        case restartCount = "RestartCount"
        case config = "Config"
        case hostConfig = "HostConfig"
        case mounts = "Mounts"
        case networkSettings = "NetworkSettings"
    }

    private struct NetworkSettings: Decodable {
        let networks: [String: EndpointSettings]?
        let ports: [String: [PortBinding]?]?

        enum CodingKeys: String, CodingKey {
            case networks = "Networks"
            case ports = "Ports"
        }
    }

    /// Reads Docker's object.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        let name = try container.decode(String.self, forKey: .name)
        self.name = name.hasPrefix("/") ? String(name.dropFirst()) : name
        createdAt = try container.timestamp(.createdAt)
        imageID = try container.decode(String.self, forKey: .imageID)
        platform = try container.decodeIfPresent(String.self, forKey: .platform)
        state = try container.decode(ContainerState.self, forKey: .state)
        restartCount = try container.decodeIfPresent(Int.self, forKey: .restartCount) ?? 0
        config = try container.decode(ContainerConfig.self, forKey: .config)
        hostConfig = try container.decode(HostConfig.self, forKey: .hostConfig)
        mounts = try container.decodeIfPresent([MountPoint].self, forKey: .mounts) ?? []
        let settings = try container.decodeIfPresent(
            NetworkSettings.self,
            forKey: .networkSettings
        )
        networks = settings?.networks ?? [:]
        ports = settings?.ports?.compactMapValues { $0 } ?? [:]
    }
}
