import Digests
import Model

/// A service to change one thing about.
enum SampleService {
    static let digest = Digest(hashing: Array("image".utf8))

    static func make(_ adjust: (inout Service) -> Void = { _ in }) throws -> Service {
        var service = Service(
            name: "web",
            location: SourceLocation(file: "environments/prod.yaml", line: 3, column: 3),
            version: "1.4.2",
            image: try ImageName("ghcr.io/acme/web:1.4.2"),
            ports: [PublishedPort(target: ContainerPort(80), published: 8_080)]
        )
        adjust(&service)
        return service
    }

    /// An environment with this service and these volumes.
    static func state(
        _ service: Service,
        volumes: [String: Volume],
        grants: Grants = Grants()
    ) -> DesiredState {
        DesiredState(
            environment: "prod",
            revision: Revision(id: "", author: "", date: Moment(milliseconds: 0), subject: ""),
            services: [service],
            volumes: volumes,
            grants: grants
        )
    }

    static func spec(_ adjust: (inout Service) -> Void = { _ in }) throws -> Digest {
        Goal(try make(adjust), image: digest).spec
    }

    /// A service that uses every field of a container's spec.
    static func everything() throws -> Service {
        try make { service in
            service.container = fullSpec
            service.ports.append(
                PublishedPort(target: ContainerPort(53, .udp), published: nil)
            )
        }
    }

    private static var fullSpec: ContainerSpec {
        var spec = ContainerSpec()
        spec.command = ["serve", "--port", "80"]
        spec.entrypoint = ["/entry"]
        spec.environment = ["A": "1", "B": nil, "C": ""]
        spec.hostEnvironmentFiles = [HostEnvironmentFile(path: "/etc/web.env", isRaw: true)]
        spec.labels = ["team": "core", "tier": "front"]
        spec.user = "1000:1000"
        spec.workingDirectory = "/srv"
        spec.hostname = "web"
        spec.domainname = "example.org"
        spec.tty = true
        spec.stdinOpen = true
        spec.stopSignal = "SIGQUIT"
        spec.stopGracePeriod = .milliseconds(2_500)
        spec.healthCheck = HealthCheck(
            test: ["CMD", "/health"],
            interval: .seconds(5),
            timeout: .seconds(2),
            retries: 4,
            startPeriod: .seconds(30),
            startInterval: .seconds(1)
        )
        spec.restart = .onFailure(retries: 3)
        spec.mounts = [
            Mount(.bind(path: "/data", options: BindOptions(selinux: "z")), target: "/data"),
            Mount(.volume(key: "cache", options: VolumeOptions(noCopy: true)), target: "/cache"),
            Mount(.anonymousVolume(VolumeOptions()), target: "/scratch"),
            Mount(.tmpfs(size: 1_048_576, mode: 0o1777), target: "/tmp", readOnly: false),
        ]
        spec.files = [FileMount(.commit(digest), target: "/etc/web.toml", mode: 0o440)]
        spec.exposedPorts = [ContainerPort(9_090)]
        spec.network = .networks([NetworkAttachment(network: "front", aliases: ["www"])])
        spec.resources.memory = 268_435_456
        spec.resources.nanoCPUs = 1_500_000_000
        spec.readOnly = true
        spec.initProcess = true
        spec.privileged = true
        addRareFields(to: &spec)
        return spec
    }

    private static func addRareFields(to spec: inout ContainerSpec) {
        spec.addedCapabilities = ["NET_ADMIN"]
        spec.droppedCapabilities = ["ALL"]
        spec.securityOptions = ["no-new-privileges:true"]
        spec.groups = ["audio"]
        spec.ulimits = ["nofile": Ulimit(soft: 1_024, hard: 4_096)]
        spec.sysctls = ["net.core.somaxconn": "1024"]
        spec.logging = Logging(driver: "json-file", options: ["max-size": "10m"])
        spec.extraHosts = [ExtraHost(name: "db", address: "10.0.0.9")]
        spec.dnsServers = ["9.9.9.9"]
        spec.dnsSearch = ["example.org"]
        spec.dnsOptions = ["ndots:1"]
        spec.sharedMemory = 67_108_864
        spec.platform = "linux/arm64"
        spec.devices = [Device("/dev/fuse", permissions: "rw")]
        spec.ipcMode = "host"
        spec.pidMode = "host"
        spec.userNamespaceMode = "host"
        spec.cgroupParent = "/berth"
        spec.runtime = "runsc"
        spec.oomScoreAdjustment = -500
        spec.annotations = ["run.oci.keep": "1"]
    }
}
