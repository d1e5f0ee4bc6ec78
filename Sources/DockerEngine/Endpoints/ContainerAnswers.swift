/// A container in the list, `GET /containers/json`.
package struct ContainerSummary: Sendable, Equatable, Decodable {
    package let id: String

    /// Each with a `/` before it; see `name`.
    package let names: [String]?

    /// As it was written when the container was created; an ID once that name moved on.
    package let image: String?
    package let imageID: String?

    /// Seconds since 1970.
    package let created: Int64?
    package let state: ContainerPhase

    /// The state in words; see `health` and `exitCode`.
    let status: String?
    package let labels: [String: String]?
    package let ports: [PublishedPort]?
    package let mounts: [MountPoint]?
    let networkSettings: ContainerNetworks?
}

extension ContainerSummary {
    /// Its own name, without the `/`; the other names are links to it, `/other/alias`.
    package var name: String? {
        names?.first { $0.hasPrefix("/") && !$0.dropFirst().contains("/") }.map {
            String($0.dropFirst())
        }
    }

    package var networks: [String: EndpointSettings] { networkSettings?.networks ?? [:] }

    /// `none` also for a paused container, whose status does not say.
    package var health: HealthStatus { ContainerStatus(status ?? "").health }

    /// Nil unless its process has ended.
    package var exitCode: Int? { ContainerStatus(status ?? "").exitCode }
}

/// The list's `Status`, which has what older daemons write nowhere else in it.
///
/// The words are moby's `daemon/container/state.go`: `Up 5 minutes (healthy)`,
/// `Exited (1) 2 hours ago`, `Restarting (137) 3 seconds ago`.
struct ContainerStatus {
    let health: HealthStatus
    let exitCode: Int?

    init(_ text: String) {
        let note = Self.firstParenthesis(in: text)
        if text.hasPrefix("Up ") {
            exitCode = nil
            health =
                switch note {
                case "healthy": .healthy
                case "unhealthy": .unhealthy
                case "health: starting": .starting
                default: .none
                }
        } else {
            let hasEnded = text.hasPrefix("Exited (") || text.hasPrefix("Restarting (")
            exitCode = hasEnded ? note.flatMap { Int($0) } : nil
            health = .none
        }
    }

    private static func firstParenthesis(in text: String) -> Substring? {
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")")
        else { return nil }
        return text[text.index(after: open)..<close]
    }
}

package struct PublishedPort: Sendable, Equatable, Decodable {
    /// The address on the host; nil if the port is not published.
    package let ip: String?

    /// The port on the host; nil if it is not published.
    package let publicPort: Int?

    /// `tcp`, `udp` or `sctp`.
    package let type: String
}

/// A container's inspection, `GET /containers/{id}/json`.
package struct ContainerDetails: Sendable, Equatable, Decodable {
    package let id: String

    /// Docker writes a `/` before it, which `inspectContainer` removes.
    package internal(set) var name: String
    package let created: Timestamp?

    /// The ID of its image.
    package let image: String
    package let state: ContainerState

    /// How often its restart policy has started it again since it was last started by request.
    package let restartCount: Int

    /// With the image's part.
    package let config: ContainerConfig
    package let hostConfig: HostConfig
    package let mounts: [MountPoint]
    let networkSettings: ContainerNetworks?

    package var networks: [String: EndpointSettings] { networkSettings?.networks ?? [:] }
}

struct ContainerNetworks: Sendable, Equatable, Decodable {
    let networks: [String: EndpointSettings]?
}

package struct ContainerState: Sendable, Equatable, Decodable {
    package let status: ContainerPhase

    /// Also true while it is paused.
    package let running: Bool

    /// 0 while it runs.
    package let exitCode: Int

    /// Nil for never.
    package let startedAt: Timestamp?

    /// Nil for never.
    package let finishedAt: Timestamp?

    /// Nil if it has no health check.
    package let health: ContainerHealth?
}

package struct ContainerHealth: Sendable, Equatable, Decodable {
    package let status: HealthStatus
}

package enum ContainerPhase: String, Sendable, Decodable {
    case created
    case running
    case paused
    case restarting
    case removing
    case exited

    /// Docker failed to remove it.
    case dead

    /// A word that this client does not know.
    case other

    package init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        self = ContainerPhase(rawValue: word) ?? .other
    }
}

package enum HealthStatus: String, Sendable, Decodable {
    /// No health check, or a word that this client does not know.
    case none

    /// It has not passed yet, within the start period or the retries.
    case starting
    case healthy

    /// It failed as often as its retries allow.
    case unhealthy

    package init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        self = HealthStatus(rawValue: word) ?? .none
    }
}

/// Something that is mounted into a container.
package struct MountPoint: Sendable, Equatable, Decodable {
    /// `bind`, `volume`, `tmpfs` and so on.
    package let type: String?

    /// Of the volume.
    package let name: String?

    /// On the host.
    package let source: String?

    /// Inside.
    package let destination: String?

    /// Whether it can be written.
    package let rw: Bool?
}
