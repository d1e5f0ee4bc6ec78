/// Limits and reservations of a container (Compose `deploy.resources`, `mem_limit`, `cpus`, …).
package struct Resources: Hashable, Sendable, Encodable {
    /// Billionths of a processor.
    package var nanoCPUs: Int64?
    /// Bytes.
    package var memory: Int64?
    /// Bytes of memory and swap together; -1 is without limit.
    package var memorySwap: Int64?
    /// Bytes that the kernel tries to leave to it.
    package var memoryReservation: Int64?
    /// 0 to 100.
    package var memorySwappiness: Int64?
    /// Processes and threads; -1 is without limit.
    package var pids: Int64?
    /// Relative weight, 1024 is the default.
    package var cpuShares: Int64?
    /// Microseconds per period.
    package var cpuQuota: Int64?
    /// Microseconds.
    package var cpuPeriod: Int64?
    /// Processors it may use, as `0-3,5`.
    package var cpuset: String?
    /// Keeps the kernel from killing it when memory ends.
    package var disablesOOMKiller: Bool?

    /// No limits, no reservations.
    package init() {}
}

/// A kernel limit per process (Compose `ulimits`).
package struct Ulimit: Hashable, Sendable, Encodable {
    /// What a process gets.
    package var soft: Int64
    /// What it may raise that to.
    package var hard: Int64

    /// Makes a limit.
    package init(soft: Int64, hard: Int64) {
        self.soft = soft
        self.hard = hard
    }
}

/// Where a container's output goes (Compose `logging`).
package struct Logging: Hashable, Sendable, Encodable {
    /// The driver's name; nil is the daemon's.
    package var driver: String?
    /// Options for the driver.
    package var options: [String: String]

    /// Makes a log configuration.
    package init(driver: String?, options: [String: String] = [:]) {
        self.driver = driver
        self.options = options
    }
}

/// One name of `/etc/hosts` (Compose `extra_hosts`).
package struct ExtraHost: Hashable, Sendable, Encodable {
    /// The name to resolve.
    package var name: String
    /// An address, or `host-gateway`.
    package var address: String

    /// Makes an entry.
    package init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}
