import Model
import XCTest

@testable import Manifests

/// Every key that is taken changes what runs: nothing is read and then forgotten.
final class EveryKeyTests: XCTestCase {
    private static let samples: [String: String] = [
        "image": "quay.io/other:2", "pull_policy": "always", "platform": "linux/arm64",
        "command": "[a]", "entrypoint": "[a]", "environment": "{ A: b }", "env_file": "/e/f",
        "labels": "{ a: b }", "annotations": "{ a: b }", "user": "app", "working_dir": "/w",
        "hostname": "h", "domainname": "d", "container_name": "fixed", "tty": "true",
        "stdin_open": "true", "init": "true", "read_only": "true", "privileged": "true",
        "cap_add": "[NET_ADMIN]", "cap_drop": "[ALL]", "security_opt": "[\"no-new-privileges\"]",
        "group_add": "[audio]", "sysctls": "{ net.core.somaxconn: 1024 }",
        "ulimits": "{ nofile: 1024 }", "logging": "{ driver: local, options: { max-size: 1m } }",
        "ipc": "host", "pid": "host", "userns_mode": "host", "cgroup_parent": "g",
        "runtime": "runsc", "devices": "[/dev/fuse]", "healthcheck": "{ test: [CMD, t] }",
        "restart": "always", "stop_signal": "SIGINT", "stop_grace_period": "5s",
        "depends_on": "[db]", "deploy": "{ replicas: 3 }", "scale": "3",
        "x-berth": "{ drain_timeout: 1m }", "ports": "[\"80:80\"]", "expose": "[80]",
        "networks": "[back]", "network_mode": "none", "extra_hosts": "[\"a=10.0.0.1\"]",
        "dns": "10.0.0.1", "dns_search": "a.example", "dns_opt": "[use-vc]",
        "volumes": "[data:/d]", "tmpfs": "/t", "configs": "[conf]", "secrets": "[key]",
        "shm_size": "64m", "cpus": "0.5", "cpu_shares": "512", "cpu_quota": "5000",
        "cpu_period": "10000", "cpuset": "\"0\"", "mem_limit": "64m", "mem_reservation": "32m",
        "memswap_limit": "-1", "mem_swappiness": "10", "pids_limit": "100",
        "oom_score_adj": "10", "oom_kill_disable": "true",
    ]

    /// Keys that choose services in Compose; here an environment lists them.
    private static let withoutEffect: Set<String> = ["profiles"]

    private static let policy = """
        policy:
          privileged: [web]
          unconfined: [web]
          host_namespaces: [web]
          priority: [web]
          host_network: [web]
          host_paths: [/e]
          capabilities: [NET_ADMIN]
          devices: [/dev/fuse]

        """

    private func web(_ line: String) throws -> Service {
        let manifest = """
            services:
              web:
                \(line)
              db: { image: "quay.io/db:1" }
            networks:
              back: { ipam: { config: [{ subnet: 10.0.0.0/24 }, { subnet: "fd00::/64" }] } }
            volumes: { data: }
            configs: { conf: { content: c } }
            secrets: { key: { file: /e/k } }
            """
        let environment = "services: { web: , db: }\n" + Self.policy
        return try XCTUnwrap(SampleFleet.of(manifest, environment).prod().service(named: "web"))
    }

    func testEveryKeyIsHonoured() throws {
        var plain = try web("image: quay.io/web:1")
        plain.origins = [:]
        for key in ServiceKeys.keys where !(key.shape is RefusedShape) {
            if Self.withoutEffect.contains(key.name) { continue }
            let sample = try XCTUnwrap(Self.samples[key.name], "no sample of \(key.name)")
            let image = key.name == "image" ? "" : "image: quay.io/web:1\n    "
            do {
                var changed = try web("\(image)\(key.name): \(sample)")
                changed.origins = [:]
                XCTAssertNotEqual(changed, plain, "\(key.name) has no effect")
            } catch {
                XCTFail("\(key.name): \(error)")
            }
        }
    }

