/// What the daemon tells about itself and its host.
public struct EngineInfo: Sendable, Equatable, Decodable {
    /// The daemon's own ID.
    public let id: String?

    /// The host's name.
    public let name: String?

    /// Docker's version.
    public let serverVersion: String?

    /// Its storage driver, such as `overlay2`.
    public let storageDriver: String?

    /// Where its data is.
    public let dataRoot: String?

    /// How many containers there are.
    public let containers: Int?

    /// How many of them run.
    public let runningContainers: Int?

    /// How many images there are.
    public let images: Int?

    /// The host's operating system, in words.
    public let operatingSystem: String?

    /// The kind of operating system, `linux`.
    public let osType: String?

    /// The processor, such as `x86_64`.
    public let architecture: String?

    /// How many CPUs it has.
    public let cpuCount: Int?

    /// How much memory it has, bytes.
    public let memoryBytes: Int64?

    /// Whether containers outlive the daemon.
    public let keepsContainersRunning: Bool?

    /// `1` or `2`.
    public let cgroupVersion: String?

    /// Security features, such as `name=rootless`.
    public let securityOptions: [String]?

    /// What the daemon misses on this host.
    public let warnings: [String]?

    /// Its part in a swarm.
    public let swarm: SwarmInfo?

    private enum CodingKeys: String, CodingKey {
        case id = "ID"
        case name = "Name"
        case serverVersion = "ServerVersion"
        case storageDriver = "Driver"
        case dataRoot = "DockerRootDir"
        case containers = "Containers"
        case runningContainers = "ContainersRunning"
        case images = "Images"
        case operatingSystem = "OperatingSystem"
        case osType = "OSType"
        case architecture = "Architecture"
        case cpuCount = "NCPU"
        case memoryBytes = "MemTotal"
        case keepsContainersRunning = "LiveRestoreEnabled"
        case cgroupVersion = "CgroupVersion"
        case securityOptions = "SecurityOptions"
        case warnings = "Warnings"
        case swarm = "Swarm"
    }
}

/// A daemon's part in a swarm.
public struct SwarmInfo: Sendable, Equatable, Decodable {
    /// Its ID there.
    public let nodeID: String?

    /// `inactive`, `active` and so on.
    public let localNodeState: String?

    /// Whether it is a manager.
    public let isManager: Bool?

    private enum CodingKeys: String, CodingKey {
        case nodeID = "NodeID"
        case localNodeState = "LocalNodeState"
        case isManager = "ControlAvailable"
    }
}
