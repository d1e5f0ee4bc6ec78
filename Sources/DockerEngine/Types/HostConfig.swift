/// What a container gets from the host: resources, mounts, ports and rights.
package struct HostConfig: Sendable, Equatable, Codable {
    /// `source:target[:options]` each; older than `mounts`, and makes missing sources.
    package var binds: [String]?

    /// What is mounted.
    package var mounts: [MountSpec]?

    /// Published ports by container port, such as `80/tcp`.
    package var portBindings: [String: [PortBinding]?]?

    /// When Docker starts it again.
    package var restartPolicy: RestartPolicy?

    /// Whether it is removed once it ended.
    package var autoRemove: Bool?

    /// The most memory, bytes.
    package var memory: Int64?

    /// Memory it is left with when the host runs short, bytes.
    package var memoryReservation: Int64?

    /// How eagerly its memory is swapped out, 0 to 100.
    package var memorySwappiness: Int64?

    /// Memory and swap together, bytes; -1 for no limit.
    package var memorySwap: Int64?

    /// CPU time, in billionths of a CPU.
    package var nanoCpus: Int64?

    /// Its weight against others when CPU time is short.
    package var cpuShares: Int64?

    /// CPU time a period, microseconds.
    package var cpuQuota: Int64?

    /// The period, microseconds.
    package var cpuPeriod: Int64?

    /// The CPUs it may run on, such as `0-2,7`.
    package var cpusetCpus: String?

    /// The memory nodes it may use.
    package var cpusetMems: String?

    /// The most processes and threads; -1 for no limit.
    package var pidsLimit: Int64?

    /// Its weight for block devices, 10 to 1000.
    package var blkioWeight: Int?

    /// Memory file systems: options by path.
    package var tmpfs: [String: String]?

    /// The size of /dev/shm, bytes.
    package var shmSize: Int64?

    /// `bridge`, `host`, `none`, `container:<id>` or a network's name.
    package var networkMode: String?

    /// Name servers.
    package var dns: [String]?

    /// Domains that names are searched in.
    package var dnsSearch: [String]?

    /// Options for resolv.conf.
    package var dnsOptions: [String]?

    /// Lines of /etc/hosts, `name:address` each.
    package var extraHosts: [String]?

    /// Links to other containers, from before there were networks.
    package var links: [String]?

    /// Capabilities it gets on top of Docker's.
    package var capAdd: [String]?

    /// Capabilities taken from it.
    package var capDrop: [String]?

    /// Options for seccomp, AppArmor, SELinux and `no-new-privileges`.
    package var securityOpt: [String]?

    /// Whether nothing of the host is kept from it.
    package var privileged: Bool?

    /// Whether its root file system is read-only.
    package var readonlyRootfs: Bool?

    /// Whether a small init reaps its zombies.
    package var isInit: Bool?

    /// Limits of its processes.
    package var ulimits: [Ulimit]?

    /// Kernel parameters of its namespaces.
    package var sysctls: [String: String]?

    /// Groups of its user on top of the image's.
    package var groupAdd: [String]?

    /// Devices of the host it may use.
    package var devices: [DeviceMapping]?

    /// Rules for devices that appear later.
    package var deviceCgroupRules: [String]?

    /// Whether it survives a lack of memory.
    package var oomKillDisable: Bool?

    /// How early it is killed when the host lacks memory, -1000 to 1000.
    package var oomScoreAdj: Int?

    /// The control group it is put under.
    package var cgroupParent: String?

    /// `host` or `private`.
    package var cgroupnsMode: String?

    /// `private`, `shareable`, `host`, `container:<id>`.
    package var ipcMode: String?

    /// Empty, `host` or `container:<id>`.
    package var pidMode: String?

    /// Empty or `host`.
    package var utsMode: String?

    /// Empty or `host`.
    package var usernsMode: String?

    /// Empty or `default` on Linux.
    package var isolation: String?

    /// The OCI runtime, such as `runc`.
    package var runtime: String?

    /// Options of the storage driver.
    package var storageOpt: [String: String]?

    /// The driver of volumes that `binds` names.
    package var volumeDriver: String?

    /// Containers whose volumes it mounts.
    package var volumesFrom: [String]?

    /// Where its output goes.
    package var logConfig: LogConfig?

    /// Annotations for the OCI runtime; API 1.43.
    package var annotations: [String: String]?

    /// Makes an empty one, in which everything is left to Docker.
    package init() {}

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
