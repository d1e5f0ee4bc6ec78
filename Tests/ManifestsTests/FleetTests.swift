import Model
import XCTest

@testable import Manifests

/// What fleets of one manifest and one environment say.
final class FleetTests: XCTestCase {
    /// A manifest of one service, `web`, with more lines under it.
    private func manifest(_ lines: String = "", top: String = "") -> String {
        let indented = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
        return "services:\n  web:\n    image: web\n\(indented)\(top)"
    }

    /// An environment that lists `web` in version 1.0, with more lines under it.
    private func environment(_ lines: String = "", top: String = "") -> String {
        let indented = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
        return "registry: ghcr.io/team\nservices:\n  web:\n    version: \"1.0\"\n\(indented)\(top)"
    }

    private func web(_ fleet: Fleet, file: StaticString = #filePath, line: UInt = #line) throws
        -> Service
    {
        do {
            return try XCTUnwrap(try fleet.prod().service(named: "web"), file: file, line: line)
        } catch {
            XCTFail("\(error)", file: file, line: line)
            throw error
        }
    }

    func testImages() throws {
        let digest = "sha256:" + String(repeating: "a", count: 64)
        for (image, lines, want) in [
            ("web", "version: 1.4.2", "ghcr.io/team/web:1.4.2"),
            ("web:old", "version: 1.4.2", "ghcr.io/team/web:1.4.2"),
            ("web@\(digest)", "version: 1.4.2", "ghcr.io/team/web:1.4.2"),
            ("web:1.0", "", "ghcr.io/team/web:1.0"),
            ("quay.io/a/web", "version: 1.4.2", "quay.io/a/web:1.4.2"),
            ("docker.io/library/redis:7", "", "docker.io/library/redis:7"),
            ("${DOCKER_REGISTRY}/x/web:${VERSION}", "version: 2", "ghcr.io/team/x/web:2"),
            ("web", "version: 1.4.2@\(digest)", "ghcr.io/team/web:1.4.2@\(digest)"),
            (
                "${DOCKER_REGISTRY}/web:${VERSION}", "version: 3@\(digest)",
                "ghcr.io/team/web:3@\(digest)"
            ),
            ("web", "version: 1.4.2\n    registry: localhost:5000", "localhost:5000/web:1.4.2"),
            ("web", "version: 1.4.2\n    image: other", "ghcr.io/team/other:1.4.2"),
        ] {
            let fleet = SampleFleet.of(
                "services: { web: { image: \"\(image)\" } }",
                "registry: ghcr.io/team\nservices:\n  web:\n    \(lines)\n"
            )
            XCTAssertEqual(try web(fleet).image.canonical, want, "\(image) \(lines)")
        }
    }

    func testOverlay() throws {
        let fleet = SampleFleet.of(
            manifest(
                """
                environment: [A=1, "B=${X:-x}", C=3]
                labels: { a: "1" }
                ports: ["8080:80"]
                command: run --fast
                healthcheck: { test: [CMD, t], interval: 5s }
                networks: [front, back]
                extra_hosts: ["db=10.0.0.1"]
                """,
                top: "networks: { front: , back: }\n"
            ),
            environment(
                """
                environment: { B: two, C: null, D: "4" }
                labels: [b=2]
                ports: ["9090:80"]
                healthcheck: { interval: 1m }
                networks: { back: { aliases: [w] }, front: null }
                extra_hosts: { cache: 10.0.0.2 }
                """
            )
        )
        let service = try web(fleet)
        XCTAssertEqual(service.container.environment, ["A": "1", "B": "two", "D": "4"])
        XCTAssertEqual(service.container.labels, ["a": "1", "b": "2"])
        XCTAssertEqual(service.ports.map(\.published), [9090])
        XCTAssertEqual(service.container.command, ["run", "--fast"])
        XCTAssertEqual(service.container.healthCheck?.test, ["CMD", "t"])
        XCTAssertEqual(service.container.healthCheck?.interval, .seconds(60))
        XCTAssertEqual(
            service.container.network,
            .networks([NetworkAttachment(network: "back", aliases: ["w"])])
        )
        XCTAssertEqual(
            Set(service.container.extraHosts.map { "\($0.name)=\($0.address)" }),
            ["db=10.0.0.1", "cache=10.0.0.2"]
        )
        XCTAssertEqual(service.origins["environment.B"]?.file, "environments/prod.yaml")
        XCTAssertEqual(service.origins["environment.A"]?.file, "manifests/web.yaml")
    }

    func testFilesOfTheCommit() throws {
        let fleet = SampleFleet.of(
            manifest(
                """
                env_file: [base.env]
                environment: { B: own }
                configs: [{ source: conf, target: /etc/app.conf }]
                volumes: ["./nginx.conf:/etc/nginx.conf:ro"]
                secrets: [key]
                """,
                top: """
                    configs: { conf: { content: "v=${V}" } }
                    secrets: { key: { file: /srv/secrets/key } }

                    """
            ),
            environment(
                top: "variables: { V: 7 }\npolicy: { host_paths: [\"/srv/secrets:ro\"] }\n"
            ),
            other: ["manifests/base.env": "A=1\nB=2\n", "manifests/nginx.conf": "server {}"]
        )
        let state = try fleet.prod()
        let service = try web(fleet)
        XCTAssertEqual(service.container.environment, ["A": "1", "B": "own"])
        XCTAssertEqual(
            service.container.files.map(\.target),
            ["/etc/app.conf", "/run/secrets/key", "/etc/nginx.conf"]
        )
        XCTAssertEqual(
            Set(state.files.values.map { String(decoding: $0, as: UTF8.self) }),
            ["v=7", "server {}"]
        )
        XCTAssertEqual(service.container.files[1].source, .host(path: "/srv/secrets/key"))
        XCTAssertTrue(service.container.files[1].isSecret)
    }

    func testStartFirstWhereItIsImpossible() throws {
        for (name, lines, top, reason) in [
            ("none", "", "", nil),
            (
                "host", "network_mode: host", "policy: { host_network: [web] }",
                "both would use the host's network and its ports"
            ),
            (
                "volume", "volumes: [\"data:/data\"]", "volumes: { data: }",
                "both would write to the volume data"
            ),
            ("read-only", "volumes: [\"data:/data:ro\"]", "volumes: { data: }", nil),
            ("memory", "tmpfs: /tmp", "", nil),
            (
                "bind", "volumes: [\"/srv/x:/x\"]", "policy: { host_paths: [/srv] }",
                "both would write to the host's /srv/x"
            ),
        ] as [(String, String, String, String?)] {
            let service = try web(
                SampleFleet.of(manifest(), environment(lines, top: top + "\n"))
            )
            XCTAssertEqual(service.update.orderReason, reason, name)
            XCTAssertEqual(service.update.order, reason == nil ? .startFirst : .stopFirst, name)
        }
        let explicit = SampleFleet.of(
            manifest("volumes: [\"data:/d\"]", top: "volumes: { data: }\n"),
            environment("deploy: { update_config: { order: start-first } }")
        )
        XCTAssertEqual(
            explicit.problems(),
            [
                "environments/prod.yaml:5:39: error: services.web.deploy.update_config.order: "
                    + "start-first is impossible: both would write to the volume data; "
                    + "write stop-first"
            ]
        )
    }

    func testJobs() throws {
        let files = """
            services:
              web: { image: web, depends_on: { migrate: { condition: service_completed_successfully } } }
              migrate: { image: web, command: migrate, restart: on-failure:3 }
            """
        let listed = "services: { web: { version: 1.0.0 }, migrate: { version: 1.0.0 } }\n"
        let state = try SampleFleet.of(files, listed).prod()
        XCTAssertEqual(state.services.map(\.isJob), [true, false])
        XCTAssertEqual(state.service(named: "migrate")?.container.restart, .onFailure(retries: 3))
    }

    func testEveryProblemIsReportedWithItsPlace() {
        for (name, lines, top, want) in [
            (
                "unknown key", "enviroment: {}", "",
                "5:5: error: services.web.enviroment: there is no "
                    + "key \"enviroment\"; write environment"
            ),
            (
                "two problems", "stop_grace_period: 5\nreplicas: 2", "",
                "5:24: error: services.web.stop_grace_period: 5 has no unit; write 5s"
            ),
            (
                "unset", "command: [\"${NOPE}\"]", "",
                "5:15: error: services.web.command[0]: variable "
                    + "NOPE is not set; set it under variables: in environments/prod.yaml, or give a "
                    + "default ${NOPE:-…}"
            ),
            (
                "rewritten", "image: web\nlabels: { v: 1.10 }", "",
                "6:18: error: services.web.labels.v:"
                    + " Compose would read 1.10 as a number or a date and change it; quote it: \"1.10\""
            ),
            (
                "host path", "volumes: [\"/etc:/x\"]", "",
                "5:15: error: services.web.volumes[0]: the "
                    + "host's /etc is not granted; remove it, or add /etc to policy.host_paths"
            ),
            (
                "privileged", "privileged: true", "",
                "5:17: error: services.web.privileged: privileged"
                    + " is not granted"
            ),
            (
                "capability", "cap_add: [SYS_ADMIN]", "",
                "5:15: error: services.web.cap_add: the "
                    + "capability SYS_ADMIN is not granted"
            ),
            (
                "untrusted", "", "policy: { trusted_registries: [quay.io] }",
                "error: services.web.image:"
                    + " ghcr.io/team/web is not in a trusted registry"
            ),
            (
                "digest", "", "policy: { require_digest: true }",
                "4:14: error: services.web.version: "
                    + "the policy requires a digest"
            ),
            (
                "signatures", "", "policy: { signatures: { key: k } }",
                "signatures are not checked yet"
            ),
            (
                "undefined network", "networks: [bak]", "networks: { back: }",
                "5:16: error: "
                    + "services.web.networks.bak: there is no \"bak\" under networks; did you mean back?"
            ),
            (
                "undefined dependency", "depends_on: [db]", "",
                "5:18: error: services.web.depends_on.db:"
                    + " db is not listed in environments/prod.yaml"
            ),
            ("self", "depends_on: [web]", "", "the services wait for each other: web → web"),
            (
                "name and replicas", "container_name: web\ndeploy: { replicas: 2 }", "",
                "2 containers cannot share one name"
            ),
            (
                "always a job", "build: .", "",
                "5:5: error: services.web.build: images are not built"
            ),
            ("order", "deploy: { update_config: { order: start-frist } }", "", "write start-first"),
            ("reserved variable", "", "variables: { VERSION: 1 }", "VERSION is filled in by Berth"),
            ("registry", "registry: team", "", "\"team\" does not name a registry"),
            (
                "two on one port", "ports: [\"80:80\", \"80:81\"]", "",
                "the host's port 80/tcp is "
                    + "already published by web"
            ),
            (
                "environment secret", "secrets: [s]", "secrets: { s: { environment: S } }",
                "nothing is taken from the process environment"
            ),
        ] {
            let fleet = SampleFleet.of(manifest(), environment(lines, top: top + "\n"))
            let problems = fleet.problems().joined(separator: "\n")
            XCTAssertTrue(problems.contains(want), "\(name): \(problems)")
        }
    }

    func testFloatingTags() {
        for (tag, isFloating) in [
            (nil, true), ("latest", true), ("main", true), ("stable", true), ("nightly", true),
            ("latest-arm64", true), ("alpine", true), ("1.4", false), ("7-alpine", false),
            ("main-3f2c1d9", false), ("v2", false), ("deadbeef", false), ("3f2c1d9", false),
        ] as [(String?, Bool)] {
            XCTAssertEqual(Policy.isFloating(tag), isFloating, tag ?? "none")
        }
    }

    func testAnImageThatCannotBeReadIsNotMissing() {
        let fleet = SampleFleet.of(
            manifest("").replacing("image: web", with: "image: [web]"),
            environment()
        )
        XCTAssertEqual(
            fleet.problems(),
            [
                "manifests/web.yaml:3:12: error: services.web.image: expected a text, found a list"
            ]
        )
    }

    func testOneEnvironmentHasOneFile() {
        let bytes = Array("services: { web: { image: quay.io/w:1 } }".utf8)
        let fleet = Fleet(
            FleetFiles(["environments/a.yaml": bytes, "environments/a.yml": bytes])
        )
        XCTAssertThrowsError(try fleet.desiredState(of: "a", at: SampleFleet.revision))
        XCTAssertTrue(fleet.validate().contains { $0.message.contains("is the same environment") })
    }

    func testHostEnvironmentFilesSayNothingOfTheirContent() throws {
        let file = HostEnvironmentFile(path: "/srv/x.env")
        XCTAssertEqual(
            try HostEnvironment.variables(in: Array("A=1\nB=\"${A}2\"\n".utf8), of: file),
            ["A": "1", "B": "12"]
        )
        XCTAssertThrowsError(
            try HostEnvironment.variables(in: Array("A=1\nhunter2\n".utf8), of: file)
        ) {
            XCTAssertEqual(
                "\($0)",
                "/srv/x.env:2: the line is not a variable; write NAME=value, and close quotes"
            )
        }
    }

    func testBrokenFilesStayApart() throws {
        var files = try SampleFleet.ownFiles()
        files["environments/staging.yaml"] = Array("services: [".utf8)
        files["manifests/other.yaml"] = Array("services:\n\tx: 1\n".utf8)
        let fleet = Fleet(FleetFiles(files))
        XCTAssertNoThrow(try fleet.prod())
        XCTAssertThrowsError(try fleet.desiredState(of: "staging", at: SampleFleet.revision))
        XCTAssertTrue(fleet.validate().contains { $0.location?.file == "manifests/other.yaml" })
    }

    func testValidateLooksBetweenEnvironments() {
        let one =
            "promotes_from: b\nservices: { web: { image: quay.io/w:1, ports: [\"80:80\"] } }\n"
        let two =
            "promotes_from: a\nservices: { web: { image: quay.io/w:1, ports: [\"80:80\"] } }\n"
        let fleet = Fleet(
            FleetFiles([
                "environments/a.yaml": Array(one.utf8), "environments/b.yaml": Array(two.utf8),
            ])
        )
        let lines = fleet.validate().map(\.description)
        XCTAssertEqual(lines.count, 2, "\(lines)")
        XCTAssertTrue(lines.contains { $0.contains("form a cycle: a → b → a") })
        XCTAssertTrue(lines.contains { $0.contains("a/web publishes the host's port 80, too") })
    }

    func testPortsThatOverlap() {
        let rows: [(one: String, other: String, isTaken: Bool)] = [
            ("8080:80", "8080:80", true), ("8080:80", "127.0.0.1:8080:80", true),
            ("127.0.0.1:8080:80", "8080:80", true), ("8080:80", "[::]:8080:80", true),
            ("8080:80", "0.0.0.0:8080:80", true), ("8080:80", "[2001:db8::1]:8080:80", true),
            ("0.0.0.0:8080:80", "127.0.0.1:8080:80", true),
            ("[::]:8080:80", "[2001:db8::1]:8080:80", true),
            ("[2001:db8::1]:8080:80", "[2001:db8:0:0::1]:8080:80", true),
            ("8080-8090:80-90", "127.0.0.1:8085:80", true),
            // These stand beside each other.
            ("8080:80", "8081:80", false), ("8080:80", "8080:80/udp", false),
            ("192.0.2.1:8080:80", "192.0.2.2:8080:80", false),
            ("0.0.0.0:8080:80", "[::]:8080:80", false),
            ("[::]:8080:80", "192.0.2.1:8080:80", false),
            ("0.0.0.0:8080:80", "[2001:db8::1]:8080:80", false),
        ]
        func services(_ ports: [(name: String, port: String)]) -> [UInt8] {
            let lines = ports.map { name, port in
                "  \(name): { image: quay.io/w:1, ports: [\"\(port)\"] }\n"
            }
            return Array("services:\n\(lines.joined())".utf8)
        }
        for row in rows {
            let words = "\(row.one) and \(row.other)"
            let both = services([("web", row.one), ("api", row.other)])
            let within = Fleet(FleetFiles(["environments/a.yaml": both])).validate()
            let refused = within.contains { "\($0)".contains("already published by") }
            XCTAssertEqual(refused, row.isTaken, "\(words): \(within)")
            let between = Fleet(
                FleetFiles([
                    "environments/a.yaml": services([("web", row.one)]),
                    "environments/b.yaml": services([("web", row.other)]),
                ])
            ).validate()
            let warned = between.contains { "\($0)".contains("publishes the host's port") }
            XCTAssertEqual(warned, row.isTaken, "\(words): \(between)")
        }
    }

    func testTheModelReadsBackAsItself() throws {
        let fleet = try SampleFleet.own()
        let model = try fleet.model(of: "prod", at: SampleFleet.revision)
        let again = CanonicalComparison(Array(model.yaml().utf8), [:])
        XCTAssertEqual(again.problems, [])
        let differences = CanonicalDifference.all(ours: again.ours, theirs: JSON(model.root))
        XCTAssertEqual(differences.map(\.description), [])
        XCTAssertTrue(
            model.yaml(withOrigins: true).contains("\"warn\"  # ")
                || model.yaml(withOrigins: true).contains("warn  # manifests/")
        )
    }

    func testNetworksThatCannotDoWhatIsAsked() {
        for (line, want) in [
            ("network_mode: bridge\n    ports: [\"80:80\"]", "Docker's own bridge"),
            ("networks: { default: { priority: 5 } }", "write gw_priority"),
            ("networks: { default: { gw_priority: 5 } }", nil),
        ] as [(String, String?)] {
            let manifest = "services:\n  web:\n    image: quay.io/web:1\n    \(line)\n"
            let problems = SampleFleet.of(manifest, "services: { web: }\n").problems()
            XCTAssertEqual(problems.count, want == nil ? 0 : 1, "\(line): \(problems)")
            if let want { XCTAssertTrue(problems.first?.contains(want) == true, "\(problems)") }
        }
    }
}
