/// Limits and reservations of a container (Compose `deploy.resources`, `mem_limit`, `cpus`, …).
public struct Resources: Hashable, Sendable, Encodable {
    /// Billionths of a processor.
    public var nanoCPUs: Int64?
    /// Bytes.
    public var memory: Int64?
    /// Bytes of memory and swap together; -1 is without limit.
    public var memorySwap: Int64?
    /// Bytes that the kernel tries to leave to it.
    public var memoryReservation: Int64?
    /// 0 to 100.
    public var memorySwappiness: Int64?
    /// Processes and threads; -1 is without limit.
    public var pids: Int64?
    /// Relative weight, 1024 is the default.
    public var cpuShares: Int64?
    /// Microseconds per period.
    public var cpuQuota: Int64?
    /// Microseconds.
    public var cpuPeriod: Int64?
    /// Processors it may use, as `0-3,5`.
    public var cpuset: String?
    /// Keeps the kernel from killing it when memory ends.
    public var disablesOOMKiller: Bool?

    /// No limits, no reservations.
    public init() {}
}

/// A kernel limit per process (Compose `ulimits`).
public struct Ulimit: Hashable, Sendable, Encodable {
    /// What a process gets.
    public var soft: Int64
    /// What it may raise that to.
    public var hard: Int64

    /// Makes a limit.
    public init(soft: Int64, hard: Int64) {
        self.soft = soft
        self.hard = hard
    }
}

/// Where a container's output goes (Compose `logging`).
public struct Logging: Hashable, Sendable, Encodable {
    /// The driver's name; nil is the daemon's.
    public var driver: String?
    /// Options for the driver.
    public var options: [String: String]

    /// Makes a log configuration.
    public init(driver: String?, options: [String: String] = [:]) {
        self.driver = driver
        self.options = options
    }
}

/// One name of `/etc/hosts` (Compose `extra_hosts`).
public struct ExtraHost: Hashable, Sendable, Encodable {
    /// The name to resolve.
    public var name: String
    /// An address, or `host-gateway`.
    public var address: String

    /// Makes an entry.
    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}
