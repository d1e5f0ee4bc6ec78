/// How a container's process is, or was.
package struct ContainerState: Sendable, Equatable {
    /// Where the container is in its life.
    package let status: ContainerPhase

    /// Whether the process runs; also true while it is paused.
    package let isRunning: Bool

    /// Whether the process is frozen.
    package let isPaused: Bool

    /// Whether Docker is about to start it again.
    package let isRestarting: Bool

    /// Whether the kernel killed it for want of memory.
    package let wasOutOfMemory: Bool

    /// The process's ID on the host; 0 while it does not run.
    package let processID: Int

    /// The code it ended with; 0 while it runs.
    package let exitCode: Int

    /// Why Docker could not start it; empty if it could.
    package let error: String

    /// When it was last started; nil for never.
    package let startedAt: Timestamp?

    /// When it last ended; nil for never.
    package let finishedAt: Timestamp?

    /// What its health check says; nil if it has none.
    package let health: ContainerHealth?
}

extension ContainerState: Decodable {
    private enum CodingKeys: String, CodingKey {
        case status = "Status"
        case isRunning = "Running"
        case isPaused = "Paused"
        case isRestarting = "Restarting"
        case wasOutOfMemory = "OOMKilled"
        case processID = "Pid"
        case exitCode = "ExitCode"
        case error = "Error"
        case startedAt = "StartedAt"
        case finishedAt = "FinishedAt"
        case health = "Health"
    }

    /// Reads Docker's object.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        status = try container.decode(ContainerPhase.self, forKey: .status)
        isRunning = try container.decodeIfPresent(Bool.self, forKey: .isRunning) ?? false
        isPaused = try container.decodeIfPresent(Bool.self, forKey: .isPaused) ?? false
        isRestarting = try container.decodeIfPresent(Bool.self, forKey: .isRestarting) ?? false
        wasOutOfMemory = try container.decodeIfPresent(Bool.self, forKey: .wasOutOfMemory) ?? false
        processID = try container.decodeIfPresent(Int.self, forKey: .processID) ?? 0
        exitCode = try container.decodeIfPresent(Int.self, forKey: .exitCode) ?? 0
        error = try container.decodeIfPresent(String.self, forKey: .error) ?? ""
        startedAt = try container.timestamp(.startedAt)
        finishedAt = try container.timestamp(.finishedAt)
        health = try container.decodeIfPresent(ContainerHealth.self, forKey: .health)
    }
}

/// What a health check says.
package struct ContainerHealth: Sendable, Equatable, Decodable {
    /// The verdict.
    package let status: HealthStatus

    /// How many checks failed in a row.
    package let failingStreak: Int?

    /// The last five checks, the oldest first.
    package let log: [HealthProbe]?

    private enum CodingKeys: String, CodingKey {
        case status = "Status"
        case failingStreak = "FailingStreak"
        case log = "Log"
    }
}

/// One run of a health check.
package struct HealthProbe: Sendable, Equatable, Decodable {
    /// What its command ended with: 0 for healthy, 1 for unhealthy.
    package let exitCode: Int

    /// What it printed, at most 4096 bytes.
    package let output: String?

    private enum CodingKeys: String, CodingKey {
        case exitCode = "ExitCode"
        case output = "Output"
    }
}
