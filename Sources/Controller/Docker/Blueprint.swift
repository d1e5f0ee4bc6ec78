internal import Addresses
internal import Digests
internal import DockerEngine
internal import Model

/// What Docker is asked to make for one slot of a goal: the one place where a service's words
/// become the Engine API's (`POST /containers/create`).
struct Blueprint {
    let goal: Goal
    let slot: Int
    let generation: Int
    let desired: DesiredState
    let layout: HostLayout
    /// The `/etc/hosts` to mount; nil is the service's.
    var hostsFile: String?
    /// What Docker is to mount in place of paths of the host, as ``HostMounts`` found out.
    var sources: [String: HostMounts.Source] = [:]
    /// Networks that Docker has as internal, by name; manifests do not say it of external ones.
    var internalNetworks: Set<String> = []

    private var service: Service { goal.service }
    private var spec: ContainerSpec { goal.service.container }

    /// The slot's name, without a role.
    var base: String {
        service.containerName
            ?? ContainerName.base(
                environment: desired.environment,
                service: service.name,
                slot: slot
            )
    }

    /// The networks to join, the one that traffic comes through first.
    ///
    /// Docker forwards published ports on the network that gives the default route; that is the
    /// one of the highest gateway priority, then the first by name, internal ones excluded.
    var attachments: [NetworkAttachment] {
        guard case .networks(let attachments) = spec.network else { return [] }
        func rank(_ attachment: NetworkAttachment) -> (Int, Int, String) {
            let network = desired.networks[attachment.network]
            let name = layout.networkName(attachment.network, in: desired)
            let isInternal = network?.isInternal == true || internalNetworks.contains(name)
            return (isInternal ? 1 : 0, -attachment.gatewayPriority, name)
        }
        return attachments.sorted { rank($0) < rank($1) }
    }

    /// Whether all networks have to be in the call that makes the container: what these settings
    /// say is heard there alone.
    var joinsAllAtOnce: Bool {
        attachments.contains { $0.gatewayPriority != 0 }
            || attachments.dropFirst().contains { $0.macAddress != nil }
    }

    /// The body of the call, without addresses.
    func body() -> ContainerCreateBody {
        ContainerCreateBody(config: config(), hostConfig: hostConfig())
    }

    /// The body with the variables that files of the host give, as they are now.
    func bodyWithHostVariables() throws -> ContainerCreateBody {
        var body = body()
        body.config.env = try HostVariables.merged(
            into: body.config.env,
            from: spec.hostEnvironmentFiles,
            in: desired.grants.hostPaths
        )
        return body
    }

    /// How the container joins a network.
    func endpoint(
        _ attachment: NetworkAttachment,
        address: IPv4Address?,
        address6: IPv6Address? = nil
    ) -> EndpointSettings {
        var endpoint = EndpointSettings()
        endpoint.aliases = [service.name] + attachment.aliases + (spec.hostname.map { [$0] } ?? [])
        endpoint.macAddress = attachment.macAddress
        endpoint.driverOpts = attachment.driverOptions.nonEmpty
        endpoint.gwPriority = attachment.gatewayPriority == 0 ? nil : attachment.gatewayPriority
        endpoint.ipamConfig = EndpointIPAM(
            ipv4Address: attachment.ipv4Address ?? address?.description,
            ipv6Address: attachment.ipv6Address ?? address6?.description,
            linkLocalIPs: attachment.linkLocalAddresses.nonEmpty
        )
        return endpoint
    }

    // MARK: Config

    private func config() -> ContainerConfig {
        var config = ContainerConfig()
        config.image = goal.image.repository + "@\(goal.image.digest?.description ?? "")"
        config.cmd = spec.command
        config.entrypoint = spec.entrypoint.map { $0.isEmpty ? [""] : $0 }
        config.env =
            spec.environment.sorted { $0.key < $1.key }
            .map { name, value in value.map { "\(name)=\($0)" } ?? name }
            .nonEmpty
        config.labels = labels
        config.user = spec.user
        config.workingDir = spec.workingDirectory
        config.hostname = spec.hostname
        config.domainname = spec.domainname
        config.tty = spec.tty ? true : nil
        config.openStdin = spec.stdinOpen ? true : nil
        config.stopSignal = spec.stopSignal
        config.stopTimeout = spec.stopGracePeriod.map { Int(($0.milliseconds + 999) / 1_000) }
        config.healthcheck = spec.healthCheck.map(Self.healthCheck)
        let ports = Set(spec.exposedPorts).union(service.ports.map(\.target))
        config.exposedPorts = ports.isEmpty ? nil : NameSet(Set(ports.map(\.description)))
        let anonymous = spec.mounts.compactMap { mount in
            mount.isPlainAnonymousVolume ? mount.target : nil
        }
        config.volumes = anonymous.isEmpty ? nil : NameSet(Set(anonymous))
        return config
    }

