import DockerEngine

extension EndpointTests {
    /// A body with every field that a container's creation may carry.
    static var fullBody: ContainerCreateBody {
        var endpoint = EndpointSettings()
        endpoint.aliases = ["web"]
        endpoint.ipamConfig = EndpointIPAM(
            ipv4Address: "172.30.0.11",
            ipv6Address: "fd00::11",
            linkLocalIPs: ["169.254.1.1"]
        )
        endpoint.macAddress = "02:42:ac:1e:00:0b"
        endpoint.driverOpts = ["o": "p", "ID": "q"]
        endpoint.gwPriority = 5
        return ContainerCreateBody(
            config: fullConfig,
            hostConfig: fullHostConfig,
            networks: ["Prod": endpoint]
        )
    }

    /// Keys of the user's, some of them like Docker's own.
    private static let userLabels = [
        "berth.slot": "1", "com.docker.compose.project": "shop", "Foo": "a", "ID": "b",
        "IPAddress": "c", "isInit": "d",
    ]

    private static var fullConfig: ContainerConfig {
        var check = HealthCheck()
        check.test = ["CMD", "true"]
        check.interval = 5_000_000_000
        check.timeout = 1_000_000_000
        check.startPeriod = 2_000_000_000
        check.startInterval = 100_000_000
        check.retries = 3
        var config = ContainerConfig()
        config.image = "app@sha256:1"
        config.cmd = ["serve", "--fast"]
        config.entrypoint = ["/app"]
        config.env = ["A=b", "C"]
        config.labels = userLabels
        config.user = "1000:1000"
        config.workingDir = "/app"
        config.hostname = "web"
        config.domainname = "example.org"
        config.tty = true
        config.openStdin = true
        config.stopSignal = "SIGINT"
        config.stopTimeout = 7
        config.healthcheck = check
        config.exposedPorts = ["80/tcp"]
        config.volumes = ["/data"]
        return config
    }

    private static var fullHostConfig: HostConfig {
        var host = HostConfig()
        host.binds = ["/a:/b:ro"]
        host.mounts = [
            MountSpec(
                type: "bind",
                source: "/etc/hosts",
                target: "/etc/hosts",
                readOnly: true,
                bindOptions: MountSpec.BindOptions(
                    propagation: "rprivate",
                    nonRecursive: true,
                    createMountpoint: false,
                    readOnlyNonRecursive: true,
                    readOnlyForceRecursive: true
                )
            ),
            MountSpec(
                type: "volume",
                source: "data",
                target: "/data",
                volumeOptions: MountSpec.VolumeOptions(
                    noCopy: true,
                    subpath: "sub"
                )
            ),
            MountSpec(
                type: "tmpfs",
                target: "/tmp",
                tmpfsOptions: MountSpec.TmpfsOptions(sizeBytes: 1024, mode: 0o1777)
            ),
        ]
        host.portBindings = [
            "80/tcp": [PortBinding(hostIp: "127.0.0.1", hostPort: "")], "81/udp": nil,
        ]
        host.restartPolicy = RestartPolicy(name: "on-failure", maximumRetryCount: 3)
        host.shmSize = 2
        host.networkMode = "prod"
        host.dns = ["10.0.0.1"]
        host.dnsSearch = ["example.org"]
        host.dnsOptions = ["ndots:1"]
        host.extraHosts = ["db:10.0.0.2"]
        host.ulimits = [Ulimit(name: "nofile", soft: 1, hard: 2)]
        host.sysctls = ["net.core.somaxconn": "1024"]
        host.devices = [
            DeviceMapping(pathOnHost: "/dev/a", pathInContainer: "/dev/b", cgroupPermissions: "r")
        ]
        host.logConfig = LogConfig(type: "json-file", config: ["max-size": "1m"])
        setResources(of: &host)
        setRights(of: &host)
        return host
    }

    private static func setResources(of host: inout HostConfig) {
        host.memory = 10
        host.memoryReservation = 11
        host.memorySwap = -1
        host.memorySwappiness = 60
        host.nanoCpus = 12
        host.cpuShares = 13
        host.cpuQuota = 14
        host.cpuPeriod = 15
        host.cpusetCpus = "0-1"
        host.pidsLimit = 16
        host.oomKillDisable = false
        host.oomScoreAdj = -5
        host.cgroupParent = "/berth"
    }

