internal import Model

/// What a container may use of the host, and what Docker and the kernel would refuse of it.
extension ServiceBuilder {
    mutating func limits() -> Resources {
        let limits = service["deploy"]?["resources"]?["limits"]
        let reservations = service["deploy"]?["resources"]?["reservations"]
        var resources = Resources()
        let cpus = agreed("cpus", "deploy.resources.limits.cpus", limits?["cpus"])
        resources.nanoCPUs = cpus?.decimal.map { Int64(($0 * 1_000_000_000).rounded()) }
        if let cpus, let number = cpus.decimal, number > 0, number < 0.01 {
            let key = service["cpus"] == nil ? "deploy.resources.limits.cpus" : "cpus"
            let error = TextError("it is less than 0.01, which Docker refuses")
                .with(remedy: "write 0.01")
            report(error, key, at: cpus)
        }
        resources.memory =
            agreed("mem_limit", "deploy.resources.limits.memory", limits?["memory"])?.integer
        resources.pids =
            agreed("pids_limit", "deploy.resources.limits.pids", limits?["pids"])?.integer
        let reserved = "deploy.resources.reservations.memory"
        resources.memoryReservation =
            agreed("mem_reservation", reserved, reservations?["memory"])?.integer
        resources.memorySwap = service["memswap_limit"]?.integer
        resources.memorySwappiness = service["mem_swappiness"]?.integer
        resources.cpuShares = service["cpu_shares"]?.integer
        resources.cpuQuota = service["cpu_quota"]?.integer
        resources.cpuPeriod = service["cpu_period"]?.integer
        resources.cpuset = service["cpuset"]?.string
        resources.disablesOOMKiller = service["oom_kill_disable"]?.boolean
        checkMemory(resources)
        checkProcessors(resources)
        if resources.disablesOOMKiller == true { requirePriority("oom_kill_disable") }
        return resources
    }

    /// One of two keys that say the same; reports where they say different things.
    private mutating func agreed(
        _ key: String,
        _ other: String,
        _ deployed: ComposeValue?
    ) -> ComposeValue? {
        guard let own = service[key] else { return deployed }
        if let deployed, deployed != own, own.isReadable, deployed.isReadable {
            report(TextError("\(other) has another value", remedy: "remove one"), key, at: own)
        }
        return own
    }

    /// As dockerd does (moby, `daemon_unix.go`, `verifyPlatformContainerResources`).
    private mutating func checkMemory(_ resources: Resources) {
        let least: Int64 = 6 << 20
        let own = service["mem_limit"] == nil ? "deploy.resources.limits.memory" : "mem_limit"
        if let memory = resources.memory, memory < least {
            let error = TextError("it is less than 6m, which Docker refuses")
                .with(remedy: "write 6m or more")
            report(error, own)
        }
        if let swap = resources.memorySwap, swap > 0 {
            guard let memory = resources.memory else {
                guard service["mem_limit"]?.isReadable != false,
                    service["deploy"]?.isReadable != false
                else { return }
                let error = TextError("it needs a limit of memory", remedy: "add mem_limit")
                return report(error, "memswap_limit")
            }
            if swap < memory {
                let error = TextError("it is less than the limit of memory, which it includes")
                    .with(remedy: "write as much at least")
                report(error, "memswap_limit")
            }
        }
        if let reserved = resources.memoryReservation, reserved > resources.memory ?? .max {
            let error = TextError("more is reserved than the limit allows", remedy: "lower it")
            report(
                error,
                service["mem_reservation"] == nil
                    ? "deploy.resources.reservations.memory" : "mem_reservation"
            )
        }
    }

    private mutating func checkProcessors(_ resources: Resources) {
        for (key, value) in [
            ("cpu_quota", resources.cpuQuota), ("cpu_period", resources.cpuPeriod),
        ] {
            guard let value else { continue }
            if resources.nanoCPUs ?? 0 != 0 {
                report(TextError("cpus sets the same limit", remedy: "remove one"), key)
            }
            if (1..<1_000).contains(value) {
                let error = TextError("\(value) is less than 1000, which Docker refuses")
                    .with(remedy: "write 1000 or more")
                report(error, key)
            }
        }
        guard let cpuset = resources.cpuset, !Self.isList(cpuset) else { return }
        let error = TextError("\(cpuset.quoted) is not a list of processors", remedy: "write 0-3,5")
        report(error, "cpuset")
    }

    /// Whether a text is numbers and ranges with commas between them.
    private static func isList(_ text: String) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil else {
                return false
            }
            return first >= 0 && first <= last && last < 8_192
        }
    }

    /// Kernel limits per process; those that let it run before others need a grant.
    mutating func ulimits() -> [String: Ulimit] {
        (service["ulimits"]?.map ?? OrderedMap()).reduce(into: [:]) { limits, entry in
            let single = entry.value.integer
            guard let soft = single ?? entry.value["soft"]?.integer,
                let hard = single ?? entry.value["hard"]?.integer
            else { return }
            if hard >= 0, soft > hard || soft < 0 {
                let error = TextError("the soft limit is above the hard one", remedy: "swap them")
                report(error, "ulimits.\(entry.key)", at: entry.value)
            }
            if ["nice", "rtprio"].contains(entry.key) {
                requirePriority("ulimits.\(entry.key)", at: entry.value)
            }
            limits[entry.key] = Ulimit(soft: soft, hard: hard)
        }
    }

    /// Below zero the kernel ends other processes of the host first.
    mutating func oomScoreAdjustment() -> Int? {
        let value = service["oom_score_adj"]?.integer.map { Int($0) }
        if let value, value < 0 { requirePriority("oom_score_adj") }
        return value
    }

    private mutating func requirePriority(_ key: String, at value: ComposeValue? = nil) {
        guard !policy.priority.contains(service.name), let value = value ?? service[key] else {
            return
        }
        refuse("\(key) would take priority over the host's own processes", key, "priority", value)
    }

    /// Kernel parameters of the container's own namespaces; any other is the whole host's, and
    /// runc refuses it (opencontainers/runc, `libcontainer/configs/validate`).
    mutating func sysctls() -> [String: String] {
        let mode = service["network_mode"]?.string
        for (name, value) in service["sysctls"]?.map ?? OrderedMap() {
            let dotted = name.replacing("/", with: ".")
            let isOfMessages =
                Self.messageParameters.contains(dotted) || dotted.hasPrefix("fs.mqueue.")
            let isOwn =
                isOfMessages || dotted.hasPrefix("net.") || dotted == "kernel.domainname"
            guard isOwn, !dotted.contains("..") else {
                let error = TextError("\(name.quoted) is a parameter of the whole host")
                    .with(remedy: "set it on the host")
                report(error, "sysctls.\(name)", at: value)
                continue
            }
            let key = isOfMessages ? "ipc" : "network_mode"
            let isOfHost = isOfMessages ? service["ipc"]?.string == "host" : mode == "host"
            guard isOfHost, dotted != "kernel.domainname" else { continue }
            let error = TextError("\(name.quoted) is the host's with \(key): host")
                .with(remedy: "remove it, or set it on the host")
            report(error, "sysctls.\(name)", at: value)
        }
        return service["sysctls"]?.texts ?? [:]
    }

    private static let messageParameters: Set<String> = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall",
        "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ]
}