    private var labels: [String: String] {
        var labels = spec.labels
        labels[Label.environment] = desired.environment
        labels[Label.service] = service.name
        labels[Label.slot] = "\(slot)"
        labels[Label.spec] = goal.spec.description
        labels[Label.version] = service.version ?? goal.image.tag ?? "latest"
        labels[Label.revision] = desired.revision.id
        labels[Label.generation] = "\(generation)"
        labels[Label.image] = goal.image.canonical
        labels[Label.base] = base
        labels[Label.names] = Label.namesByNetwork
        labels[Label.network] =
            spec.network == .bridge
            ? "bridge"
            : attachments.first.map { layout.networkName($0.network, in: desired) }
        labels[Label.composeProject] = Label.project(of: desired.environment)
        labels[Label.composeService] = service.name
        labels[Label.composeNumber] = "\(slot)"
        labels[Label.composeOneOff] = "False"
        return labels
    }

    private static func healthCheck(_ check: Model.HealthCheck) -> DockerEngine.HealthCheck {
        var words = DockerEngine.HealthCheck()
        words.test = check.test
        words.interval = check.interval?.nanoseconds
        words.timeout = check.timeout?.nanoseconds
        words.startPeriod = check.startPeriod?.nanoseconds
        words.startInterval = check.startInterval?.nanoseconds
        words.retries = check.retries
        return words
    }

    // MARK: HostConfig

    private func hostConfig() -> HostConfig {
        var host = HostConfig()
        host.networkMode = networkMode
        host.portBindings = portBindings
        host.restartPolicy = Self.restartPolicy(spec.restart)
        host.readonlyRootfs = spec.readOnly ? true : nil
        host.isInit = spec.initProcess
        host.privileged = spec.privileged ? true : nil
        host.capAdd = spec.addedCapabilities.nonEmpty
        host.capDrop = spec.droppedCapabilities.nonEmpty
        host.securityOpt = spec.securityOptions.nonEmpty
        host.groupAdd = spec.groups.nonEmpty
        host.sysctls = spec.sysctls.nonEmpty
        host.ulimits =
            spec.ulimits.sorted { $0.key < $1.key }
            .map { DockerEngine.Ulimit(name: $0.key, soft: $0.value.soft, hard: $0.value.hard) }
            .nonEmpty
        host.logConfig = spec.logging.map { logging in
            LogConfig(type: logging.driver, config: logging.options.nonEmpty)
        }
        host.dns = spec.dnsServers.nonEmpty
        host.dnsSearch = spec.dnsSearch.nonEmpty
        host.dnsOptions = spec.dnsOptions.nonEmpty
        host.shmSize = spec.sharedMemory
        host.devices =
            spec.devices.map { device in
                DeviceMapping(
                    pathOnHost: device.source,
                    pathInContainer: device.target,
                    cgroupPermissions: device.permissions
                )
            }.nonEmpty
        host.ipcMode = spec.ipcMode
        host.pidMode = spec.pidMode
        host.usernsMode = spec.userNamespaceMode
        host.cgroupParent = spec.cgroupParent
        host.runtime = spec.runtime
        host.oomScoreAdj = spec.oomScoreAdjustment
        host.annotations = spec.annotations.nonEmpty
        // Where Docker writes /etc/hosts itself, extra names are its business, too.
        if attachments.isEmpty {
            host.extraHosts = spec.extraHosts.map { "\($0.name):\($0.address)" }.nonEmpty
        }
        add(spec.resources, to: &host)
        addMounts(to: &host)
        return host
    }

    private var networkMode: String {
        switch spec.network {
        case .networks:
            attachments.first.map { layout.networkName($0.network, in: desired) } ?? "none"
        case .host: "host"
        case .bridge: "bridge"
        case .none: "none"
        }
    }

    /// Docker only forwards to a container's port that it has published itself, so each target is
    /// published once more where nobody but this host gets at it.
    private var portBindings: [String: [PortBinding]?]? {
        guard spec.network != .host, spec.network != .none else { return nil }
        var bindings: [String: [PortBinding]?] = [:]
        for port in service.ports {
            let key = port.target.description
            let address = port.published == nil ? port.hostAddress ?? "" : "127.0.0.1"
            let binding = PortBinding(hostIp: address, hostPort: "")
            if let known = bindings[key], known?.contains(binding) == true { continue }
            bindings[key] = ((bindings[key] ?? nil) ?? []) + [binding]
        }
        return bindings.isEmpty ? nil : bindings
    }

    private static func restartPolicy(_ policy: Model.RestartPolicy) -> DockerEngine.RestartPolicy {
        switch policy {
        case .no: .init(name: "no")
        case .always: .init(name: "always")
        case .unlessStopped: .init(name: "unless-stopped")
        case .onFailure(let retries): .init(name: "on-failure", maximumRetryCount: retries)
        }
    }

