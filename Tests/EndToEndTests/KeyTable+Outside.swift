/// Networks, storage, and the keys that leave no trace.
extension KeyTable {
    // MARK: Networks

    static let joined = Group(
        name: "joined",
        settings: """
            networks:
              front:
                aliases: [shop]
                ipv4_address: 172.31.77.9
                ipv6_address: "fd00:77::9"
                link_local_ips: [169.254.77.9]
                mac_address: "02:42:ac:1f:4d:09"
                driver_opts: { com.example.option: "7" }
            expose: ["9000"]
            ports: ["18081:8080", { target: 9001, host_ip: 198.18.78.1, protocol: udp }]
            dns: [10.9.9.1]
            dns_search: [example.org]
            dns_opt: ["ndots:3"]
            extra_hosts: ["far=10.9.9.9"]
            """,
        rows: [
            Row("services.networks", at: "HostConfig NetworkMode", shows: #""frontier""#),
            Row(
                "services.networks.aliases",
                at: "NetworkSettings Networks frontier Aliases",
                shows: #""shop""#
            ),
            Row(
                "services.networks.ipv4_address",
                at: "NetworkSettings Networks frontier IPAddress",
                shows: #""172.31.77.9""#
            ),
            Row(
                "services.networks.ipv6_address",
                at: "NetworkSettings Networks frontier GlobalIPv6Address",
                shows: #""fd00:77::9""#
            ),
            Row(
                "services.networks.link_local_ips",
                at: "NetworkSettings Networks frontier IPAMConfig LinkLocalIPs",
                shows: #"["169.254.77.9"]"#
            ),
            Row(
                "services.networks.mac_address",
                at: "NetworkSettings Networks frontier MacAddress",
                shows: #""02:42:ac:1f:4d:09""#
            ),
            Row(
                "services.networks.driver_opts",
                at: "NetworkSettings Networks frontier DriverOpts com.example.option",
                shows: #""7""#
            ),
            Row("services.expose", at: "Config ExposedPorts 9000/tcp", shows: "{}"),
            Row(
                "services.ports.target",
                at: "HostConfig PortBindings 8080/tcp",
                shows: #"{"HostIp":"127.0.0.1","HostPort":""}"#
            ),
            Row(
                "services.ports.host_ip",
                "services.ports.protocol",
                at: "HostConfig PortBindings 9001/udp",
                shows: #"{"HostIp":"198.18.78.1","HostPort":""}"#
            ),
            Row("services.dns", at: "HostConfig Dns", shows: #"["10.9.9.1"]"#),
            Row("services.dns_search", at: "HostConfig DnsSearch", shows: #"["example.org"]"#),
            Row("services.dns_opt", at: "HostConfig DnsOptions", shows: #"["ndots:3"]"#),
            Row("networks.name", at: "Name", shows: #""frontier""#, of: "frontier"),
            Row("networks.driver", at: "Driver", shows: #""bridge""#, of: "frontier"),
            Row(
                "networks.driver_opts",
                at: "Options com.docker.network.bridge.name",
                shows: #""br-keys""#,
                of: "frontier"
            ),
            Row("networks.attachable", at: "Attachable", shows: "true", of: "frontier"),
            Row("networks.enable_ipv6", at: "EnableIPv6", shows: "true", of: "frontier"),
            Row(
                "networks.labels",
                at: "Labels com.example.net",
                shows: #""front""#,
                of: "frontier"
            ),
            Row("networks.ipam.driver", at: "IPAM Driver", shows: #""default""#, of: "frontier"),
            Row(
                "networks.ipam.config.subnet",
                "networks.ipam.config.ip_range",
                "networks.ipam.config.gateway",
                at: "IPAM Config",
                shows: #"{"Gateway":"172.31.77.1","IPRange":"172.31.77.128/25","#
                    + #""Subnet":"172.31.77.0/24"}"#,
                of: "frontier"
            ),
        ]
    )

    static let members = Group(
        name: "members",
        settings: "networks: [closed, outside, elsewhere]",
        rows: [
            Row("networks.internal", at: "Internal", shows: "true", of: "prod_closed"),
            Row(
                "networks.external",
                at: "NetworkSettings Networks outside IPPrefixLen",
                shows: "24"
            ),
            Row(
                "networks.external.name",
                at: "NetworkSettings Networks other-name IPPrefixLen",
                shows: "24"
            ),
        ]
    )

    static let bridged = Group(
        name: "bridged",
        settings: """
            network_mode: bridge
            extra_hosts: ["far=10.9.9.9"]
            """,
        rows: [
            Row("services.network_mode", at: "HostConfig NetworkMode", shows: #""bridge""#),
            Row("services.extra_hosts", at: "HostConfig ExtraHosts", shows: #"["far:10.9.9.9"]"#),
        ]
    )

    static let hosted = Group(
        name: "hosted",
        settings: """
            network_mode: host
            command: [sleep, 3600s]
            """,
        rows: [Row("services.network_mode", at: "HostConfig NetworkMode", shows: #""host""#)]
    )

    static let alone = Group(
        name: "alone",
        settings: "network_mode: none",
        rows: [Row("services.network_mode", at: "HostConfig NetworkMode", shows: #""none""#)]
    )

    // MARK: Storage

    static let storage = Group(
        name: "storage",
        settings: """
            volumes:
              - { type: bind, source: "@HOST@/made/here", target: /bound, read_only: true,
                  bind: { propagation: private, selinux: z }, consistency: cached }
              - { type: bind, source: "@HOST@", target: /there, read_only: true,
                  bind: { create_host_path: false } }
              - { type: bind, source: "@HOST@", target: /flat, read_only: true,
                  bind: { recursive: disabled } }
              - { type: volume, source: data, target: /data, volume: { nocopy: true } }
              - { type: volume, target: /anonymous, volume: { nocopy: true } }
              - "kept:/kept:ro"
              - "named:/named:ro"
              - { type: tmpfs, target: /memory, tmpfs: { size: 1m, mode: "0700" } }
            tmpfs: ["/quick:size=64k,mode=1770"]
            configs: [{ source: said, target: /etc/said, mode: "0440" }, filed]
            secrets: [key, { source: key, target: /etc/key }]
            """,
        rows: [
            Row(
                "services.volumes.source",
                at: "Mounts Destination=/bound Source",
                shows: #""@HOST@/made/here""#
            ),
            Row(
                "services.volumes.target",
                "services.volumes.type",
                at: "Mounts Destination=/bound Type",
                shows: #""bind""#
            ),
            Row("services.volumes.read_only", at: "Mounts Destination=/bound RW", shows: "false"),
            Row(
                "services.volumes.bind.propagation",
                at: "Mounts Destination=/bound Propagation",
                shows: #""private""#
            ),
            Row(
                "services.volumes.bind.selinux",
                at: "Mounts Destination=/bound Mode",
                shows: #""ro,z,private""#
            ),
            Row(
                "services.volumes.bind.create_host_path",
                at: "HostConfig Mounts Target=/there Type",
                shows: #""bind""#
            ),
            Row(
                "services.volumes.bind.recursive",
                at: "HostConfig Mounts Target=/flat BindOptions NonRecursive",
                shows: "true"
            ),
            Row(
                "services.volumes.volume.nocopy",
                at: "HostConfig Mounts Target=/data VolumeOptions NoCopy",
                shows: "true"
            ),
            Row(
                "services.volumes.volume.nocopy",
                at: "HostConfig Mounts Target=/anonymous VolumeOptions NoCopy",
                shows: "true"
            ),
            Row(
                "services.volumes.tmpfs.size",
                at: "HostConfig Mounts Target=/memory TmpfsOptions SizeBytes",
                shows: "1048576"
            ),
            Row(
                "services.volumes.tmpfs.mode",
                at: "HostConfig Mounts Target=/memory TmpfsOptions Mode",
                shows: "448"
            ),
            Row(
                "services.tmpfs",
                at: "HostConfig Mounts Target=/quick TmpfsOptions",
                shows: #"{"Mode":1016,"SizeBytes":65536}"#
            ),
            // The digests of "said\n" and "filed\n".
            Row(
                "services.configs.source",
                "services.configs.target",
                "services.configs.mode",
                "configs.content",
                at: "HostConfig Mounts Target=/etc/said Source",
                shows: #""@STATE@/files/@SAID@-440""#
            ),
            Row(
                "services.configs",
                "configs.file",
                at: "HostConfig Mounts Target=/filed Source",
                shows: #""@STATE@/files/@FILED@""#
            ),
            Row(
                "services.secrets.source",
                "services.secrets.target",
                at: "HostConfig Mounts Target=/etc/key Source",
                shows: #""@HOST@/key""#
            ),
            Row(
                "services.secrets",
                "secrets.file",
                at: "HostConfig Mounts Target=/run/secrets/key",
                shows: #"{"ReadOnly":true,"Source":"@HOST@/key","Target":"/run/secrets/key","#
                    + #""Type":"bind"}"#
            ),
            Row("volumes.name", at: "Name", shows: #""keys-data""#, of: "keys-data"),
            Row("volumes.driver", at: "Driver", shows: #""local""#, of: "keys-data"),
            Row(
                "volumes.driver_opts",
                at: "Options",
                shows: #"{"device":"tmpfs","o":"size=1m","type":"tmpfs"}"#,
                of: "keys-data"
            ),
            Row("volumes.labels", at: "Labels com.example.vol", shows: #""data""#, of: "keys-data"),
            Row("volumes.external", at: "Mounts Destination=/kept Name", shows: #""kept""#),
            Row(
                "volumes.external.name",
                at: "Mounts Destination=/named Name",
                shows: #""another-name""#
            ),
        ]
    )

    static let fixed = Group(
        name: "fixed",
        settings: "container_name: just-this",
        rows: [
            Row("services.container_name", at: "Name", shows: #""/just-this""#, of: "just-this")
        ]
    )

    /// The top-level sections that the services above refer to.
    static let sections = """
        networks:
          front:
            name: frontier
            driver: bridge
            driver_opts: { com.docker.network.bridge.name: br-keys }
            attachable: true
            enable_ipv6: true
            labels: { com.example.net: front }
            ipam:
              driver: default
              config:
                - { subnet: 172.31.77.0/24, ip_range: 172.31.77.128/25, gateway: 172.31.77.1 }
                - { subnet: "fd00:77::/64" }
          closed: { internal: true }
          outside: { external: true }
          elsewhere: { external: { name: other-name } }
        volumes:
          data:
            name: keys-data
            driver: local
            driver_opts: { type: tmpfs, device: tmpfs, o: size=1m }
            labels: { com.example.vol: data }
          kept: { external: true }
          named: { external: { name: another-name } }
        configs:
          said: { content: "said\\n" }
          filed: { file: ./filed.txt }
        secrets:
          key: { file: "@HOST@/key" }

        """

    // MARK: Newer daemons

    static let newer = [
        Newer(
            key: "services.annotations",
            name: "annotated",
            settings: "annotations: { note: x }",
            api: (1, 43),
            feature: "annotations",
            place: "HostConfig Annotations note",
            shows: #""x""#
        ),
        Newer(
            key: "services.healthcheck.start_interval",
            name: "eager",
            settings: "healthcheck: { test: [CMD, /app/healthcheck], start_interval: 1s }",
            api: (1, 44),
            feature: "the health check's start interval",
            place: "Config Healthcheck StartInterval",
            shows: "1000000000"
        ),
        Newer(
            key: "services.volumes.bind.recursive",
            name: "recursive",
            settings: """
                volumes: [{ type: bind, source: "@HOST@", target: /b, read_only: true,
                  bind: { recursive: writable } }]
                """,
            api: (1, 44),
            feature: "read-only recursion of a mount",
            place: "HostConfig Mounts Target=/b BindOptions ReadOnlyNonRecursive",
            shows: "true"
        ),
        Newer(
            key: "services.networks.mac_address",
            name: "second-mac",
            settings: """
                networks:
                  default:
                  lower: { mac_address: "02:42:ac:1f:4d:0a" }
                """,
            api: (1, 44),
            feature: "settings of several networks at once",
            place: "NetworkSettings Networks prod_lower MacAddress",
            shows: #""02:42:ac:1f:4d:0a""#
        ),
        Newer(
            key: "services.volumes.volume.subpath",
            name: "below",
            settings: """
                volumes: [{ type: volume, source: deep, target: /b, volume: { subpath: s } }]
                """,
            api: (1, 45),
            feature: "a volume's subpath",
            place: "HostConfig Mounts Target=/b VolumeOptions Subpath",
            shows: #""s""#
        ),
        Newer(
            key: "services.networks.gw_priority",
            name: "gateway",
            settings: "networks: { default: { gw_priority: 5 } }",
            api: (1, 48),
            feature: "the priority of a network's gateway",
            place: "NetworkSettings Networks prod_default GwPriority",
            shows: "5"
        ),
    ]

    // MARK: No trace

    /// Keys of which Docker knows nothing, with the reason and with what shows them instead.
    static let traceless: [String: String] = [
        "name": "has no effect, as the reference says",
        "version": "has no effect and is reported (ManifestsTests)",
        "configs.name": "has no effect on one host, as the reference says",
        "configs.labels": "has no effect on one host, as the reference says",
        "secrets.name": "has no effect on one host, as the reference says",
        "secrets.labels": "has no effect on one host, as the reference says",
        "services.configs.uid": "is refused when a service is built (ManifestsTests)",
        "services.configs.gid": "is refused when a service is built (ManifestsTests)",
        "services.secrets.uid": "is refused when a service is built (ManifestsTests)",
        "services.secrets.gid": "is refused when a service is built (ManifestsTests)",
        "services.secrets.mode": "is reported: the host's file keeps its own (ManifestsTests)",
        "services.depends_on": "orders the rollout (RolloutsTests/DependencyTests)",
        "services.deploy.labels": "labels of the service, of which Docker has none",
        "services.deploy.mode": "replicated is all there is; global is refused (ManifestsTests)",
        "services.deploy.resources.reservations.cpus": "is reported: no effect on one host",
        "services.deploy.restart_policy.delay": "is reported: Docker's own delays hold",
        "services.deploy.restart_policy.window": "is reported: Docker's own window holds",
        "services.deploy.rollback_config": "orders rollouts (RolloutsTests, FailureTests)",
        "services.deploy.update_config": "orders rollouts (RolloutsTests, PromotionTests)",
        "services.env_file.required": "a missing file is no error: this very service has one",
        "services.networks.priority": "is reported: all networks are joined before the start",
        "services.platform": "chooses the image (DockerEngineTests/PullTests)",
        "services.ports.app_protocol": "for people",
        "services.ports.mode": "both modes publish on the host",
        "services.ports.name": "for people",
        "services.ports.published": "a rule of the traffic table (ServiceTests, TrafficTests)",
        "services.profiles": "environments list their services",
        "services.pull_policy": "when the registry is asked (ImageTests, ImageResolverTests)",
        "services.volumes.consistency": "has no effect on Linux",
        "services.x-berth": "readiness and draining (RolloutsTests, PromotionTests)",
        "volumes.x-berth": "which containers may write (WriterTests)",
    ]
}
