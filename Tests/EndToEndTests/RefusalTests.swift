import Foundation
import TestSupport
import XCTest

/// What a manifest may not have with the policy as it is by default: nothing of it comes to be on
/// the host, and its legitimate neighbours run.
final class RefusalTests: EndToEndTestCase {
    /// One attempt, as lines of a manifest.
    private struct Attempt {
        var name: String
        /// Keys of the service, one a line.
        var service = ""
        /// Keys beside `services`.
        var top = ""
        /// What the error is about.
        var field: String
    }

    private func logging(_ driver: String, _ options: String) -> Attempt {
        let service = "logging: { driver: \(driver), options: { \(options) } }"
        return Attempt(name: "logging to \(driver)", service: service, field: "logging")
    }

    private func subnet(_ subnet: String) -> Attempt {
        Attempt(
            name: "subnet \(subnet)",
            top: "networks: { default: { ipam: { config: [{ subnet: \"\(subnet)\" }] } } }",
            field: "subnet"
        )
    }

    private func volume(_ options: String) -> Attempt {
        Attempt(
            name: "volume with \(options)",
            service: "volumes: [\"data:/data\"]",
            top: "volumes: { data: { driver_opts: { \(options) } } }",
            field: "volumes.data"
        )
    }

    private func port(_ address: String) -> Attempt {
        let service = "ports: [\"\(address):18443:8080\"]"
        return Attempt(name: "port at \(address)", service: service, field: address)
    }

    private func key(_ line: String, _ field: String, top: String = "") -> Attempt {
        Attempt(name: line, service: line, top: top, field: field)
    }

    private var attempts: [Attempt] {
        let syslog = "syslog-address: \"udp://127.0.0.1:514\""
        let script = "configs: { run: { content: x } }"
        return [
            logging("syslog", syslog), logging("gelf", "gelf-address: \"udp://127.0.0.1:1\""),
            logging("fluentd", "fluentd-address: \"unix:///run/systemd/notify\""),
            subnet("127.0.0.0/8"), subnet("169.254.0.0/16"), subnet("0.0.0.0/1"),
            subnet(World.hostAddress + "/24"),
            volume("type: cifs, device: \"//h/s\", o: \"credentials=/root/secret\""),
            volume("type: nfs, device: \":/srv\", o: \"addr=127.0.0.1\""),
            volume("type: none, device: /etc, o: bind"),
            Attempt(
                name: "a volume of a plugin",
                service: "volumes: [\"data:/data\"]",
                top: "volumes: { data: { driver: vieux/sshfs, driver_opts: "
                    + "{ sshcmd: \"root@127.0.0.1:/etc\" } } }",
                field: "policy.volume_drivers"
            ),
            port("169.254.169.254"), port("203.0.113.9"), port("[2001:db8::9]"),
            key("configs: [{ source: run, mode: \"04755\" }]", "mode", top: script),
            key("oom_score_adj: -1000", "oom_score_adj"),
            key("container_name: prod-web-1.g2", "container_name"),
            key("extra_hosts: [\"a:10.0.0.1\\n10.0.0.2 b\"]", "extra_hosts"),
            key("cap_add: [SYS_ADMIN]", "cap_add"),
            Attempt(
                name: "a bridge of the host's",
                top: "networks: { default: { driver_opts: "
                    + "{ com.docker.network.bridge.name: uplink } } }",
                field: "driver_opts"
            ),
        ]
    }

    private func commit(_ fleet: Fleet, _ attempt: Attempt) throws {
        let lines = attempt.service.isEmpty ? "" : "    \(attempt.service)\n"
        try fleet.repository.commit(
            attempt.name,
            [
                "manifests/web.yaml":
                    "services:\n  web:\n    image: web\n\(lines)\(attempt.top)\n",
                "environments/prod.yaml":
                    "registry: localhost:5000\nservices: { web: { version: \"1.0.0\" } }\n",
            ]
        )
    }

    func testNothingOfARefusedAttemptComesToBe() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            for attempt in attempts {
                try commit(fleet, attempt)
                let applied = try await fleet.berth("apply", "--timeout", "20s")
                XCTAssertNotEqual(applied.code, 0, attempt.name)
                XCTAssertTrue("\(applied)".contains(attempt.field), "\(attempt.name): \(applied)")
                let containers = try await world.containers()
                let volumes = try await world.docker("volume", "ls", "--quiet")
                XCTAssertEqual(containers, [], attempt.name)
                XCTAssertEqual(volumes, "", attempt.name)
            }
            let neighbour = Attempt(
                name: "legitimate neighbours of all",
                service: """
                    logging: { driver: local, options: { max-size: 1m } }
                        volumes: ["data:/data", { type: tmpfs, target: /cache }]
                        ports: ["127.0.0.1:18443:8080", "\(World.hostAddress):18444:8080"]
                        configs: [{ source: run, mode: 0755 }]
                        oom_score_adj: 500
                        container_name: frontdoor
                        extra_hosts: ["a:10.0.0.1"]
                        cap_drop: [ALL]
                    """,
                top: """
                    configs: { run: { content: x } }
                    volumes: { data: {} }
                    networks: { default: { ipam: { config: [{ subnet: 10.77.0.0/24 }] } } }
                    """,
                field: ""
            )
            try commit(fleet, neighbour)
            let applied = try await fleet.berth("apply")
            XCTAssertEqual(applied.code, 0, "\(applied)")
            let containers = try await world.containers()
            XCTAssertEqual(containers, ["frontdoor"])
        }
    }
}