    private func add(_ resources: Resources, to host: inout HostConfig) {
        host.nanoCpus = resources.nanoCPUs
        host.memory = resources.memory
        host.memorySwap = resources.memorySwap
        host.memorySwappiness = resources.memorySwappiness
        host.memoryReservation = resources.memoryReservation
        host.pidsLimit = resources.pids
        host.cpuShares = resources.cpuShares
        host.cpuQuota = resources.cpuQuota
        host.cpuPeriod = resources.cpuPeriod
        host.cpusetCpus = resources.cpuset
        host.oomKillDisable = resources.disablesOOMKiller
    }

    // MARK: Mounts

    private func addMounts(to host: inout HostConfig) {
        var binds: [String] = []
        var mounts: [MountSpec] = []
        if !attachments.isEmpty {
            let path = hostsFile ?? layout.hostsFile(of: service.name, in: desired.environment)
            binds.append("\(path):/etc/hosts:ro")
        }
        for mount in spec.mounts {
            switch mount.source {
            case .bind(let path, let options)
            where options.createHostPath && options.recursive == nil && !isHeld(path):
                let words = [mount.readOnly ? "ro" : nil, options.selinux, options.propagation]
                binds.append(Self.bind(sources[path]?.path ?? path, mount, words))
            case .bind(let path, var options):
                // What is held is there, or must not be replaced by an empty folder.
                if isHeld(path) { options.createHostPath = false }
                mounts.append(Self.mount(sources[path]?.path ?? path, mount, options))
            case .volume(let key, let options) where options.selinux != nil:
                let words = [
                    mount.readOnly ? "ro" : nil, options.selinux, options.noCopy ? "nocopy" : nil,
                ]
                binds.append(Self.bind(desired.volumeName(key), mount, words))
            case .volume(let key, let options):
                mounts.append(
                    MountSpec(
                        type: "volume",
                        source: desired.volumeName(key),
                        target: mount.target,
                        readOnly: mount.readOnly ? true : nil,
                        volumeOptions: .init(
                            noCopy: options.noCopy ? true : nil,
                            subpath: options.subpath
                        )
                    )
                )
            case .anonymousVolume where mount.isPlainAnonymousVolume:
                break
            case .anonymousVolume(let options):
                mounts.append(
                    MountSpec(
                        type: "volume",
                        target: mount.target,
                        volumeOptions: .init(noCopy: options.noCopy ? true : nil)
                    )
                )
            case .tmpfs(let size, let mode):
                mounts.append(
                    MountSpec(
                        type: "tmpfs",
                        target: mount.target,
                        readOnly: mount.readOnly ? true : nil,
                        tmpfsOptions: .init(sizeBytes: size, mode: mode)
                    )
                )
            }
        }
        for file in spec.files {
            let source: String =
                switch file.source {
                case .commit(let digest): layout.contentFile(digest, mode: file.mode).path
                case .host(let path): sources[path]?.path ?? path
                }
            mounts.append(
                MountSpec(type: "bind", source: source, target: file.target, readOnly: true)
            )
        }
        host.binds = binds.nonEmpty
        host.mounts = mounts.nonEmpty
    }

    private func isHeld(_ path: String) -> Bool { sources[path]?.isHeld ?? false }

    /// The old form, which makes the directory on the host (`Mounts` learnt that with API 1.42),
    /// and is the only one that has SELinux's labels.
    private static func bind(_ source: String, _ mount: Mount, _ words: [String?]) -> String {
        let words = words.compactMap(\.self)
        let suffix = words.isEmpty ? "" : ":" + words.joined(separator: ",")
        return "\(source):\(mount.target)\(suffix)"
    }

    private static func mount(
        _ path: String,
        _ mount: Mount,
        _ options: Model.BindOptions
    ) -> MountSpec {
        MountSpec(
            type: "bind",
            source: path,
            target: mount.target,
            readOnly: mount.readOnly ? true : nil,
            bindOptions: .init(
                propagation: options.propagation,
                nonRecursive: options.recursive == "disabled" ? true : nil,
                createMountpoint: options.createHostPath ? true : nil,
                readOnlyNonRecursive: options.recursive == "writable" ? true : nil,
                readOnlyForceRecursive: options.recursive == "readonly" ? true : nil
            )
        )
    }
}

extension Mount {
    /// A volume without a name and without options, as an image declares them, too.
    fileprivate var isPlainAnonymousVolume: Bool {
        source == .anonymousVolume(VolumeOptions())
    }
}

extension Collection {
    /// Nil instead of nothing, for fields that are left out when they are empty.
    var nonEmpty: Self? { isEmpty ? nil : self }
}
