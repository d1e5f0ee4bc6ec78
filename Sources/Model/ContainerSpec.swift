/// What one container of a service is: all that Docker fixes when it creates one.
///
/// Two equal specs with the same image digest need no new container, so nothing stands here that
/// may change while a container runs.
/// Optional means: leave it to the image or to Docker.
public struct ContainerSpec: Hashable, Sendable, Encodable {
    /// Replaces the image's command; empty clears it.
    public var command: [String]?
    /// Replaces the image's entry point; empty clears it.
    public var entrypoint: [String]?
    /// Variables by name; a nil value takes the variable away from the image's own.
    public var environment: [String: String?] = [:]
    /// Files of variables on the host, whose content becomes part of the spec when the host is
    /// observed.
    public var hostEnvironmentFiles: [HostEnvironmentFile] = []
    /// Labels beside Berth's own.
    public var labels: [String: String] = [:]
    /// `uid`, `uid:gid`, or names.
    public var user: String?
    /// The directory that the command starts in.
    public var workingDirectory: String?
    /// The name the container has for itself.
    public var hostname: String?
    /// The domain the container has for itself.
    public var domainname: String?
    /// Gives the command a terminal.
    public var tty = false
    /// Keeps standard input open.
    public var stdinOpen = false
    /// The signal that asks the command to end; SIGTERM unless the image says otherwise.
    public var stopSignal: String?
    /// How long the command has between that signal and SIGKILL.
    public var stopGracePeriod: Duration?
    /// How Docker finds out whether the container is well.
    public var healthCheck: HealthCheck?
    /// When Docker starts an ended container again.
    public var restart: RestartPolicy = .no
    /// Bind mounts, volumes, tmpfs.
    public var mounts: [Mount] = []
    /// `configs`, `secrets`: single files mounted read-only.
    public var files: [FileMount] = []
    /// Container ports that the service speaks on, published or not.
    public var exposedPorts: [ContainerPort] = []
    /// What the container is connected to.
    public var network: NetworkMode = .networks([NetworkAttachment(network: "default")])
    /// Limits and reservations.
    public var resources = Resources()
    /// Makes the root file system read-only.
    public var readOnly = false
    /// Runs an init process as PID 1; nil leaves it to the daemon.
    public var initProcess: Bool?
    /// All capabilities and devices of the host.
    public var privileged = false
    /// Capabilities beside Docker's default set.
    public var addedCapabilities: [String] = []
    /// Capabilities taken from Docker's default set.
    public var droppedCapabilities: [String] = []
    /// Security options, such as `no-new-privileges:true`.
    public var securityOptions: [String] = []
    /// Groups beside the user's own.
    public var groups: [String] = []
    /// Kernel limits per process, by name.
    public var ulimits: [String: Ulimit] = [:]
    /// Kernel parameters of the container's namespaces.
    public var sysctls: [String: String] = [:]
    /// The log driver and its options; nil leaves it to the daemon.
    public var logging: Logging?
    /// Lines of `/etc/hosts`: `name` to addresses, in order.
    public var extraHosts: [ExtraHost] = []
    /// DNS servers.
    public var dnsServers: [String] = []
    /// DNS search domains.
    public var dnsSearch: [String] = []
    /// Resolver options.
    public var dnsOptions: [String] = []
    /// The size of `/dev/shm` in bytes.
    public var sharedMemory: Int64?
    /// The platform to choose from a multi-platform image, as `linux/arm64`.
    public var platform: String?
    /// Devices of the host.
    public var devices: [Device] = []
    /// `private`, `shareable` or `host`.
    public var ipcMode: String?
    /// `host`, or nil for a namespace of its own.
    public var pidMode: String?
    /// `host`, or nil for the daemon's setting.
    public var userNamespaceMode: String?
    /// The parent cgroup.
    public var cgroupParent: String?
    /// The OCI runtime's name.
    public var runtime: String?
    /// -1000 to 1000.
    public var oomScoreAdjustment: Int?
    /// Annotations handed to the OCI runtime.
    public var annotations: [String: String] = [:]

    /// A spec that leaves everything to the image and to Docker.
    public init() {}
}
