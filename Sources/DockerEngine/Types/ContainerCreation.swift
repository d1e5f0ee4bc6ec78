/// Everything a container is made from.
package struct ContainerCreateBody: Sendable, Equatable {
    /// What runs in it.
    package var config: ContainerConfig

    /// What it gets from the host.
    package var hostConfig: HostConfig

    /// Its networks by name; more than one needs API 1.44, else connect it to the others after.
    package var networks: [String: EndpointSettings]

    /// Makes a body.
    package init(
        config: ContainerConfig = ContainerConfig(),
        hostConfig: HostConfig = HostConfig(),
        networks: [String: EndpointSettings] = [:]
    ) {
        self.config = config
        self.hostConfig = hostConfig
        self.networks = networks
    }
}

extension ContainerCreateBody: Encodable {
    private enum CodingKeys: String, CodingKey {
        case hostConfig = "HostConfig"
        case networking = "NetworkingConfig"
    }

    private struct Networking: Encodable {
        let endpoints: [String: EndpointSettings]

        enum CodingKeys: String, CodingKey {
            case endpoints = "EndpointsConfig"
        }
    }

    /// Writes the configuration's fields at the top, and the rest beside them, as Docker has it.
    package func encode(to encoder: any Encoder) throws {
        try config.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(hostConfig, forKey: .hostConfig)
        if !networks.isEmpty {
            try container.encode(Networking(endpoints: networks), forKey: .networking)
        }
    }
}

/// What became of a container's creation.
package struct CreatedContainer: Sendable, Equatable, Decodable {
    /// The new container's ID.
    package let id: String

    /// What Docker, or its version, did not do as it was asked to.
    package internal(set) var warnings: [String]

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case warnings = "Warnings"
    }

    /// Reads Docker's answer; its warnings may be null.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        warnings = try container.decodeIfPresent([String].self, forKey: .warnings) ?? []
    }
}
