/// What a container gets from the host: resources, mounts, ports and rights.
public struct HostConfig: Sendable, Equatable, Codable {
    /// `source:target[:options]` each; older than `mounts`, and makes missing sources.
    public var binds: [String]?

    /// What is mounted.
    public var mounts: [MountSpec]?

    /// Published ports by container port, such as `80/tcp`.
    public var portBindings: [String: [PortBinding]?]?

    /// When Docker starts it again.
    public var restartPolicy: RestartPolicy?

    /// Whether it is removed once it ended.
    public var autoRemove: Bool?

    /// The most memory, bytes.
    public var memory: Int64?

    /// Memory it is left with when the host runs short, bytes.
    public var memoryReservation: Int64?

    /// How eagerly its memory is swapped out, 0 to 100.
    public var memorySwappiness: Int64?

    /// Memory and swap together, bytes; -1 for no limit.
    public var memorySwap: Int64?

    /// CPU time, in billionths of a CPU.
    public var nanoCpus: Int64?

    /// Its weight against others when CPU time is short.
    public var cpuShares: Int64?

    /// CPU time a period, microseconds.
    public var cpuQuota: Int64?

    /// The period, microseconds.
    public var cpuPeriod: Int64?

    /// The CPUs it may run on, such as `0-2,7`.
    public var cpusetCpus: String?

    /// The memory nodes it may use.
    public var cpusetMems: String?

    /// The most processes and threads; -1 for no limit.
    public var pidsLimit: Int64?

    /// Its weight for block devices, 10 to 1000.
    public var blkioWeight: Int?

    /// Memory file systems: options by path.
    public var tmpfs: [String: String]?

    /// The size of /dev/shm, bytes.
    public var shmSize: Int64?

    /// `bridge`, `host`, `none`, `container:<id>` or a network's name.
    public var networkMode: String?

    /// Name servers.
    public var dns: [String]?

    /// Domains that names are searched in.
    public var dnsSearch: [String]?

    /// Options for resolv.conf.
    public var dnsOptions: [String]?

    /// Lines of /etc/hosts, `name:address` each.
    public var extraHosts: [String]?

    /// Links to other containers, from before there were networks.
    public var links: [String]?

    /// Capabilities it gets on top of Docker's.
    public var capAdd: [String]?

    /// Capabilities taken from it.
    public var capDrop: [String]?

    /// Options for seccomp, AppArmor, SELinux and `no-new-privileges`.
    public var securityOpt: [String]?

    /// Whether nothing of the host is kept from it.
    public var privileged: Bool?

    /// Whether its root file system is read-only.
    public var readonlyRootfs: Bool?

    /// Whether a small init reaps its zombies.
    public var isInit: Bool?

    /// Limits of its processes.
    public var ulimits: [Ulimit]?

    /// Kernel parameters of its namespaces.
    public var sysctls: [String: String]?

    /// Groups of its user on top of the image's.
    public var groupAdd: [String]?

    /// Devices of the host it may use.
    public var devices: [DeviceMapping]?

    /// Rules for devices that appear later.
    public var deviceCgroupRules: [String]?

    /// Whether it survives a lack of memory.
    public var oomKillDisable: Bool?

    /// How early it is killed when the host lacks memory, -1000 to 1000.
    public var oomScoreAdj: Int?

    /// The control group it is put under.
    public var cgroupParent: String?

    /// `host` or `private`.
    public var cgroupnsMode: String?

    /// `private`, `shareable`, `host`, `container:<id>`.
    public var ipcMode: String?

    /// Empty, `host` or `container:<id>`.
    public var pidMode: String?

    /// Empty or `host`.
    public var utsMode: String?

    /// Empty or `host`.
    public var usernsMode: String?

    /// Empty or `default` on Linux.
    public var isolation: String?

    /// The OCI runtime, such as `runc`.
    public var runtime: String?

    /// Options of the storage driver.
    public var storageOpt: [String: String]?

    /// The driver of volumes that `binds` names.
    public var volumeDriver: String?

    /// Containers whose volumes it mounts.
    public var volumesFrom: [String]?

    /// Where its output goes.
    public var logConfig: LogConfig?

    /// Annotations for the OCI runtime; API 1.43.
    public var annotations: [String: String]?

    /// Makes an empty one, in which everything is left to Docker.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case binds = "Binds"
        case mounts = "Mounts"
        case portBindings = "PortBindings"
        case restartPolicy = "RestartPolicy"
        case autoRemove = "AutoRemove"
        case memory = "Memory"
        case memoryReservation = "MemoryReservation"
        case memorySwap = "MemorySwap"
        case memorySwappiness = "MemorySwappiness"
        case nanoCpus = "NanoCpus"
        case cpuShares = "CpuShares"
        case cpuQuota = "CpuQuota"
        case cpuPeriod = "CpuPeriod"
        case cpusetCpus = "CpusetCpus"
        case cpusetMems = "CpusetMems"
        case pidsLimit = "PidsLimit"
        case blkioWeight = "BlkioWeight"
        case tmpfs = "Tmpfs"
        case shmSize = "ShmSize"
        case networkMode = "NetworkMode"
        case dns = "Dns"
        case dnsSearch = "DnsSearch"
        case dnsOptions = "DnsOptions"
        case extraHosts = "ExtraHosts"
        case links = "Links"
        case capAdd = "CapAdd"
        case capDrop = "CapDrop"
        case securityOpt = "SecurityOpt"
        case privileged = "Privileged"
        case readonlyRootfs = "ReadonlyRootfs"
        case isInit = "Init"
        case ulimits = "Ulimits"
        case sysctls = "Sysctls"
        case groupAdd = "GroupAdd"
        case devices = "Devices"
        case deviceCgroupRules = "DeviceCgroupRules"
        case oomKillDisable = "OomKillDisable"
        case oomScoreAdj = "OomScoreAdj"
        case cgroupParent = "CgroupParent"
        case cgroupnsMode = "CgroupnsMode"
        case ipcMode = "IpcMode"
        case pidMode = "PidMode"
        case utsMode = "UTSMode"
        case usernsMode = "UsernsMode"
        case isolation = "Isolation"
        case runtime = "Runtime"
        case storageOpt = "StorageOpt"
        case volumeDriver = "VolumeDriver"
        case volumesFrom = "VolumesFrom"
        case logConfig = "LogConfig"
        case annotations = "Annotations"
    }
}
