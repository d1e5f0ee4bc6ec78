internal import Model

/// What one container of the service is.
extension ServiceBuilder {
    mutating func container(with environment: Environment) -> ContainerSpec {
        var spec = ContainerSpec()
        spec.command = service["command"]?.strings
        spec.entrypoint = service["entrypoint"]?.strings
        spec.environment = environment.variables.mapValues(Optional.some)
        spec.hostEnvironmentFiles = environment.hostFiles
        spec.labels = service["labels"]?.texts ?? [:]
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
        spec.sysctls = sysctls()
        spec.logging = logging()
        spec.extraHosts = extraHosts()
        spec.dnsServers = service["dns"]?.strings ?? []
        spec.dnsSearch = service["dns_search"]?.strings ?? []
        spec.dnsOptions = service["dns_opt"]?.strings ?? []
        spec.sharedMemory = service["shm_size"]?.integer
        spec.platform = service["platform"]?.string
        spec.cgroupParent = service["cgroup_parent"]?.string
        spec.runtime = service["runtime"]?.string
        spec.oomScoreAdjustment = oomScoreAdjustment()
        spec.annotations = service["annotations"]?.texts ?? [:]
        problems.checkLabels(of: service.value, field: "services.\(service.name)")
        secure(&spec)
        checkTargets(on: spec.network)
        return spec
    }

    private mutating func extraHosts() -> [ExtraHost] {
        (service["extra_hosts"]?.list ?? []).compactMap { value in
            let pair = KeyValueText(value.string ?? "")
            let address = pair.value ?? ""
            checkHostName(pair.key, "extra_hosts.\(pair.key)", at: value)
            guard ExtraHostText.isAddress(address) else {
                let error = TextError("\(address.quoted) is neither an address nor host-gateway")
                    .with(remedy: "write an IP address")
                report(error, "extra_hosts.\(pair.key)", at: value)
                return nil
            }
            return ExtraHost(name: pair.key, address: address)
        }
    }

    /// Reports what would be no name, or several, in a line of a hosts file.
    mutating func checkHostName(_ name: String, _ key: String, at value: ComposeValue) {
        do {
            _ = try HostNameText.check(name)
        } catch {
            report(error, key, at: value)
        }
    }

    private mutating func healthCheck() -> HealthCheck? {
        guard let value = service["healthcheck"] else { return nil }
        if value["disable"]?.boolean == true { return .disabled }
        for key in ["interval", "timeout", "start_period", "start_interval"] {
            guard let duration = value[key]?.duration, duration != .zero,
                duration < .milliseconds(1)
            else { continue }
            let error = TextError("Docker takes no less than 1ms", remedy: "write 1ms or more")
            report(error, "healthcheck.\(key)", at: value[key])
        }
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
            return (try? RestartText.parse(text)) ?? .no
        }
        guard policy.isReadable else { return .no }
        let attempts = policy["max_attempts"]?.integer.map { Int($0) }
        let condition = policy["condition"]?.string ?? "any"
        if condition == "on-failure" { return .onFailure(retries: attempts) }
        if attempts != nil {
            let error = TextError("Docker counts attempts on failure only")
                .with(remedy: "write condition: on-failure, or remove max_attempts")
            report(error, "deploy.restart_policy.max_attempts", at: policy["max_attempts"])
        }
        return condition == "none" ? .no : .always
    }
}
