/// What a container gets of the host; nil leaves a setting to Docker.
package struct HostConfig: Sendable, Equatable, Codable {
    /// `source:target[:options]` each; unlike `mounts`, it creates missing sources.
    package var binds: [String]?
    package var mounts: [MountSpec]?

    /// By container port, such as `80/tcp`.
    package var portBindings: [String: [PortBinding]?]?
    package var restartPolicy: RestartPolicy?

    /// Bytes.
    package var memory: Int64?

    /// Bytes that it keeps when the host runs short.
    package var memoryReservation: Int64?

    /// How eagerly its memory is swapped out, 0 to 100.
    package var memorySwappiness: Int64?

    /// Memory and swap together, bytes; -1 for no limit.
    package var memorySwap: Int64?

    /// CPU time, in billionths of a CPU.
    package var nanoCpus: Int64?

    /// The weight against others when CPU time is short.
    package var cpuShares: Int64?

    /// CPU time a period, microseconds.
    package var cpuQuota: Int64?

    /// Microseconds.
    package var cpuPeriod: Int64?

    /// Such as `0-2,7`.
    package var cpusetCpus: String?

    /// Processes and threads; -1 for no limit.
    package var pidsLimit: Int64?

    /// The size of /dev/shm, bytes.
    package var shmSize: Int64?

    /// `bridge`, `host`, `none`, `container:<id>` or a network's name.
    package var networkMode: String?
    package var dns: [String]?
    package var dnsSearch: [String]?
    package var dnsOptions: [String]?

    /// `name:address` each.
    package var extraHosts: [String]?
    package var capAdd: [String]?
    package var capDrop: [String]?
    package var securityOpt: [String]?
    package var privileged: Bool?
    package var readonlyRootfs: Bool?

    /// Whether a small init reaps its zombies.
    package var isInit: Bool?
    package var ulimits: [Ulimit]?
    package var sysctls: [String: String]?
    package var groupAdd: [String]?
    package var devices: [DeviceMapping]?
    package var oomKillDisable: Bool?

    /// -1000 to 1000.
    package var oomScoreAdj: Int?
    package var cgroupParent: String?

    /// `private`, `shareable`, `host`, `container:<id>`.
    package var ipcMode: String?

    /// Empty, `host` or `container:<id>`.
    package var pidMode: String?

    /// Empty or `host`.
    package var usernsMode: String?

    /// The OCI runtime, such as `runc`.
    package var runtime: String?
    package var logConfig: LogConfig?

    /// For the OCI runtime; API 1.43.
    package var annotations: [String: String]?

    package init() {}
}

/// Where a container's port is published on the host.
package struct PortBinding: Sendable, Equatable, Codable {
    /// Empty for all addresses.
    package let hostIp: String?

    /// Empty for a port that Docker chooses.
    package let hostPort: String?

    package init(hostIp: String? = nil, hostPort: String? = nil) {
        self.hostIp = hostIp
        self.hostPort = hostPort
    }
}

package struct RestartPolicy: Sendable, Equatable, Codable {
    /// `no`, `always`, `unless-stopped` or `on-failure`; empty is `no`.
    package let name: String?

    /// For `on-failure`; 0 for no limit.
    package let maximumRetryCount: Int?

    package init(name: String? = nil, maximumRetryCount: Int? = nil) {
        self.name = name
        self.maximumRetryCount = maximumRetryCount
    }
}

/// A limit of each process, setrlimit(2).
package struct Ulimit: Sendable, Equatable, Codable {
    /// Such as `nofile`.
    package let name: String
    package let soft: Int64
    package let hard: Int64

    package init(name: String, soft: Int64, hard: Int64) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}

package struct DeviceMapping: Sendable, Equatable, Codable {
    package let pathOnHost: String
    package let pathInContainer: String

    /// `r`, `w` and `m`.
    package let cgroupPermissions: String

    package init(pathOnHost: String, pathInContainer: String, cgroupPermissions: String) {
        self.pathOnHost = pathOnHost
        self.pathInContainer = pathInContainer
        self.cgroupPermissions = cgroupPermissions
    }
}

package struct LogConfig: Sendable, Equatable, Codable {
    /// The driver, such as `json-file`; empty takes the daemon's.
    package let type: String?
    package let config: [String: String]?

    package init(type: String? = nil, config: [String: String]? = nil) {
        self.type = type
        self.config = config
    }
}

/// Something to be mounted into a container.
package struct MountSpec: Sendable, Equatable, Codable {
    /// `bind`, `volume` or `tmpfs`.
    package let type: String

    /// The path on the host, or the volume's name; none for `tmpfs`.
    package let source: String?
    package let target: String
    package let readOnly: Bool?
    package var bindOptions: BindOptions?
    package var volumeOptions: VolumeOptions?
    package let tmpfsOptions: TmpfsOptions?

    package init(
        type: String,
        source: String? = nil,
        target: String,
        readOnly: Bool? = nil,
        bindOptions: BindOptions? = nil,
        volumeOptions: VolumeOptions? = nil,
        tmpfsOptions: TmpfsOptions? = nil
    ) {
        self.type = type
        self.source = source
        self.target = target
        self.readOnly = readOnly
        self.bindOptions = bindOptions
        self.volumeOptions = volumeOptions
        self.tmpfsOptions = tmpfsOptions
    }

    package struct BindOptions: Sendable, Equatable, Codable {
        /// `rprivate`, `shared` and so on.
        package let propagation: String?

        /// Whether mounts below the source are left out.
        package let nonRecursive: Bool?

        /// Whether a missing source is created; API 1.42.
        package let createMountpoint: Bool?

        /// Whether mounts below a read-only source stay writable; API 1.44.
        package let readOnlyNonRecursive: Bool?

        /// Whether it fails where mounts below cannot be made read-only, too; API 1.44.
        package let readOnlyForceRecursive: Bool?

        package init(
            propagation: String? = nil,
            nonRecursive: Bool? = nil,
            createMountpoint: Bool? = nil,
            readOnlyNonRecursive: Bool? = nil,
            readOnlyForceRecursive: Bool? = nil
        ) {
            self.propagation = propagation
            self.nonRecursive = nonRecursive
            self.createMountpoint = createMountpoint
            self.readOnlyNonRecursive = readOnlyNonRecursive
            self.readOnlyForceRecursive = readOnlyForceRecursive
        }
    }

    package struct VolumeOptions: Sendable, Equatable, Codable {
        /// Whether the image's files are not copied into a new volume.
        package let noCopy: Bool?

        /// A folder in the volume to mount; API 1.45.
        package let subpath: String?

        package init(noCopy: Bool? = nil, subpath: String? = nil) {
            self.noCopy = noCopy
            self.subpath = subpath
        }
    }

    package struct TmpfsOptions: Sendable, Equatable, Codable {
        package let sizeBytes: Int64?

        /// The rights of its root, such as 0o1777.
        package let mode: Int?

        package init(sizeBytes: Int64? = nil, mode: Int? = nil) {
            self.sizeBytes = sizeBytes
            self.mode = mode
        }
    }
}