    private static func setRights(of host: inout HostConfig) {
        host.capAdd = ["NET_ADMIN"]
        host.capDrop = ["ALL"]
        host.securityOpt = ["no-new-privileges"]
        host.privileged = false
        host.readonlyRootfs = true
        host.isInit = true
        host.groupAdd = ["audio"]
        host.ipcMode = "private"
        host.pidMode = ""
        host.usernsMode = "host"
        host.runtime = "runc"
        host.annotations = ["Note": "e"]
    }

    /// The same, written by hand from the Engine API's reference.
    static let fullJSON = """
        {
          "Image": "app@sha256:1", "Cmd": ["serve", "--fast"], "Entrypoint": ["/app"],
          "Env": ["A=b", "C"], "Labels": {
            "berth.slot": "1", "com.docker.compose.project": "shop", "Foo": "a", "ID": "b",
            "IPAddress": "c", "isInit": "d"
          },
          "User": "1000:1000",
          "WorkingDir": "/app", "Hostname": "web", "Domainname": "example.org",
          "Tty": true, "OpenStdin": true, "StopSignal": "SIGINT", "StopTimeout": 7,
          "Healthcheck": {
            "Test": ["CMD", "true"], "Interval": 5000000000, "Timeout": 1000000000,
            "StartPeriod": 2000000000, "StartInterval": 100000000, "Retries": 3
          },
          "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/data": {}},
          "HostConfig": {
            "Binds": ["/a:/b:ro"],
            "Mounts": [
              {"Type": "bind", "Source": "/etc/hosts", "Target": "/etc/hosts", "ReadOnly": true,
               "BindOptions": {"Propagation": "rprivate", "CreateMountpoint": false,
                               "NonRecursive": true, "ReadOnlyNonRecursive": true,
                               "ReadOnlyForceRecursive": true}},
              {"Type": "volume", "Source": "data", "Target": "/data",
               "VolumeOptions": {"NoCopy": true, "Subpath": "sub"}},
              {"Type": "tmpfs", "Target": "/tmp", "TmpfsOptions": {"SizeBytes": 1024, "Mode": 1023}}
            ],
            "PortBindings": {
              "80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}], "81/udp": null
            },
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
            "ShmSize": 2, "NetworkMode": "prod",
            "Dns": ["10.0.0.1"], "DnsSearch": ["example.org"], "DnsOptions": ["ndots:1"],
            "ExtraHosts": ["db:10.0.0.2"],
            "Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}],
            "Sysctls": {"net.core.somaxconn": "1024"},
            "Devices": [
              {"PathOnHost": "/dev/a", "PathInContainer": "/dev/b", "CgroupPermissions": "r"}
            ],
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}},
            "Memory": 10, "MemoryReservation": 11, "MemorySwap": -1,
            "MemorySwappiness": 60, "NanoCpus": 12,
            "CpuShares": 13, "CpuQuota": 14, "CpuPeriod": 15, "CpusetCpus": "0-1",
            "PidsLimit": 16, "OomKillDisable": false, "OomScoreAdj": -5, "CgroupParent": "/berth",
            "CapAdd": ["NET_ADMIN"], "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"],
            "Privileged": false, "ReadonlyRootfs": true, "Init": true, "GroupAdd": ["audio"],
            "IpcMode": "private", "PidMode": "", "UsernsMode": "host", "Runtime": "runc",
            "Annotations": {"Note": "e"}
          },
          "NetworkingConfig": {
            "EndpointsConfig": {
              "Prod": {
                "Aliases": ["web"], "MacAddress": "02:42:ac:1e:00:0b",
                "DriverOpts": {"o": "p", "ID": "q"},
                "GwPriority": 5,
                "IPAMConfig": {"IPv4Address": "172.30.0.11", "IPv6Address": "fd00::11",
                               "LinkLocalIPs": ["169.254.1.1"]}
              }
            }
          }
        }
        """
}
