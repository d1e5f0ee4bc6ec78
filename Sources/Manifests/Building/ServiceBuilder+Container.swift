internal import Model

/// What one container of the service is.
extension ServiceBuilder {
    /// All that Docker fixes when it creates a container.
    mutating func container() -> ContainerSpec {
        var spec = ContainerSpec()
        spec.command = service["command"]?.strings
        spec.entrypoint = service["entrypoint"]?.strings
        let (environment, hostFiles) = environment()
        spec.environment = environment
        spec.hostEnvironmentFiles = hostFiles
        spec.labels = labels()
        spec.user = service["user"]?.string
        spec.workingDirectory = service["working_dir"]?.string
        spec.hostname = service["hostname"]?.string
        spec.domainname = service["domainname"]?.string
        spec.tty = service["tty"]?.boolean ?? false
        spec.stdinOpen = service["stdin_open"]?.boolean ?? false
        spec.stopSignal = service["stop_signal"]?.string
        spec.stopGracePeriod = service["stop_grace_period"]?.duration
        spec.healthCheck = healthCheck()
        spec.restart = restart()
        spec.mounts = mounts()
        spec.files = files(from: "configs") + files(from: "secrets") + filesOfMounts()
        spec.exposedPorts = exposedPorts()
        spec.network = network()
        spec.resources = limits()
        spec.readOnly = service["read_only"]?.boolean ?? false
        spec.initProcess = service["init"]?.boolean
        spec.groups = service["group_add"]?.strings ?? []
        spec.ulimits = ulimits()
        spec.sysctls = service["sysctls"]?.texts ?? [:]
        spec.logging = service["logging"].map {
            Logging(driver: $0["driver"]?.string, options: $0["options"]?.texts ?? [:])
        }
        spec.extraHosts = extraHosts()
        spec.dnsServers = service["dns"]?.strings ?? []
        spec.dnsSearch = service["dns_search"]?.strings ?? []
        spec.dnsOptions = service["dns_opt"]?.strings ?? []
        spec.sharedMemory = service["shm_size"]?.integer
        spec.platform = service["platform"]?.string
        spec.cgroupParent = service["cgroup_parent"]?.string
        spec.runtime = service["runtime"]?.string
        spec.oomScoreAdjustment = service["oom_score_adj"]?.integer.map { Int($0) }
        spec.annotations = service["annotations"]?.texts ?? [:]
        secure(&spec)
        return spec
    }

    private mutating func extraHosts() -> [ExtraHost] {
        (service["extra_hosts"]?.list ?? []).compactMap { value in
            let pair = KeyValueText(value.string ?? "")
            let address = pair.value ?? ""
            guard ExtraHostText.isAddress(address) else {
                let error = TextError(
                    "\(address.quoted) is neither an address nor host-gateway",
                    remedy: "write an IP address"
                )
                report(error, "extra_hosts.\(pair.key)", at: value)
                return nil
            }
            return ExtraHost(name: pair.key, address: address)
        }
    }

    private mutating func labels() -> [String: String] {
        for (name, value) in service["labels"]?.map ?? OrderedMap()
        where name.hasPrefix("berth.") || name.hasPrefix("com.docker.compose.") {
            report(
                TextError("labels of \(name.quoted)'s family are Berth's own", remedy: "rename it"),
                "labels.\(name)",
                at: value
            )
        }
        return service["labels"]?.texts ?? [:]
    }

    private func healthCheck() -> HealthCheck? {
        guard let value = service["healthcheck"] else { return nil }
        if value["disable"]?.boolean == true { return .disabled }
        let test = value["test"]?.strings
        let check = HealthCheck(
            // An empty test is no test of its own: the image's stays.
            test: test?.isEmpty == true ? nil : test,
            interval: value["interval"]?.duration,
            timeout: value["timeout"]?.duration,
            retries: value["retries"]?.integer.map { Int($0) },
            startPeriod: value["start_period"]?.duration,
            startInterval: value["start_interval"]?.duration
        )
        return check == HealthCheck() ? nil : check
    }

    /// `deploy.restart_policy` wins over `restart`, as in Compose.
    private mutating func restart() -> RestartPolicy {
        guard let policy = service["deploy"]?["restart_policy"], policy.map?.isEmpty == false else {
            let text = service["restart"]?.string ?? "no"
            return (try? RestartText.parse(text).policy) ?? .no
        }
        let attempts = policy["max_attempts"]?.integer.map { Int($0) }
        let condition = policy["condition"]?.string ?? "any"
        if condition == "on-failure" { return .onFailure(retries: attempts) }
        if attempts != nil {
            report(
                TextError(
                    "Docker counts attempts on failure only",
                    remedy: "write condition: on-failure, or remove max_attempts"
                ),
                "deploy.restart_policy.max_attempts",
                at: policy["max_attempts"]
            )
        }
        return condition == "none" ? .no : .always
    }

    private func ulimits() -> [String: Ulimit] {
        (service["ulimits"]?.map ?? OrderedMap()).reduce(into: [:]) { limits, entry in
            let single = entry.value.integer
            guard let soft = single ?? entry.value["soft"]?.integer,
                let hard = single ?? entry.value["hard"]?.integer
            else { return }
            limits[entry.key] = Ulimit(soft: soft, hard: hard)
        }
    }

    private mutating func limits() -> Resources {
        let limits = service["deploy"]?["resources"]?["limits"]
        let reservations = service["deploy"]?["resources"]?["reservations"]
        var resources = Resources()
        let cpus = agreed("cpus", "deploy.resources.limits.cpus", limits?["cpus"])
        resources.nanoCPUs = cpus?.decimal.map { Int64(($0 * 1_000_000_000).rounded()) }
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
        return resources
    }

    /// One of two keys that say the same; reports where they say different things.
    private mutating func agreed(
        _ key: String,
        _ other: String,
        _ deployed: ComposeValue?
    ) -> ComposeValue? {
        guard let own = service[key] else { return deployed }
        if let deployed, deployed != own {
            report(TextError("\(other) says something else", remedy: "remove one"), key, at: own)
        }
        return own
    }
}
