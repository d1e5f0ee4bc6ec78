/// What can be changed of a container that exists; nil leaves it as it is.
public struct ContainerUpdateBody: Sendable, Equatable, Encodable {
    /// When Docker starts it again.
    public var restartPolicy: RestartPolicy?

    /// The most memory, bytes.
    public var memory: Int64?

    /// Memory it is left with when the host runs short, bytes.
    public var memoryReservation: Int64?

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

    /// The CPUs it may run on.
    public var cpusetCpus: String?

    /// The most processes and threads; -1 for no limit.
    public var pidsLimit: Int64?

    /// Makes an empty one, in which everything is left to Docker.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case restartPolicy = "RestartPolicy"
        case memory = "Memory"
        case memoryReservation = "MemoryReservation"
        case memorySwap = "MemorySwap"
        case nanoCpus = "NanoCpus"
        case cpuShares = "CpuShares"
        case cpuQuota = "CpuQuota"
        case cpuPeriod = "CpuPeriod"
        case cpusetCpus = "CpusetCpus"
        case pidsLimit = "PidsLimit"
    }
}
