/// What one container of a service is: all that Docker fixes when it creates one.
///
/// Two equal specs with the same image digest need no new container, so nothing stands here that
/// may change while a container runs.
/// Optional means: leave it to the image or to Docker.
package struct ContainerSpec: Hashable, Sendable, Encodable {
    /// Replaces the image's command; empty clears it.
    package var command: [String]?
    /// Replaces the image's entry point; empty clears it.
    package var entrypoint: [String]?
    /// Variables by name; a nil value takes the variable away from the image's own.
    package var environment: [String: String?] = [:]
    /// Files of variables on the host, whose content becomes part of the spec when the host is
    /// observed.
    package var hostEnvironmentFiles: [HostEnvironmentFile] = []
    /// Labels beside Berth's own.
    package var labels: [String: String] = [:]
    /// `uid`, `uid:gid`, or names.
    package var user: String?
    /// The directory that the command starts in.
    package var workingDirectory: String?
    /// The name the container has for itself.
    package var hostname: String?
    /// The domain the container has for itself.
    package var domainname: String?
    /// Gives the command a terminal.
    package var tty = false
    /// Keeps standard input open.
    package var stdinOpen = false
    /// The signal that asks the command to end; SIGTERM unless the image says otherwise.
    package var stopSignal: String?
    /// How long the command has between that signal and SIGKILL.
    package var stopGracePeriod: Duration?
    /// How Docker finds out whether the container is well.
    package var healthCheck: HealthCheck?
    /// When Docker starts an ended container again.
    package var restart: RestartPolicy = .no
    /// Bind mounts, volumes, tmpfs.
    package var mounts: [Mount] = []
    /// `configs`, `secrets`: single files mounted read-only.
    package var files: [FileMount] = []
    /// Container ports that the service speaks on, published or not.
    package var exposedPorts: [ContainerPort] = []
    /// What the container is connected to.
    package var network: NetworkMode = .networks([NetworkAttachment(network: "default")])
    /// Limits and reservations.
    package var resources = Resources()
    /// Makes the root file system read-only.
    package var readOnly = false
    /// Runs an init process as PID 1; nil leaves it to the daemon.
    package var initProcess: Bool?
    /// All capabilities and devices of the host.
    package var privileged = false
    /// Capabilities beside Docker's default set.
    package var addedCapabilities: [String] = []
    /// Capabilities taken from Docker's default set.
    package var droppedCapabilities: [String] = []
    /// Security options, such as `no-new-privileges:true`.
    package var securityOptions: [String] = []
    /// Groups beside the user's own.
    package var groups: [String] = []
    /// Kernel limits per process, by name.
    package var ulimits: [String: Ulimit] = [:]
    /// Kernel parameters of the container's namespaces.
    package var sysctls: [String: String] = [:]
    /// The log driver and its options; nil leaves it to the daemon.
    package var logging: Logging?
    /// Lines of `/etc/hosts`: `name` to addresses, in order.
    package var extraHosts: [ExtraHost] = []
    /// DNS servers.
    package var dnsServers: [String] = []
    /// DNS search domains.
    package var dnsSearch: [String] = []
    /// Resolver options.
    package var dnsOptions: [String] = []
    /// The size of `/dev/shm` in bytes.
    package var sharedMemory: Int64?
    /// The platform to choose from a multi-platform image, as `linux/arm64`.
    package var platform: String?
    /// Devices of the host.
    package var devices: [Device] = []
    /// `private`, `shareable` or `host`.
    package var ipcMode: String?
    /// `host`, or nil for a namespace of its own.
    package var pidMode: String?
    /// `host`, or nil for the daemon's setting.
    package var userNamespaceMode: String?
    /// The parent cgroup.
    package var cgroupParent: String?
    /// The OCI runtime's name.
    package var runtime: String?
    /// -1000 to 1000.
    package var oomScoreAdjustment: Int?
    /// Annotations handed to the OCI runtime.
    package var annotations: [String: String] = [:]

    /// A spec that leaves everything to the image and to Docker.
    package init() {}
}
