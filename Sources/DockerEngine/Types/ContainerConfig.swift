/// What runs in a container: the part of its settings that does not depend on the host.
package struct ContainerConfig: Sendable, Equatable, Codable {
    /// The image's name or ID.
    package var image: String?

    /// The command; nil takes the image's.
    package var cmd: [String]?

    /// What the command is given to; nil takes the image's.
    package var entrypoint: [String]?

    /// The environment, `KEY=value` each; `KEY` alone takes a variable of the image away.
    package var env: [String]?

    /// The labels.
    package var labels: [String: String]?

    /// `user`, `user:group`, by name or number.
    package var user: String?

    /// The working directory.
    package var workingDir: String?

    /// The host name inside.
    package var hostname: String?

    /// The domain name inside.
    package var domainname: String?

    /// Whether its output is a terminal's; its log is then one stream.
    package var tty: Bool?

    /// Whether its standard input stays open.
    package var openStdin: Bool?

    /// The signal that asks it to stop, such as `SIGTERM`.
    package var stopSignal: String?

    /// Seconds until it is killed after that.
    package var stopTimeout: Int?

    /// Its health check.
    package var healthCheck: HealthCheck?

    /// Ports it listens on, such as `80/tcp`.
    package var exposedPorts: NameSet?

    /// Paths that get an anonymous volume.
    package var volumes: NameSet?

    /// Makes an empty one, in which everything is left to Docker.
    package init() {}

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
