import XCTest

@testable import Manifests

/// What dockerd would refuse at create, and its neighbours that it takes.
final class CreateRefusalTests: XCTestCase {
    func testWhatCreateRefusesIsRefusedHere() {
        let top =
            "configs: { c: { content: x } }\nsecrets: { s: { file: /srv/s } }\nvolumes: { vol: }\n"
        let policy = "host_paths: [/srv]"
        for (line, want) in [
            ("stop_signal: SIGFOO", "\"SIGFOO\" is not a signal"),
            ("stop_signal: '0'", "\"0\" is not a signal"),
            ("stop_signal: SIGRTMIN+16", "is not a signal"),
            ("stop_signal: sigterm", nil), ("stop_signal: '15'", nil),
            ("stop_signal: SIGRTMIN+3", nil), ("stop_signal: QUIT", nil),
            (
                "ulimits: { nofiles: 1 }",
                "ulimits.nofiles: \"nofiles\" is not a limit; did you mean"
            ),
            ("ulimits: { nofile: { soft: 9, hard: 1 } }", "the soft limit is above the hard one"),
            ("ulimits: { nofile: { soft: -1, hard: 1 } }", "the soft limit is above the hard one"),
            ("ulimits: { nofile: { soft: 1, hard: -1 } }", nil),
            ("cap_add: [NET_ADMN]", "\"NET_ADMN\" is not a capability; did you mean NET_ADMIN?"),
            ("cap_drop: [CAP_NOTHING]", "is not a capability"),
            ("cap_drop: [cap_net_raw, ALL, MKNOD]", nil),
            ("working_dir: app", "\"app\" is not an absolute path"), ("working_dir: /app", nil),
            ("hostname: 'a b'", "\"a b\" is not a host name"), ("hostname: web_1.local", nil),
            ("extra_hosts: { 'a b': 10.0.0.1 }", "\"a b\" is not a host name"),
            ("networks: { default: { aliases: ['a b'] } }", "\"a b\" is not a host name"),
            (
                "networks: { default: { link_local_ips: [169.254.169.254] } }",
                "cannot be a container's address"
            ),
            ("networks: { default: { link_local_ips: [169.254.7.7] } }", nil),
            ("healthcheck: { interval: 5us }", "Docker takes no less than 1ms"),
            ("healthcheck: { interval: 0s, timeout: 1ms }", nil),
            ("mem_limit: 1m", "it is less than 6m, which Docker refuses"),
            ("memswap_limit: 1g", "it needs a limit of memory"),
            ("mem_limit: 64m\n    memswap_limit: 32m", "which it includes"),
            ("mem_limit: 64m\n    mem_reservation: 128m", "more is reserved than the limit allows"),
            ("mem_limit: 64m\n    memswap_limit: -1\n    mem_reservation: 32m", nil),
            ("cpus: 1\n    cpu_quota: 5000", "cpus sets the same limit"),
            ("cpu_period: 500", "500 is less than 1000"), ("cpuset: '0-3,5'", nil),
            ("cpuset: 3-0", "is not a list of processors"),
            (
                "volumes: [{ type: volume, source: vol, target: /d, volume: { subpath: ../x } }]",
                "leaves"
            ),
            ("volumes: [{ type: volume, source: vol, target: /d, volume: { subpath: a/b } }]", nil),
            ("volumes: ['vol:/']", "nothing can be mounted on /"),
            ("volumes: ['/srv/x:/proc/sys']", "nothing can be mounted on /proc/sys"),
            ("volumes: ['/srv/x:/proc/cpuinfo:ro']", nil),
            ("volumes: ['vol:/d', '/srv/x:/d/']", "\"/d\" is mounted twice"),
            ("volumes: ['vol:/d']\n    tmpfs: /d", "/d is mounted twice, by volumes[0], too"),
            ("tmpfs: [/d, '/d/.:ro']", "/d is mounted twice, by tmpfs[0], too"),
            ("configs: [c]\n    volumes: ['vol:/c']", "/c is mounted twice, by volumes[0], too"),
            ("configs: [c, { source: c, target: /d/../c }]", "/c is mounted twice, by configs[0]"),
            (
                "secrets: [s, { source: s, target: ../secrets/s }]",
                "/run/secrets/s is mounted twice, by secrets[0]"
            ),
            ("configs: [{ source: c, target: /etc/hosts }]", "Berth mounts /etc/hosts itself"),
            ("volumes: ['/srv/x:/etc/hosts:ro']", "Berth mounts /etc/hosts itself"),
            ("network_mode: none\n    volumes: ['/srv/x:/etc/hosts:ro']", nil),
            ("configs: [{ source: c, target: /etc/resolv.conf }]", nil),
            ("volumes: ['vol:/etc/hostname']", "/etc/hostname is a file"),
            ("configs: [c, { source: c, target: /d }]\n    secrets: [s]\n    tmpfs: /t", nil),
            (
                "container_name: pp-web-1.g2",
                "ends like the names of containers that are being replaced"
            ),
            ("container_name: x.old7", "containers that are being replaced"),
            ("container_name: x.off0", "containers that are being replaced"),
            ("container_name: x.bad10", "containers that are being replaced"),
            ("container_name: x.g7x", nil), ("container_name: my.gateway", nil),
        ] as [(String, String?)] {
            check([(line, top, policy, want)])
        }
    }
}
