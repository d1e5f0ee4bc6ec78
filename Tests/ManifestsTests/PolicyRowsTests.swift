import Model
import XCTest

@testable import Manifests

/// What a manifest could take, row by row: the attempt, its refusal with place and way out, and the
/// neighbours that go on working.
final class PolicyRowsTests: XCTestCase {
    func testModesHaveNoBitsBeyondPermissions() {
        let top = "configs: { c: { content: x } }\n"
        for mode in ["\"04755\"", "\"2755\"", "\"1777\"", "0o7777", "\"01000\""] {
            check([
                (
                    "configs: [{ source: c, mode: \(mode) }]", top, "",
                    "has bits above 0777, as setuid"
                )
            ])
        }
        for mode in ["\"0777\"", "\"0440\"", "0400", "\"755\""] {
            check([("configs: [{ source: c, mode: \(mode) }]", top, "", nil)])
        }
        let secret = "secrets: { s: { file: /srv/s } }\n"
        check([
            (
                "secrets: [{ source: s, mode: \"04444\" }]", secret, "host_paths: [/srv]",
                "services.web.secrets[0].mode: \"04444\" has bits above 0777"
            ),
            ("tmpfs: \"/t:mode=1777\"", "", "", nil),
            (
                "tmpfs: \"/t:mode=4755\"", "", "",
                "\"4755\" is not a file mode; write octal digits, at most mode=1777"
            ),
            ("volumes: [{ type: tmpfs, target: /t, tmpfs: { mode: 01777 } }]", "", "", nil),
            (
                "volumes: [{ type: tmpfs, target: /t, tmpfs: { mode: 02755 } }]", "", "",
                "has bits above 01777, as setuid"
            ),
        ])
    }

    func testWhatWasMadeElsewhereIsGrantedByName() {
        for (kind, line) in [("networks", "networks: [data]"), ("volumes", "volumes: [data:/x]")] {
            let policy = "external_\(kind)"
            let singular = kind.dropLast()
            check([
                (
                    line, "\(kind): { data: { external: true } }\n", "",
                    "\(kind).data.external: the external \(singular) data is not granted; remove it, or add "
                        + "data to policy.\(policy) in environments/prod.yaml"
                ),
                (line, "\(kind): { data: { external: true } }\n", "\(policy): [data]", nil),
                (
                    line, "\(kind): { data: { external: true, name: prod_data } }\n",
                    "\(policy): [data]",
                    "the external \(singular) prod_data is not granted"
                ),
                (
                    line, "\(kind): { data: { external: { name: prod_data } } }\n", "",
                    "the external \(singular) prod_data is not granted"
                ),
                (line, "\(kind): { data: { external: false } }\n", "", nil),
                ("tty: true", "\(kind): { data: { external: true } }\n", "", nil),
                (line, "\(kind): { data: { name: own-name } }\n", "", nil),
                (
                    line, "\(kind): { data: { name: 'a b' } }\n", "",
                    "\"a b\" is not a name for Docker"
                ),
                (line, "\(kind): { data: { name: ../x } }\n", "", "is not a name for Docker"),
                (
                    line, "\(kind): { data: { labels: { berth.environment: prod } } }\n", "",
                    "\(kind).data.labels.berth.environment: labels of"
                ),
                (line, "\(kind): { data: { labels: { team: a } } }\n", "", nil),
            ])
        }
    }

