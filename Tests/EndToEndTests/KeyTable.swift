/// Services that together use every key of the manifest reference, and where Docker shows each.
///
/// `@HOST@` stands for a folder of the host, `@STATE@` for the state directory, and `@GROUP@` for
/// the daemon's own control group.
enum KeyTable {
    /// A service, and what `docker inspect` has to say of its container because of its keys.
    struct Group {
        /// The service's name.
        var name: String
        /// The service's keys in the manifest, without indentation.
        var settings: String
        var rows: [Row]
    }

    /// One key, and the place and value by which Docker shows that it was honoured.
    struct Row {
        /// The keys as the schema nests them; several where one place shows them all.
        var keys: [String]
        /// Words that lead there: a field's name, or `Field=value` for the list's element with it.
        var place: String
        /// The value as JSON; of a list, one element is enough.
        var shows: String
        /// The object that is looked at; the service's first container unless said otherwise.
        var subject: String?

        init(_ keys: String..., at place: String, shows: String, of subject: String? = nil) {
            self.keys = keys
            self.place = place
            self.shows = shows
            self.subject = subject
        }
    }

    /// A key that only newer daemons know, and that has to be refused by others.
    struct Newer {
        var key: String
        var name: String
        var settings: String
        /// The first version of the Engine API that knows it.
        var api: (Int, Int)
        /// What older ones are said to lack.
        var feature: String
        var place: String
        var shows: String
    }

    static let groups =
        [program, health, unchecked, limits, quota, deployed, scaled, rights, spaces]
        + [joined, members, bridged, hosted, alone, storage, fixed]

    // MARK: Programs

