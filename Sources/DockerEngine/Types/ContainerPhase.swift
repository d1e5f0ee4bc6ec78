/// Where a container is in its life.
package enum ContainerPhase: Sendable, Hashable {
    /// Made and never started.
    case created
    /// Its process runs.
    case running
    /// Its process is frozen.
    case paused
    /// Docker waits to start it again.
    case restarting
    /// It is being removed.
    case removing
    /// Its process has ended.
    case exited
    /// Docker failed to remove it.
    case dead
    /// A word that this client does not know.
    case other(String)
}

extension ContainerPhase: RawRepresentable, Codable {
    private static let known: [ContainerPhase] = [
        .created, .running, .paused, .restarting, .removing, .exited, .dead,
    ]

    /// Reads Docker's word.
    package init(rawValue: String) {
        self = Self.known.first { $0.rawValue == rawValue } ?? .other(rawValue)
    }

    /// Docker's word.
    package var rawValue: String {
        switch self {
        case .created: "created"
        case .running: "running"
        case .paused: "paused"
        case .restarting: "restarting"
        case .removing: "removing"
        case .exited: "exited"
        case .dead: "dead"
        case .other(let word): word
        }
    }
}

/// What a container's health check says.
package enum HealthStatus: String, Sendable, Codable {
    /// There is no health check.
    case none
    /// The check has not passed yet, within the start period or the retries.
    case starting
    /// The last check passed.
    case healthy
    /// The check failed as often as its retries allow.
    case unhealthy

    /// Reads Docker's word; a word that is not known, or none, stands for no health check.
    package init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        self = HealthStatus(rawValue: word) ?? .none
    }
}