    func testOptionsOfNetworksStayWithinTheNetwork() {
        func net(_ options: String) -> String {
            "networks: { n: { driver_opts: { \(options) } } }\n"
        }
        for option in [
            "parent: eth0", "com.docker.network.bridge.name: lan0",
            "com.docker.network.bridge.host_binding_ipv4: 10.0.0.1",
            "com.docker.network.bridge.inhibit_ipv4: 'true'",
            "com.docker.network.bridge.gateway_mode_ipv4: nat-unprotected",
            "com.docker.network.bridge.gateway_mode_ipv6: routed",
            "com.docker.network.bridge.trusted_host_interfaces: eth0",
            "com.docker.network.bridge.default_bridge: 'true'",
            "com.docker.network.host_ipv4: 10.0.0.1", "com.example.unknown: '1'",
        ] {
            let name = option.prefix { $0 != ":" }
            check([
                (
                    "networks: [n]", net(option), "",
                    "networks.n.driver_opts.\(name): web would join the host's own network through "
                        + "\(name); remove it, or add web to policy.host_network in "
                ),
                ("networks: [n]", net(option), "host_network: [web]", nil),
                ("tty: true", net(option), "", nil),
            ])
        }
        for option in [
            "com.docker.network.bridge.enable_icc: 'false'",
            "com.docker.network.bridge.enable_ip_masquerade: 'true'",
            "com.docker.network.bridge.gateway_mode_ipv4: nat",
            "com.docker.network.driver.mtu: 1400", "com.docker.network.container_iface_prefix: app",
        ] {
            check([("networks: [n]", net(option), "", nil)])
        }
        check([
            (
                "networks: { n: { driver_opts: { com.example.x: y } } }", "networks: { n: }\n", "",
                "services.web.networks.n.driver_opts.com.example.x: web would join the host's own"
            ),
            (
                "networks: { n: { driver_opts: { com.docker.network.endpoint.sysctls: "
                    + "net.ipv4.conf.IFNAME.log_martians=1 } } }", "networks: { n: }\n", "", nil
            ),
        ])
    }

    func testCapabilitiesThatEveryContainerHas() {
        for name in ["NET_BIND_SERVICE", "CHOWN", "cap_setuid", "CAP_MKNOD"] {
            check([("cap_drop: [ALL]\n    cap_add: [\(name)]", "", "", nil)])
        }
        for name in ["NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE", "ALL", "cap_bpf", "DAC_READ_SEARCH"] {
            check([
                ("cap_add: [\(name)]", "", "", "is not granted; remove it, or add"),
                ("cap_add: [\(name)]", "", "capabilities: [\(name)]", nil),
            ])
        }
    }

    func testSubnetsAreThoseOfNoOneElse() {
        for subnet in [
            "127.0.0.0/8", "127.1.0.0/16", "0.0.0.0/1", "0.0.0.0/0", "0.0.0.0/8", "169.254.0.0/16",
            "169.254.169.0/24", "224.0.0.0/4", "239.1.0.0/16", "240.0.0.0/4", "255.255.255.0/24",
            "128.0.0.0/1", "198.19.0.0/24", "198.18.0.0/15", "::1/128", "::/0", "::/96",
            "fe80::/64", "ff02::/64", "fe00::/7",
        ] {
            check([("networks: [n]", Self.net(subnet), "", "special range of IPv")])
        }
        for subnet in [
            "10.0.0.0/8", "10.5.0.0/16", "172.16.0.0/12", "192.168.7.0/24", "100.64.0.0/10",
            "198.18.0.0/24", "203.0.113.0/24", "fd00:1::/64", "fc00:1::/32", "2001:db8::/48",
        ] {
            check([("networks: [n]", Self.net(subnet), "", nil)])
        }
        check([
            ("networks: [n]", Self.net("8.0.0.0/7"), "subnets: [8.0.0.0/7]", "is too wide"),
            ("networks: [n]", Self.net("fd00::/16"), "", "give a prefix of at least 32 bits"),
            (
                "networks: [n]", Self.net("8.8.8.0/24"), "",
                "networks.n.ipam.config[0].subnet: the public addresses 8.8.8.0/24 are not granted; "
                    + "remove it, or add 8.8.8.0/24 to policy.subnets in environments/prod.yaml"
            ),
            ("networks: [n]", Self.net("8.8.8.0/24"), "subnets: [8.8.0.0/16]", nil),
            ("networks: [n]", Self.net("8.8.0.0/15"), "subnets: [8.8.0.0/16]", "not granted"),
            ("networks: [n]", Self.net("2a01:4f8::/64"), "", "the public addresses 2a01:4f8::/64"),
            ("networks: [n]", Self.net("2a01:4f8::/64"), "subnets: ['2a01:4f8::/48']", nil),
            ("tty: true", Self.net("8.8.8.0/24"), "", nil),
            ("networks: [n]", Self.net("10.5.0.1/16"), "", "starts in the middle of a subnet"),
            (
                "networks: [n]", Self.net("10.5.0.0/16, gateway: 10.6.0.1"), "",
                "networks.n.ipam.config[0].gateway: 10.6.0.1 is not in 10.5.0.0/16"
            ),
            (
                "networks: [n]", Self.net("10.5.0.0/16, ip_range: 10.0.0.0/8"), "",
                "networks.n.ipam.config[0].ip_range: 10.0.0.0/8 is not in 10.5.0.0/16"
            ),
            (
                "networks: [n]",
                Self.net("10.5.0.0/16, ip_range: 10.5.4.0/24, gateway: 10.5.0.1"), "", nil
            ),
            (
                "networks: [n]", Self.net("10.5.0.0/16 }, { subnet: 10.5.7.0/24"), "",
                "10.5.7.0/24 overlaps another subnet"
            ),
            (
                "networks: { n: { ipv4_address: 10.6.0.9 } }", Self.net("10.5.0.0/16"), "",
                "no subnet of the network n has the address 10.6.0.9"
            ),
            ("networks: { n: { ipv4_address: 10.5.0.9 } }", Self.net("10.5.0.0/16"), "", nil),
        ])
    }