    private static let program = Group(
        name: "program",
        settings: """
            entrypoint: [/bin/busybox, sleep]
            command: [3600s]
            environment: { FIRST: "1.10" }
            env_file: [{ path: "@HOST@/vars" }, vars, { path: raw, format: raw },
              { path: none, required: false }]
            user: "1000:1000"
            working_dir: /app
            hostname: inside
            domainname: example.org
            tty: true
            stdin_open: true
            init: true
            stop_signal: SIGQUIT
            stop_grace_period: 6s500ms
            restart: on-failure:4
            labels: { com.example.team: core }
            logging: { driver: local, options: { max-size: 1m } }
            platform: linux/amd64
            """,
        rows: [
            Row("services.image", at: "Config Labels berth.version", shows: #""1.0.0""#),
            Row(
                "services.entrypoint",
                at: "Config Entrypoint",
                shows: #"["/bin/busybox","sleep"]"#
            ),
            Row("services.command", at: "Config Cmd", shows: #"["3600s"]"#),
            Row("services.environment", at: "Config Env", shows: #""FIRST=1.10""#),
            Row("services.env_file.path", at: "Config Env", shows: #""OF_COMMIT=yes""#),
            Row("services.env_file.path", at: "Config Env", shows: #""OF_HOST=yes""#),
            Row("services.env_file.format", at: "Config Env", shows: #""RAW='a b'""#),
            Row("services.user", at: "Config User", shows: #""1000:1000""#),
            Row("services.working_dir", at: "Config WorkingDir", shows: #""/app""#),
            Row("services.hostname", at: "Config Hostname", shows: #""inside""#),
            Row("services.domainname", at: "Config Domainname", shows: #""example.org""#),
            Row("services.tty", at: "Config Tty", shows: "true"),
            Row("services.stdin_open", at: "Config OpenStdin", shows: "true"),
            Row("services.init", at: "HostConfig Init", shows: "true"),
            Row("services.stop_signal", at: "Config StopSignal", shows: #""SIGQUIT""#),
            Row("services.stop_grace_period", at: "Config StopTimeout", shows: "7"),
            Row(
                "services.restart",
                at: "HostConfig RestartPolicy",
                shows: #"{"MaximumRetryCount":4,"Name":"on-failure"}"#
            ),
            Row("services.labels", at: "Config Labels com.example.team", shows: #""core""#),
            Row("services.logging.driver", at: "HostConfig LogConfig Type", shows: #""local""#),
            Row(
                "services.logging.options",
                at: "HostConfig LogConfig Config max-size",
                shows: #""1m""#
            ),
        ]
    )

    private static let health = Group(
        name: "health",
        settings: """
            healthcheck:
              { test: [CMD, /app/healthcheck], interval: 500ms, timeout: 2s, retries: 4,
                start_period: 9s }
            """,
        rows: [
            Row(
                "services.healthcheck.test",
                at: "Config Healthcheck Test",
                shows: #"["CMD","/app/healthcheck"]"#
            ),
            Row(
                "services.healthcheck.interval",
                at: "Config Healthcheck Interval",
                shows: "500000000"
            ),
            Row(
                "services.healthcheck.timeout",
                at: "Config Healthcheck Timeout",
                shows: "2000000000"
            ),
            Row("services.healthcheck.retries", at: "Config Healthcheck Retries", shows: "4"),
            Row(
                "services.healthcheck.start_period",
                at: "Config Healthcheck StartPeriod",
                shows: "9000000000"
            ),
        ]
    )

    private static let unchecked = Group(
        name: "unchecked",
        settings: "healthcheck: { disable: true }",
        rows: [
            Row(
                "services.healthcheck.disable",
                at: "Config Healthcheck Test",
                shows: #"["NONE"]"#
            )
        ]
    )

    // MARK: Limits

    private static let limits = Group(
        name: "limits",
        settings: """
            cpus: 0.5
            cpu_shares: 512
            cpuset: "0"
            mem_limit: 64m
            mem_reservation: 32m
            memswap_limit: 128m
            mem_swappiness: 10
            pids_limit: 100
            oom_score_adj: 10
            oom_kill_disable: true
            shm_size: 32m
            ulimits: { nofile: { soft: 1000, hard: 2000 }, core: 0 }
            """,
        rows: [
            Row("services.cpus", at: "HostConfig NanoCpus", shows: "500000000"),
            Row("services.cpu_shares", at: "HostConfig CpuShares", shows: "512"),
            Row("services.cpuset", at: "HostConfig CpusetCpus", shows: #""0""#),
            Row("services.mem_limit", at: "HostConfig Memory", shows: "67108864"),
            Row("services.mem_reservation", at: "HostConfig MemoryReservation", shows: "33554432"),
            Row("services.memswap_limit", at: "HostConfig MemorySwap", shows: "134217728"),
            Row("services.mem_swappiness", at: "HostConfig MemorySwappiness", shows: "10"),
            Row("services.pids_limit", at: "HostConfig PidsLimit", shows: "100"),
            Row("services.oom_score_adj", at: "HostConfig OomScoreAdj", shows: "10"),
            Row("services.oom_kill_disable", at: "HostConfig OomKillDisable", shows: "true"),
            Row("services.shm_size", at: "HostConfig ShmSize", shows: "33554432"),
            Row(
                "services.ulimits.soft",
                "services.ulimits.hard",
                at: "HostConfig Ulimits",
                shows: #"{"Hard":2000,"Name":"nofile","Soft":1000}"#
            ),
            Row(
                "services.ulimits",
                at: "HostConfig Ulimits",
                shows: #"{"Hard":0,"Name":"core","Soft":0}"#
            ),
        ]
    )

    private static let quota = Group(
        name: "quota",
        settings: """
            cpu_quota: 50000
            cpu_period: 200000
            """,
        rows: [
            Row("services.cpu_quota", at: "HostConfig CpuQuota", shows: "50000"),
            Row("services.cpu_period", at: "HostConfig CpuPeriod", shows: "200000"),
        ]
    )

    private static let deployed = Group(
        name: "deployed",
        settings: """
            deploy:
              mode: replicated
              replicas: 2
              resources:
                limits: { cpus: "0.25", memory: 48m, pids: 90 }
                reservations: { memory: 24m }
              restart_policy: { condition: on-failure, max_attempts: 3 }
            """,
        rows: [
            Row(
                "services.deploy.replicas",
                at: "Name",
                shows: #""/prod-deployed-2""#,
                of: "prod-deployed-2"
            ),
            Row(
                "services.deploy.resources.limits.cpus",
                at: "HostConfig NanoCpus",
                shows: "250000000"
            ),
            Row(
                "services.deploy.resources.limits.memory",
                at: "HostConfig Memory",
                shows: "50331648"
            ),
            Row("services.deploy.resources.limits.pids", at: "HostConfig PidsLimit", shows: "90"),
            Row(
                "services.deploy.resources.reservations.memory",
                at: "HostConfig MemoryReservation",
                shows: "25165824"
            ),
            Row(
                "services.deploy.restart_policy.condition",
                "services.deploy.restart_policy.max_attempts",
                at: "HostConfig RestartPolicy",
                shows: #"{"MaximumRetryCount":3,"Name":"on-failure"}"#
            ),
        ]
    )

    private static let scaled = Group(
        name: "scaled",
        settings: "scale: 2",
        rows: [
            Row("services.scale", at: "Name", shows: #""/prod-scaled-2""#, of: "prod-scaled-2")
        ]
    )

    // MARK: Rights

    private static let rights = Group(
        name: "rights",
        settings: """
            read_only: true
            cap_add: [CAP_NET_ADMIN]
            cap_drop: [CAP_MKNOD]
            security_opt: ["no-new-privileges:true"]
            group_add: ["44"]
            devices: [{ source: /dev/zero, target: /dev/nought, permissions: r }]
            sysctls: { net.core.somaxconn: "512" }
            ipc: shareable
            cgroup_parent: "@GROUP@/rights"
            runtime: io.containerd.runc.v2
            """,
        rows: [
            Row("services.read_only", at: "HostConfig ReadonlyRootfs", shows: "true"),
            Row("services.cap_add", at: "HostConfig CapAdd", shows: #"["CAP_NET_ADMIN"]"#),
            Row("services.cap_drop", at: "HostConfig CapDrop", shows: #"["CAP_MKNOD"]"#),
            Row(
                "services.security_opt",
                at: "HostConfig SecurityOpt",
                shows: #""no-new-privileges:true""#
            ),
            Row("services.group_add", at: "HostConfig GroupAdd", shows: #"["44"]"#),
            Row(
                "services.devices.source",
                "services.devices.target",
                "services.devices.permissions",
                at: "HostConfig Devices",
                shows: #"{"CgroupPermissions":"r","PathInContainer":"/dev/nought","#
                    + #""PathOnHost":"/dev/zero"}"#
            ),
            Row("services.sysctls", at: "HostConfig Sysctls net.core.somaxconn", shows: #""512""#),
            Row("services.ipc", at: "HostConfig IpcMode", shows: #""shareable""#),
            Row(
                "services.cgroup_parent",
                at: "HostConfig CgroupParent",
                shows: #""@GROUP@/rights""#
            ),
            Row("services.runtime", at: "HostConfig Runtime", shows: #""io.containerd.runc.v2""#),
        ]
    )

    /// On its own: a machine that lacks a capability itself can make such a container and not start
    /// it.
    static let privileged = Group(
        name: "privileged",
        settings: "privileged: true",
        rows: [Row("services.privileged", at: "HostConfig Privileged", shows: "true")]
    )

    private static let spaces = Group(
        name: "spaces",
        settings: """
            pid: host
            ipc: host
            userns_mode: host
            """,
        rows: [
            Row("services.pid", at: "HostConfig PidMode", shows: #""host""#),
            Row("services.ipc", at: "HostConfig IpcMode", shows: #""host""#),
            Row("services.userns_mode", at: "HostConfig UsernsMode", shows: #""host""#),
        ]
    )
}
