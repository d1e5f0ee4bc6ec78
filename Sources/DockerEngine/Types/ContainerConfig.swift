/// What runs in a container: the part of its settings that does not depend on the host.
public struct ContainerConfig: Sendable, Equatable, Codable {
    /// The image's name or ID.
    public var image: String?

    /// The command; nil takes the image's.
    public var cmd: [String]?

    /// What the command is given to; nil takes the image's.
    public var entrypoint: [String]?

    /// The environment, `KEY=value` each; `KEY` alone takes a variable of the image away.
    public var env: [String]?

    /// The labels.
    public var labels: [String: String]?

    /// `user`, `user:group`, by name or number.
    public var user: String?

    /// The working directory.
    public var workingDir: String?

    /// The host name inside.
    public var hostname: String?

    /// The domain name inside.
    public var domainname: String?

    /// Whether its output is a terminal's; its log is then one stream.
    public var tty: Bool?

    /// Whether its standard input stays open.
    public var openStdin: Bool?

    /// The signal that asks it to stop, such as `SIGTERM`.
    public var stopSignal: String?

    /// Seconds until it is killed after that.
    public var stopTimeout: Int?

    /// Its health check.
    public var healthCheck: HealthCheck?

    /// Ports it listens on, such as `80/tcp`.
    public var exposedPorts: NameSet?

    /// Paths that get an anonymous volume.
    public var volumes: NameSet?

    /// Makes an empty one, in which everything is left to Docker.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case image = "Image"
        case cmd = "Cmd"
        case entrypoint = "Entrypoint"
        case env = "Env"
        case labels = "Labels"
        case user = "User"
        case workingDir = "WorkingDir"
        case hostname = "Hostname"
        case domainname = "Domainname"
        case tty = "Tty"
        case openStdin = "OpenStdin"
        case stopSignal = "StopSignal"
        case stopTimeout = "StopTimeout"
        case healthCheck = "Healthcheck"
        case exposedPorts = "ExposedPorts"
        case volumes = "Volumes"
    }
}