    private static func net(_ subnet: String) -> String {
        let text =
            subnet.contains(":") && !subnet.contains(",") && !subnet.contains("}")
            ? "'\(subnet)'" : subnet
        return "networks: { n: { ipam: { config: [{ subnet: \(text) }] } } }\n"
    }

    func testLogDriversThatSendToOthersAreGranted() {
        for driver in ["syslog", "gelf", "fluentd", "awslogs", "splunk", "gcplogs", "jsonfile"] {
            check([
                (
                    "logging: { driver: \(driver) }", "", "",
                    "services.web.logging.driver: the log driver \"\(driver)\" sends logs elsewhere; "
                        + "remove it, or add \(driver) to policy.log_drivers in environments/prod.yaml"
                ),
                ("logging: { driver: \(driver) }", "", "log_drivers: [\(driver)]", nil),
            ])
        }
        for line in [
            "{ driver: json-file, options: { max-size: 10m, max-file: '3', compress: 'true' } }",
            "{ driver: json-file, options: { labels: a, env: B, tag: '{{.Name}}', max-size: '-1' } }",
            "{ driver: local, options: { max-size: 1g, mode: non-blocking, max-buffer-size: 4m } }",
            "{ driver: journald, options: { tag: x, labels-regex: '^a' } }", "{ driver: none }",
            "{ options: { max-size: 10m } }",
        ] {
            check([("logging: \(line)", "", "", nil)])
        }
        check([
            (
                "logging: { options: { syslog-address: 'udp://127.0.0.1:514' } }", "", "",
                "the host's own driver has no option \"syslog-address\" here"
            ),
            (
                "logging: { driver: json-file, options: { path: /etc/x } }", "", "",
                "services.web.logging.options.path: json-file has no option \"path\" here"
            ),
            (
                "logging: { driver: none, options: { max-size: 1m } }", "", "",
                "none has no option \"max-size\" here; remove it"
            ),
            ("logging: { driver: local, options: { max-size: big } }", "", "", "is not a size"),
            ("logging: { driver: local, options: { max-file: '0' } }", "", "", "a number of files"),
            (
                "logging: { driver: local, options: { mode: fast } }", "", "",
                "\"fast\" is not a mode"
            ),
            (
                "logging: { driver: syslog, options: "
                    + "{ syslog-address: 'unixgram:///run/systemd/notify' } }", "",
                "log_drivers: [syslog]",
                "the host's /run/systemd/notify is not granted; remove it, or add "
                    + "/run/systemd/notify to policy.host_paths"
            ),
            (
                "logging: { driver: syslog, options: { syslog-address: 'UNIX:///run/x' } }", "",
                "log_drivers: [syslog]", "the host's /run/x is not granted"
            ),
            (
                "logging: { driver: syslog, options: { syslog-address: 'unix://srv/run/x' } }", "",
                "log_drivers: [syslog], host_paths: [/srv]", "can be read in several ways"
            ),
            (
                "logging: { driver: syslog, options: { syslog-address: 'unix:///srv/%2e%2e/x' } }",
                "", "log_drivers: [syslog], host_paths: [/srv]", "can be read in several ways"
            ),
            (
                "logging: { driver: syslog, options: { syslog-address: 'unix:///srv/log' } }", "",
                "log_drivers: [syslog], host_paths: [/srv]", nil
            ),
            (
                "logging: { driver: syslog, options: { syslog-tls-key: /root/key } }", "",
                "log_drivers: [syslog]", "add /root/key:ro to policy.host_paths"
            ),
            (
                "logging: { driver: syslog, options: { syslog-address: 'udp://10.0.0.1:514' } }",
                "",
                "log_drivers: [syslog]", nil
            ),
        ])
    }

