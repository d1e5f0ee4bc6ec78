internal import Model

/// The keys of one service (Compose specification, `services`), each taken or refused by name.
enum ServiceKeys {
    static let keys = container + image + lifecycle + network + storage + limits + refused

    static let shape = ObjectShape(keys)

    private static let image = [
        Key("image", StringShape(check: checkImage))
            .about("The image; registry and tag may come from the environment"),
        Key(
            "pull_policy",
            StringShape(check: PullPolicyText.canonical),
            "When the registry is asked: always, missing, never, daily, weekly, every_<duration>"
        ),
        Key("platform", StringShape(), "The platform to choose from the image, as linux/arm64"),
    ]

    private static let container = [
        Key("command", CommandShape(), "Replaces the image's command"),
        Key("entrypoint", CommandShape(), "Replaces the image's entry point and drops its command"),
        Key("environment", KeyValueShape.environment, "Variables of the container"),
        Key("env_file", EnvFileShape(), "Files of variables; environment wins over them"),
        Key("labels", KeyValueShape.labels, "Labels of the container"),
        Key("annotations", KeyValueShape.labels, "Annotations for the OCI runtime"),
        Key("user", StringShape(), "uid, uid:gid, or names"),
        Key("working_dir", folder, "The directory the command starts in"),
        Key("hostname", StringShape(check: HostNameText.checkOwn))
            .about("The name the container has for itself"),
        Key("domainname", StringShape(check: HostNameText.checkOwn))
            .about("The domain the container has for itself"),
        Key("container_name", StringShape(check: checkContainerName), "A fixed name"),
        Key("tty", BooleanShape(dropsFalse: true), "Gives the command a terminal"),
        Key("stdin_open", BooleanShape(dropsFalse: true), "Keeps standard input open"),
        Key("init", BooleanShape(), "Runs an init process as PID 1"),
        Key("read_only", BooleanShape(dropsFalse: true), "Mounts the root file system read-only"),
        Key("privileged", BooleanShape(dropsFalse: true))
            .about("All capabilities and devices of the host"),
        Key("cap_add", capabilities, "Capabilities to add"),
        Key("cap_drop", capabilities, "Capabilities to take away"),
        Key(
            "security_opt",
            // A profile may stand here in full.
            ListShape(element: StringShape(characters: .anyButNull)),
            "Security options"
        ),
        Key("group_add", ListShape(element: ScalarShape(allowsBoolean: false)))
            .about("More groups of the user"),
        Key("sysctls", KeyValueShape.sysctls, "Kernel parameters of the container"),
        Key("ulimits", MapShape(value: UlimitShape(), checkName: UlimitShape.checkName))
            .about("Kernel limits per process"),
        Key("logging", LoggingKeys.shape, "Where the output goes"),
        Key("ipc", StringShape.choice(["host", "private", "shareable", "none"]), "IPC namespace"),
        Key("pid", StringShape.choice(["host"]), "PID namespace"),
        Key("userns_mode", StringShape.choice(["host"]), "User namespace"),
        Key("cgroup_parent", StringShape(), "The parent cgroup"),
        Key("runtime", StringShape(), "The OCI runtime"),
        Key("devices", ListShape(element: DeviceShape()), "Devices of the host"),
    ]

    private static let capabilities = ListShape(element: StringShape(check: CapabilityText.check))

    private static let lifecycle = [
        Key("healthcheck", HealthCheckKeys.shape, "How Docker finds out whether it is healthy"),
        Key("restart", StringShape(check: RestartText.check))
            .about("When Docker starts it again: no, always, on-failure[:n], unless-stopped"),
        Key("stop_signal", StringShape(check: SignalText.check))
            .about("The signal that asks the command to end"),
        Key("stop_grace_period", DurationShape(), "The time between that signal and SIGKILL"),
        Key("depends_on", DependsOnShape(), "What must be ready first"),
        Key("deploy", DeployKeys.shape, "Replicas, updates, limits"),
        Key("scale", IntegerShape(range: 0...1_000), "The same as deploy.replicas"),
        Key("profiles", ListShape.texts, "For Compose; environments list services"),
        Key("x-berth", BerthKeys.shape, "What only Berth knows: readiness and draining"),
    ]

