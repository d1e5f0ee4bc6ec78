/// A container as the list shows it.
package struct ContainerSummary: Sendable, Equatable, Decodable {
    /// Its ID, 64 hexadecimal digits.
    package let id: String

    /// Its names, each with a `/` before it; see `name`.
    package let names: [String]?

    /// The image it was made from, as it was written then; an ID once that name moved on.
    package let image: String?

    /// The ID of that image.
    package let imageID: String?

    /// Its command, as one string.
    package let command: String?

    /// When it was made, in seconds since 1970.
    package let createdSeconds: Int64?

    /// Where it is in its life.
    package let state: ContainerPhase

    /// What Docker says about it in words; see `health` and `exitCode`.
    package let statusText: String?

    /// Its labels.
    package let labels: [String: String]?

    /// Its ports, published or not.
    package let ports: [PublishedPort]?

    /// What is mounted into it.
    package let mounts: [MountPoint]?

    /// Its networks.
    package let networkSettings: ContainerNetworks?

    /// Its health; API 1.52.
    package let healthSummary: HealthSummary?

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case image = "Image"
        case imageID = "ImageID"
        case command = "Command"
        case createdSeconds = "Created"
        case state = "State"
        case statusText = "Status"
        case labels = "Labels"
        case ports = "Ports"
        case mounts = "Mounts"
        case networkSettings = "NetworkSettings"
        case healthSummary = "Health"
    }
}

extension ContainerSummary {
    /// Its own name, without the `/`; the other names are links to it, `/other/alias`.
    package var name: String? {
        names?.first { $0.hasPrefix("/") && !$0.dropFirst().contains("/") }.map {
            String($0.dropFirst())
        }
    }

    /// Its networks by name.
    package var networks: [String: EndpointSettings] { networkSettings?.networks ?? [:] }

    /// What its health check says: from the daemon's own field, else from its words.
    package var health: HealthStatus {
        healthSummary?.status ?? ContainerStatusText(statusText ?? "").health
    }

    /// The code its process ended with, if it has ended.
    package var exitCode: Int? { ContainerStatusText(statusText ?? "").exitCode }
}

/// A port of a container, in the list.
package struct PublishedPort: Sendable, Equatable, Decodable {
    /// The address on the host; nil if it is not published.
    package let hostIP: String?

    /// The port inside.
    package let privatePort: Int

    /// The port on the host; nil if it is not published.
    package let publicPort: Int?

    /// `tcp`, `udp` or `sctp`.
    package let type: String

    private enum CodingKeys: String, CodingKey {
        case hostIP = "IP"
        case privatePort = "PrivatePort"
        case publicPort = "PublicPort"
        case type = "Type"
    }
}

/// The networks of a container, in the list.
package struct ContainerNetworks: Sendable, Equatable, Decodable {
    /// By name.
    package let networks: [String: EndpointSettings]?

    private enum CodingKeys: String, CodingKey {
        case networks = "Networks"
    }
}

/// The health of a container, in the list.
package struct HealthSummary: Sendable, Equatable, Decodable {
    /// What the check says.
    package let status: HealthStatus

    /// How many checks failed in a row.
    package let failingStreak: Int?

    private enum CodingKeys: String, CodingKey {
        case status = "Status"
        case failingStreak = "FailingStreak"
    }
}
