/// One service of an environment: the container it runs, how many of them, and how they change.
///
/// What makes a container different stands in `container`; what can change without a new container
/// (replicas, host ports, update policy) stands beside it.
package struct Service: Hashable, Sendable {
    /// The key under `services`.
    package var name: String
    /// Where the environment lists the service.
    package var location: SourceLocation
    /// Where the value of a field was set, by field (`version`, `image`, `ports`, …).
    package var origins: [String: SourceLocation]
    /// The version as the environment writes it; nil where the manifest's image carries the tag.
    package var version: String?
    /// The image with registry, path, and tag or digest.
    package var image: ImageName
    /// When the registry is asked for the image.
    package var pullPolicy: PullPolicy
    /// What one container of the service is.
    package var container: ContainerSpec
    /// The service's own labels (`deploy.labels`), which no container carries.
    package var labels: [String: String] = [:]
    /// Variables that one of the host's `env_file`s has to set; they change no container, as all
    /// that these files set is in it.
    package var hostVariables: [String] = []
    /// The host ports that lead to the service.
    package var ports: [PublishedPort]
    /// How many containers run.
    package var replicas: Int
    /// How an update goes about it.
    package var update: UpdatePolicy
    /// How a rollback goes about it.
    package var rollback: UpdatePolicy
    /// When a new container counts as ready.
    package var readiness: Readiness
    /// How long a replaced container keeps its established connections.
    package var drainTimeout: Duration
    /// What must be there before this service starts.
    package var dependencies: [Dependency]
    /// Runs to its end once per spec (a migration), instead of serving.
    package var isJob: Bool
    /// The fixed name that the manifest asks for instead of `<environment>-<service>-1`.
    package var containerName: String?

    /// Makes a service; all that is not given has Berth's default.
    package init(
        name: String,
        location: SourceLocation,
        origins: [String: SourceLocation] = [:],
        version: String? = nil,
        image: ImageName,
        pullPolicy: PullPolicy = .missing,
        container: ContainerSpec = ContainerSpec(),
        ports: [PublishedPort] = [],
        replicas: Int = 1,
        update: UpdatePolicy = .update,
        rollback: UpdatePolicy = .rollback,
        readiness: Readiness = Readiness(),
        drainTimeout: Duration = .seconds(30),
        dependencies: [Dependency] = [],
        isJob: Bool = false,
        containerName: String? = nil
    ) {
        self.name = name
        self.location = location
        self.origins = origins
        self.version = version
        self.image = image
        self.pullPolicy = pullPolicy
        self.container = container
        self.ports = ports
        self.replicas = replicas
        self.update = update
        self.rollback = rollback
        self.readiness = readiness
        self.drainTimeout = drainTimeout
        self.dependencies = dependencies
        self.isJob = isJob
        self.containerName = containerName
    }
}

extension Service {
    /// Whether a manifest fixes an address of IPv6 of its containers.
    package var hasFixedIPv6: Bool {
        guard case .networks(let attachments) = container.network else { return false }
        return attachments.contains { $0.ipv6Address != nil }
    }
}