    private static let network = [
        Key("ports", PortsShape(), "Ports of the host that are routed here"),
        Key("expose", ListShape(element: expose), "Ports for other services"),
        Key("networks", ServiceNetworksShape(), "Networks it joins"),
        Key("network_mode", StringShape(check: checkNetworkMode), "host, bridge or none"),
        Key("extra_hosts", ExtraHostsShape(), "More lines of /etc/hosts"),
        Key(
            "dns",
            ListShape(element: StringShape.address(IPAddressText.isAddress), allowsSingle: true),
            "DNS servers"
        ),
        Key("dns_search", ListShape(element: StringShape(), allowsSingle: true), "DNS domains"),
        Key("dns_opt", ListShape.texts, "Resolver options"),
    ]

    private static let storage = [
        Key("volumes", VolumesShape(), "Paths and volumes it sees"),
        Key("tmpfs", ListShape(element: StringShape(check: checkTmpfs), allowsSingle: true))
            .about("Directories in memory"),
        Key("configs", FileReferencesShape(), "Files mounted read-only"),
        Key("secrets", FileReferencesShape(defaultTarget: "/run/secrets/"), "Secret files"),
        Key("shm_size", BytesShape(), "The size of /dev/shm"),
    ]

    private static let limits = [
        Key("cpus", DecimalShape(), "Processors"),
        Key("cpu_shares", IntegerShape(range: 0...262_144, dropsZero: true), "Relative weight"),
        Key("cpu_quota", IntegerShape(range: -1...Int64.max, dropsZero: true))
            .about("Microseconds per period"),
        Key("cpu_period", IntegerShape(range: 0...1_000_000, dropsZero: true), "Microseconds"),
        Key("cpuset", StringShape(), "Processors it may use, as 0-3,5"),
        Key("mem_limit", BytesShape(), "The most memory"),
        Key("mem_reservation", BytesShape(), "Memory that is reserved for it"),
        Key("memswap_limit", BytesShape(allowsUnlimited: true), "Memory and swap together"),
        Key("mem_swappiness", IntegerShape(range: 0...100), "0 to 100"),
        Key("pids_limit", IntegerShape(range: -1...Int64.max, dropsZero: true))
            .about("Processes and threads"),
        Key("oom_score_adj", IntegerShape(range: -1_000...1_000, dropsZero: true), "-1000 to 1000"),
        Key("oom_kill_disable", BooleanShape(dropsFalse: true), "Keeps the kernel from killing it"),
    ]

    @Sendable private static func checkImage(_ text: String) throws(TextError) -> String {
        guard !text.isEmpty else {
            throw TextError("the image is empty", remedy: "name it, or take the service out")
        }
        return text
    }

    @Sendable private static func checkContainerName(_ text: String) throws(TextError) -> String {
        let isName =
            text.utf8.count >= 2
            && text.utf8.allSatisfy {
                $0.continuesName || $0 == 0x2E || $0 == 0x2D
            }
        guard isName, let first = text.first, first.isLetter || first.isNumber else {
            throw TextError("\(text.quoted) is not a container's name")
                .with(remedy: "use letters, digits, dots, underscores and hyphens, a letter first")
        }
        guard !DockerNameText.isID(text) else {
            throw TextError("\(text.quoted) is an id to Docker, which comes before names")
                .with(remedy: "choose a name that is not 64 hexadecimal digits")
        }
        guard !ContainerName.endsInRole(text) else {
            throw TextError(
                "\(text.quoted) ends like the names of containers that are being replaced"
            )
            .with(remedy: "do not end it in .g, .old, .off or .bad with a number")
        }
        return text
    }

    private static let folder = StringShape.matching(
        "is not an absolute path",
        remedy: "start it with /"
    ) { $0.isEmpty || $0.hasPrefix("/") }

    @Sendable private static func checkNetworkMode(_ text: String) throws(TextError) -> String {
        if ["host", "none", "bridge"].contains(text) { return text }
        guard text.hasPrefix("service:") || text.hasPrefix("container:") else {
            throw TextError("\(text.quoted) is not a network mode")
                .with(remedy: "write host, none or bridge, or list networks:")
        }
        throw TextError(
            "the network of another container cannot be shared: it is replaced with each update",
            remedy: "join the same network with networks:"
        )
    }

    @Sendable private static func checkTmpfs(_ text: String) throws(TextError) -> String {
        _ = try TmpfsText(text)
        return text
    }

    private static let expose = ScalarShape.number { text throws(TextError) in
        _ = try ExposeText.parse(text)
    }
}