    func testPortsAreThoseThatTheEnvironmentMayPublish() {
        check([
            (
                "ports: ['22:22']", "", "",
                "services.web.ports[0]: the host's port 22/tcp is not granted; remove it, or add "
                    + "22/tcp to policy.ports in environments/prod.yaml"
            ),
            ("ports: ['127.0.0.1:22:22']", "", "", "the host's port 22/tcp is not granted"),
            ("ports: ['22:22/udp']", "", "", nil),
            ("ports: ['2222:22', '80:80', '443:443', '65535:1']", "", "", nil),
            ("ports: ['80']", "", "", nil),
            ("ports: ['22:22']", "", "ports: [22]", nil),
            ("ports: ['22:22']", "", "ports: ['1-1024']", nil),
            ("ports: ['8080:80']", "", "ports: ['8000-8999', '443/tcp']", nil),
            ("ports: ['443:443/udp']", "", "ports: [443/tcp]", "port 443/udp is not granted"),
            ("ports: ['53:53/udp', '53:53']", "", "ports: [53]", nil),
            ("ports: ['9000:80']", "", "ports: ['8000-8999']", "port 9000/tcp is not granted"),
            ("ports: ['80']", "", "ports: [8080]", "a tcp port of Docker's choice is not granted"),
            ("ports: ['80']", "", "ports: [0]", nil),
        ])
        for address in [
            "169.254.169.254", "0.1.2.3", "224.0.0.1", "239.255.255.250", "255.255.255.255",
            "240.0.0.1", "[fe80::1]", "[ff02::1]", "[::ffff:10.0.0.1]", "[64:ff9b::1]",
        ] {
            check([
                (
                    "ports: ['\(address):80:80']", "", "",
                    "cannot be an address of this host; write one that the host has"
                )
            ])
        }
        for address in [
            "0.0.0.0", "127.0.0.1", "10.0.0.5", "192.168.1.1", "203.0.113.9", "127.8.8.8",
        ] {
            check([("ports: ['\(address):80:80']", "", "", nil)])
        }
    }

    func testEntriesOfPoliciesAreRead() {
        for (policy, want) in [
            ("ports: [80-70]", "policy.ports[0]: \"80-70\": the range 80-70 runs backwards"),
            ("ports: [http]", "policy.ports[0]: \"http\" is not a host port"),
            ("ports: [80/sctp]", "policy.ports[0]: \"80/sctp\" is not a range of ports"),
            ("ports: [70000]", "policy.ports[0]: \"70000\" is not a host port"),
            ("subnets: [8.8.8.8]", "policy.subnets[0]: \"8.8.8.8\" is not a subnet"),
            ("capabilities: [NET_ADMN]", "did you mean NET_ADMIN?"),
            ("priority: [wbe]", "policy.priority[0]: \"wbe\" is not listed; did you mean web?"),
        ] {
            let found = SampleFleet.of(
                "services: { web: { image: 'quay.io/web:1' } }\n",
                "services: { web: }\npolicy: { \(policy) }\n"
            ).problems()
            XCTAssertEqual(found.count, 1, "\(policy): \(found)")
            XCTAssertTrue(found.first?.contains(want) == true, "\(policy): \(found)")
        }
    }

