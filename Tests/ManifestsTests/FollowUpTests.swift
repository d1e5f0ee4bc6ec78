import Model
import XCTest

@testable import Manifests

/// One fault is one error: what follows from it is not said, and what does not follow is.
final class FollowUpTests: XCTestCase {
    private func problems(_ lines: String, top: String = "") -> [String] {
        SampleFleet.of(
            "services:\n  web:\n    image: quay.io/web:1\n    \(lines)\n"
                + "  db: { image: 'quay.io/db:1' }\n\(top)",
            "services: { web: , db: }\npolicy: { host_paths: [/srv] }\n",
            other: ["manifests/a.conf": "a"]
        ).problems()
    }

    func testAMissingVariableIsAllThatIsWrong() {
        let rows: [(lines: String, top: String)] = [
            ("healthcheck: { test: [CMD-SHELL, 'ping $PW'] }", ""),
            ("healthcheck: { test: [CMD, $PW] }", ""), ("healthcheck: { test: [$PW, a] }", ""),
            ("healthcheck: { test: [NONE, $PW] }", ""),
            ("x-berth: { probe: { http: $PW, port: 80 } }", ""),
            ("x-berth: { probe: { http: /, port: $PW } }", ""),
            ("x-berth: { probe: { tcp: $PW } }", ""),
            ("configs: [c]", "configs: { c: { content: $PW } }\n"),
            ("configs: [c]", "configs: { c: { file: $PW } }\n"),
            ("configs: [{ source: $PW, target: /c }]", "configs: { c: { content: c } }\n"),
            ("secrets: [s]", "secrets: { s: { file: $PW } }\n"),
            ("volumes: [{ type: bind, source: $PW, target: /a }]", ""),
            ("volumes: [{ type: $PW, source: /srv, target: /a, bind: { selinux: z } }]", ""),
            ("volumes: [{ type: bind, source: ./a.conf, target: /a, read_only: $PW }]", ""),
            ("volumes: [{ type: volume, source: vol, target: $PW }]", "volumes: { vol: }\n"),
            ("volumes: [vol:/a]", "volumes: { vol: $PW }\n"),
            ("volumes: [vol:/a]", "volumes: { vol: { driver_opts: { type: $PW, device: /x } } }\n"),
            ("volumes: [vol:/a]", "volumes: { vol: { external: $PW } }\n"),
            ("networks: [n]", "networks: { n: $PW }\n"),
            ("networks: [n]", "networks: { n: { driver: $PW } }\n"),
            ("networks: [n]", "networks: { n: { ipam: { config: [{ subnet: $PW }] } } }\n"),
            ("networks: { default: $PW }", ""), ("environment: $PW", ""), ("env_file: $PW", ""),
            ("mem_limit: $PW\n    memswap_limit: 1g", ""),
            ("deploy: { resources: { limits: { memory: $PW } } }\n    memswap_limit: 1g", ""),
            ("cpus: $PW\n    deploy: { resources: { limits: { cpus: 2 } } }", ""),
            ("cpus: 2\n    deploy: { resources: { limits: { cpus: $PW } } }", ""),
            ("deploy: { restart_policy: { condition: $PW, max_attempts: 3 } }", ""),
            ("ulimits: { nofile: { soft: $PW, hard: 5 } }", ""),
            ("ulimits: { nofile: $PW }", ""), ("logging: { driver: $PW }", ""),
            ("ports: [{ target: 80, published: $PW }]", ""), ("ports: ['$PW:80', '80:80']", ""),
            ("depends_on: { db: { condition: $PW } }", ""), ("depends_on: [$PW]", ""),
            ("extra_hosts: { a: $PW }", ""), ("devices: [{ source: $PW, target: /dev/a }]", ""),
            ("tmpfs: $PW", ""), ("deploy: $PW", ""), ("expose: [$PW]", ""),
        ]
        for (lines, top) in rows {
            let found = problems(lines, top: top)
            XCTAssertEqual(found.count, 1, "\(lines) \(top): \(found)")
            XCTAssertTrue(
                found.first?.contains("variable PW is not set; ") == true,
                "\(lines) \(top): \(found)"
            )
        }
        let image = SampleFleet.of(
            "services: { web: { image: $PW, depends_on: [db] }, db: { image: $PW } }",
            "services: { web: , db: }\n"
        ).problems()
        XCTAssertEqual(image.count { $0.contains("variable PW is not set") }, 2, "\(image)")
        XCTAssertEqual(image.count, 2, "\(image)")
    }

    func testAJobThatCannotBeReadIsNotOneThatIsAlwaysStarted() {
        let found = SampleFleet.of(
            """
            services:
              web:
                image: quay.io/w:1
                depends_on: { job: { condition: service_completed_successfully } }
              job: { image: 'quay.io/j:1', deploy: { restart_policy: { condition: on-falure } } }
            """,
            "services: { web: , job: }\n"
        ).problems()
        XCTAssertEqual(found.count, 1, "\(found)")
        XCTAssertTrue(found.first?.contains("write on-failure") == true, "\(found)")
    }

    /// What is wrong beside it is still said, with its own number in a list.
    func testOtherFaultsAreStillNamed() {
        let found = problems(
            "volumes: ['$PW:/a', '/etc:/b', './none.conf:/c:ro', { type: bind, target: /d }]"
        )
        let wants = [
            "services.web.volumes[0]: variable PW is not set",
            "services.web.volumes[1]: the host's /etc is not granted",
            "services.web.volumes[2]: the commit has no file manifests/none.conf",
            "services.web.volumes[3]: a bind mount needs a source",
        ]
        XCTAssertEqual(found.count, wants.count, "\(found)")
        for (line, want) in zip(found, wants) { XCTAssertTrue(line.contains(want), line) }
        let files = problems("env_file: [$PW, ./none.env]").map {
            $0.components(separatedBy: ": ")[2]
        }
        XCTAssertEqual(files, ["services.web.env_file[0]", "services.web.env_file[1]"])
    }
}