    func testEveryNestedKeyIsHonoured() throws {
        for (base, changed) in [
            ("deploy: {}", "deploy: { labels: { a: b } }"),
            ("deploy: {}", "deploy: { update_config: { parallelism: 2 } }"),
            ("deploy: {}", "deploy: { update_config: { delay: 2s } }"),
            ("deploy: {}", "deploy: { update_config: { failure_action: pause } }"),
            ("deploy: {}", "deploy: { update_config: { monitor: 2s } }"),
            ("deploy: {}", "deploy: { update_config: { max_failure_ratio: 0.5 } }"),
            ("deploy: {}", "deploy: { update_config: { order: stop-first } }"),
            ("deploy: {}", "deploy: { rollback_config: { parallelism: 0 } }"),
            ("deploy: {}", "deploy: { resources: { limits: { cpus: 0.5 } } }"),
            ("deploy: {}", "deploy: { resources: { limits: { memory: 64m } } }"),
            ("deploy: {}", "deploy: { resources: { limits: { pids: 5 } } }"),
            ("deploy: {}", "deploy: { resources: { reservations: { memory: 64m } } }"),
            ("deploy: {}", "deploy: { restart_policy: { condition: any } }"),
            (
                "deploy: { restart_policy: { condition: on-failure } }",
                "deploy: { restart_policy: { condition: on-failure, max_attempts: 3 } }"
            ),
            ("healthcheck: {}", "healthcheck: { interval: 5s }"),
            ("healthcheck: {}", "healthcheck: { timeout: 5s }"),
            ("healthcheck: {}", "healthcheck: { retries: 5 }"),
            ("healthcheck: {}", "healthcheck: { start_period: 5s }"),
            ("healthcheck: {}", "healthcheck: { start_interval: 5s }"),
            ("healthcheck: {}", "healthcheck: { disable: true }"),
            ("x-berth: {}", "x-berth: { start_timeout: 1m }"),
            ("x-berth: {}", "x-berth: { readiness_delay: 1m }"),
            ("x-berth: {}", "x-berth: { probe: { tcp: 80 } }"),
            (
                "x-berth: { probe: { http: /, port: 80 } }",
                "x-berth: { probe: { http: /, port: 80, status: 200 } }"
            ),
            ("depends_on: [db]", "depends_on: { db: { condition: service_healthy } }"),
            (
                "depends_on: [db]",
                "depends_on: { db: { condition: service_started, required: false } }"
            ),
            ("networks: [back]", "networks: { back: { aliases: [a] } }"),
            ("networks: [back]", "networks: { back: { ipv4_address: 10.0.0.9 } }"),
            ("networks: [back]", "networks: { back: { ipv6_address: \"fd00::9\" } }"),
            ("networks: [back]", "networks: { back: { link_local_ips: [169.254.1.1] } }"),
            ("networks: [back]", "networks: { back: { mac_address: \"02:42:ac:11:00:02\" } }"),
            ("networks: [back]", "networks: { back: { driver_opts: { a: b } } }"),
            ("networks: [back]", "networks: { back: { priority: 5 } }"),
            ("networks: [back]", "networks: { back: { gw_priority: 5 } }"),
            ("volumes: [data:/d]", "volumes: [data:/d:nocopy]"),
            (
                "volumes: [data:/d]",
                "volumes: [{ type: volume, source: data, target: /d, volume: { subpath: s } }]"
            ),
            ("volumes: [/e/x:/d]", "volumes: [/e/x:/d:rslave]"),
            ("volumes: [/e/x:/d]", "volumes: [/e/x:/d:Z]"),
            (
                "volumes: [/e/x:/d]",
                "volumes: [{ type: bind, source: /e/x, target: /d, "
                    + "bind: { create_host_path: false } }]"
            ),
            (
                "volumes: [/e/x:/d]",
                "volumes: [{ type: bind, source: /e/x, target: /d, "
                    + "bind: { recursive: disabled } }]"
            ),
            (
                "volumes: [{ type: tmpfs, target: /d }]",
                "volumes: [{ type: tmpfs, target: /d, tmpfs: { size: 1m, mode: 0700 } }]"
            ),
            ("configs: [conf]", "configs: [{ source: conf, target: /x }]"),
            ("configs: [conf]", "configs: [{ source: conf, mode: \"0400\" }]"),
            ("ports: [\"80:80\"]", "ports: [\"127.0.0.1:80:80/udp\"]"),
        ] {
            do {
                var first = try web("image: quay.io/web:1\n    \(base)")
                var second = try web("image: quay.io/web:1\n    \(changed)")
                first.origins = [:]
                second.origins = [:]
                XCTAssertNotEqual(first, second, changed)
            } catch {
                XCTFail("\(changed): \(error)")
            }
        }
    }
}