    func testWhatComesBeforeTheHostsOwnIsGranted() {
        for (line, key) in [
            ("oom_score_adj: -1000", "oom_score_adj"),
            ("oom_kill_disable: true", "oom_kill_disable"),
            ("ulimits: { rtprio: 99 }", "ulimits.rtprio"),
            ("ulimits: { nice: 40 }", "ulimits.nice"),
        ] {
            check([
                (
                    line, "", "",
                    "services.web.\(key): \(key) would take priority over the host's own processes; remove "
                        + "it, or add web to policy.priority in environments/prod.yaml"
                ),
                (line, "", "priority: [web]", nil),
            ])
        }
        for line in [
            "oom_score_adj: 500", "oom_kill_disable: false", "shm_size: 1g", "mem_swappiness: 0",
            "ulimits: { nofile: { soft: 1024, hard: 65536 }, memlock: -1, core: 0, nproc: 100 }",
            "sysctls: { net.core.somaxconn: 1024, net.ipv4.ip_unprivileged_port_start: '0' }",
            "sysctls: { kernel.shmmax: 1, fs.mqueue.msg_max: 10, kernel.domainname: x }",
            "annotations: { note: x, org.opencontainers.image.title: y }",
        ] {
            check([(line, "", "", nil)])
        }
        for name in [
            "io.katacontainers.config.hypervisor.path", "io.kubernetes.cri-o.userns-mode",
            "run.oci.keep_original_groups", "org.systemd.property.IPAddressDeny", "cdi/x",
        ] {
            check([
                (
                    "annotations: { \(name): x }", "", "",
                    "annotations.\(name): the annotation \"\(name)\" may change what the runtime does"
                ),
                ("annotations: { \(name): x }", "", "unconfined: [web]", nil),
            ])
        }
        for name in [
            "kernel.core_pattern", "vm.max_map_count", "fs.file-max", "net..x", "kernel.hostname",
        ] {
            check([
                (
                    "sysctls: { \(name): 1 }", "", "",
                    "sysctls.\(name): \"\(name)\" is a parameter of the whole host"
                )
            ])
        }
        check([
            (
                "sysctls: { net.core.somaxconn: 1 }\n    network_mode: host", "",
                "host_network: [web]", "is the host's with network_mode: host"
            ),
            (
                "sysctls: { kernel.sem: 1 }\n    ipc: host", "", "host_namespaces: [web]",
                "is the host's with ipc: host"
            ),
            ("pid: container:db", "", "", "services.web.pid: \"container:db\" is none of host"),
            (
                "volumes: ['/srv/x:/x:ro,Z']", "", "host_paths: ['/srv:ro']",
                "the host's /srv/x is not granted"
            ),
            ("volumes: ['/srv/x:/x:ro']", "", "host_paths: ['/srv:ro']", nil),
            (
                Self.mount("writable"), "", "host_paths: ['/srv:ro']",
                "the host's /srv/x is not granted"
            ),
            (Self.mount("writable"), "", "host_paths: [/srv]", nil),
            (Self.mount("readonly"), "", "host_paths: ['/srv:ro']", nil),
            (Self.mount("disabled"), "", "host_paths: ['/srv:ro']", nil),
        ])
    }

    /// A mount for reading, and what becomes of mounts below it.
    private static func mount(_ recursive: String) -> String {
        "volumes: [{ type: bind, source: /srv/x, target: /x, read_only: true, "
            + "bind: { recursive: \(recursive) } }]"
    }
}
