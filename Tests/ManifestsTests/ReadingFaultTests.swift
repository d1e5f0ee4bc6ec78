import Model
import XCTest

@testable import Manifests

/// Values that are easily read as something else: each has the right value, or an error.
final class ReadingFaultTests: XCTestCase {
    /// Checks that a field of `web` is refused with these words and nothing more.
    private func refuse(
        _ line: String,
        _ want: String,
        variables: String = "",
        file: StaticString = #filePath,
        at place: UInt = #line
    ) {
        let found = SampleFleet.of(
            "services:\n  web:\n    image: quay.io/web:1\n    \(line)\n",
            "services: { web: }\n\(variables)"
        ).problems().filter { !$0.contains(": warning: ") }
        XCTAssertEqual(found.count, 1, "\(line): \(found)", file: file, line: place)
        XCTAssertTrue(
            found.first?.contains(want) == true,
            "\(line): \(found), not \(want)",
            file: file,
            line: place
        )
    }

    private func web(_ line: String, top: String = "") throws -> Service {
        let fleet = SampleFleet.of(
            "services:\n  web:\n    image: quay.io/web:1\n    \(line)\n\(top)",
            "services: { web: }\n"
        )
        return try XCTUnwrap(fleet.prod().service(named: "web"))
    }

    /// Every field of numbers, sizes and durations, with a place for the value.
    private static let numbers = [
        "cpus: ?", "deploy: { resources: { limits: { cpus: ? } } }",
        "deploy: { update_config: { max_failure_ratio: ? } }", "cpu_shares: ?", "cpu_quota: ?",
        "cpu_period: ?", "mem_swappiness: ?", "pids_limit: ?", "oom_score_adj: ?", "scale: ?",
        "deploy: { replicas: ? }", "deploy: { resources: { limits: { pids: ? } } }",
        "deploy: { update_config: { parallelism: ? } }", "healthcheck: { retries: ? }",
        "deploy: { restart_policy: { max_attempts: ? } }", "ulimits: { nofile: ? }",
        "ulimits: { nofile: { soft: ?, hard: ? } }", "x-berth: { probe: { tcp: ? } }",
        "ports: [{ target: ? }]",
    ]
    private static let sizes = [
        "mem_limit: ?", "mem_reservation: ?", "memswap_limit: ?", "shm_size: ?",
        "deploy: { resources: { limits: { memory: ? } } }",
        "deploy: { resources: { reservations: { memory: ? } } }",
        "volumes: [{ type: tmpfs, target: /t, tmpfs: { size: ? } }]",
    ]
    private static let durations = [
        "stop_grace_period: ?", "healthcheck: { interval: ? }", "healthcheck: { timeout: ? }",
        "healthcheck: { start_period: ? }", "healthcheck: { start_interval: ? }",
        "deploy: { update_config: { delay: ? } }", "deploy: { update_config: { monitor: ? } }",
        "deploy: { restart_policy: { delay: ? } }", "x-berth: { start_timeout: ? }",
        "x-berth: { readiness_delay: ? }", "x-berth: { drain_timeout: ? }",
    ]

    func testNothingIsNoNumber() {
        for field in Self.numbers + Self.sizes + Self.durations where !field.contains("soft") {
            let empty = field.replacing("?", with: "''")
            refuse(empty, "it is empty; give it a value, or remove the key")
            let unset = field.replacing("?", with: "\"${NONE}\"")
            refuse(unset, "it is empty; give it", variables: "variables: { NONE: '' }\n")
            for value in ["'.'", "'-'", "'+'", "' '", "'. '"] {
                let isNegative = value == "'-'" && Self.durations.contains(field)
                refuse(field.replacing("?", with: value), isNegative ? "negative" : " is not a ")
            }
        }
        refuse("ulimits: { nofile: { soft: '', hard: 5 } }", "nofile.soft: it is empty")
        refuse("cpus: '.5.'", "is not a number")
        refuse("cpus: '1e3'", "is not a number")
    }

    func testProcessorsAreReadAsTheyAreWritten() throws {
        for (text, want) in [
            ("0.5", 500_000_000), ("'0.5'", 500_000_000), (".5", 500_000_000), ("2", 2_000_000_000),
            ("'1.'", 1_000_000_000), ("0.01", 10_000_000), ("0", 0),
        ] as [(String, Int64)] {
            XCTAssertEqual(try web("cpus: \(text)").container.resources.nanoCPUs, want, text)
        }
        // What would be rounded to none, and so to no limit.
        for text in ["0.0000000001", "'0.009'"] {
            refuse("cpus: \(text)", "services.web.cpus: it is less than 0.01")
            refuse(
                "deploy: { resources: { limits: { cpus: \(text) } } }",
                "services.web.deploy.resources.limits.cpus: it is less than 0.01"
            )
        }
    }

    func testSizesAreWholeBytes() throws {
        for field in Self.sizes {
            for text in ["'1.9'", "'0.5'", "'0.0001'", "'1.5b'", "'10485760.5'"] {
                refuse(field.replacing("?", with: text), "has a part of a byte; write whole bytes")
            }
            for text in ["'0.0001k'", "'0.0000001m'", "'.0009kb'"] {
                refuse(field.replacing("?", with: text), "is less than one byte; write a larger")
            }
        }
        for (text, want) in [
            ("'8388608.0'", 8_388_608), ("8m", 8 << 20), ("7.5m", 7_864_320),
            ("'7.5 MiB'", 7_864_320),
            ("1.1g", 1_181_116_006), ("9007199254740993b", 9_007_199_254_740_993),
            ("7p", 7 << 50),
        ] as [(String, Int64)] {
            XCTAssertEqual(try web("mem_limit: \(text)").container.resources.memory, want, text)
            XCTAssertEqual(
                try web("volumes: [{ type: tmpfs, target: /t, tmpfs: { size: \(text) } }]")
                    .container.mounts.map(\.source),
                [.tmpfs(size: want, mode: nil)],
                text
            )
        }
        for option in ["size=1.9", "size=0.0001", "size=0.1k", "size=."] {
            let want = option == "size=0.1k" ? "102" : ""
            guard want.isEmpty else {
                let mounts = try web("tmpfs: '/t:\(option)'").container.mounts
                XCTAssertEqual(mounts.map(\.source), [.tmpfs(size: 102, mode: nil)])
                continue
            }
            refuse("tmpfs: '/t:\(option)'", "services.web.tmpfs[0]: ")
        }
        let tiny = "0.\(String(repeating: "0", count: 400))1"
        refuse("mem_limit: '\(tiny)'", "has a part of a byte")
        refuse("mem_limit: '\(tiny)g'", "is less than one byte")
        refuse("cpus: '\(tiny)'", "is too small a number")
        refuse("stop_grace_period: \(tiny)s", "is less than a nanosecond")
        refuse("mem_limit: 9007199254740993p", "is more than 8 EiB")
        refuse("healthcheck: { interval: 0.5ns }", "is less than a nanosecond")
        refuse("x-berth: { drain_timeout: 0.0001ns }", "is less than a nanosecond")
    }

    func testModesAreOctalEverywhere() throws {
        let config = "configs: { c: { content: x } }\n"
        for (text, want) in [
            ("\"0777\"", 0o777), ("0777", 0o777), ("'777'", 0o777), ("0o777", 0o777),
            ("0440", 0o440),
            ("\"0\"", 0), ("0", 0),
        ] {
            XCTAssertEqual(
                try web("volumes: [{ type: tmpfs, target: /t, tmpfs: { mode: \(text) } }]")
                    .container.mounts.map(\.source),
                [.tmpfs(size: nil, mode: want)],
                text
            )
            let file = "configs: [{ source: c, mode: \(text) }]"
            XCTAssertEqual(try web(file, top: config).container.files.map(\.mode), [want], text)
        }
        for text in ["01777", "\"1777\"", "'01777'"] {
            XCTAssertEqual(
                try web("volumes: [{ type: tmpfs, target: /t, tmpfs: { mode: \(text) } }]")
                    .container.mounts.map(\.source),
                [.tmpfs(size: nil, mode: 0o1777)],
                text
            )
        }
        XCTAssertEqual(
            try web("tmpfs: /t:mode=0777").container.mounts.map(\.source),
            [.tmpfs(size: nil, mode: 0o777)]
        )
        for (text, want) in [
            ("1777", "decimal number 1777; write \"01777\""),
            ("755", "decimal number 755; write \"0755\", or \"01363\" for the decimal number"),
            ("448", "decimal number 448; write \"0700\" for the decimal number"),
            ("9999", "\"9999\" is not a file mode; write octal digits in quotes"),
            ("'+777'", "\"+777\" is not a file mode"), ("'0x1ff'", "is not a file mode"),
            ("'0o777'", "is not a file mode"), ("'08'", "is not a file mode"),
            ("''", "is not a file mode"),
            ("'03777'", "has bits above 01777"), ("-1", "is not a file mode"),
        ] {
            refuse("volumes: [{ type: tmpfs, target: /t, tmpfs: { mode: \(text) } }]", want)
        }
        for option in ["mode=+777", "mode=-0", "mode=0x1ff", "mode=888", "mode=", "mode=3777"] {
            refuse("tmpfs: '/t:\(option)'", "is not a file mode; write octal digits")
        }
        let model = try ComposeFile.model(
            of: Array(
                ("services: { a: { volumes: [{ type: tmpfs, target: /t, "
                    + "tmpfs: { mode: '0750' } }] } }").utf8
            ),
            path: "c.yml"
        )
        // Compose takes a number there, and reads one that starts with a zero as octal.
        XCTAssertTrue(model.yaml().contains("mode: 0750\n"), model.yaml())
        XCTAssertTrue(model.json().contains("\"mode\": 488"), model.json())
    }

    func testKeysAreTexts() {
        let keys = ["123", "1.5", "true", "~", "null", "0x10", "2001-01-01", "-1", ".inf"]
        for key in keys {
            for (line, field) in [
                ("environment: { \(key): a }", "environment"), ("labels: { \(key): a }", "labels"),
                ("annotations: { \(key): a }", "annotations"),
                ("logging: { options: { \(key): a } }", "logging.options"),
                (
                    "networks: { default: { driver_opts: { \(key): a } } }",
                    "networks.default.driver_opts"
                ),
            ] {
                let found = SampleFleet.of(
                    "services: { web: { image: 'q.io/w:1', \(line) } }",
                    "services: { web: }\n"
                ).problems()
                XCTAssertTrue(
                    found.contains {
                        $0.hasSuffix(
                            "services.web.\(field).\(key): a key is a text, and YAML takes "
                                + "\(key) for something else; quote it: \"\(key)\":"
                        )
                    },
                    "\(line): \(found)"
                )
            }
        }
        for (manifest, environment, place) in [
            (
                "services: { 12: { image: 'q.io/w:1' } }", "services: { '12': }",
                "manifests/web.yaml:1:13"
            ),
            (
                "services: { '12': { image: 'q.io/w:1' } }", "services: { 12: }",
                "environments/prod.yaml:1:13"
            ),
            (
                "services: { w: { image: 'q.io/w:1' } }\nvolumes: { 1: }", "services: { w: }",
                "manifests/web.yaml:2:12"
            ),
            (
                "services: { w: { image: 'q.io/w:1' } }\nx-a: [{ true: }]", "services: { w: }",
                "manifests/web.yaml:2:9"
            ),
            (
                "services: { w: { image: 'q.io/w:1' } }", "services: { w: { labels: { 1: a } } }",
                "environments/prod.yaml:1:28"
            ),
        ] {
            let found = SampleFleet.of(manifest, environment).problems()
            XCTAssertEqual(found.map { $0.hasPrefix("\(place): error: ") }, [true], "\(found)")
        }
        // Quoted, each is a name; so are words that other readers take for truth values.
        for key in keys.map({ "\"\($0)\"" }) + ["yes", "on", "n", "1a", "v1.0"] {
            XCTAssertNoThrow(try web("labels: { \(key): a }"), key)
        }
    }

    func testVolumesTakeLabelsOfSELinux() throws {
        let top = "volumes: { vol: }\n"
        for (text, want, isRead) in [
            ("vol:/x:z", VolumeOptions(selinux: "z"), false),
            ("vol:/x:ro,Z", VolumeOptions(selinux: "Z"), true),
            ("vol:/x:nocopy,z", VolumeOptions(noCopy: true, selinux: "z"), false),
            ("vol:/x", VolumeOptions(), false),
        ] {
            let service = try web("volumes: ['\(text)']", top: top)
            XCTAssertEqual(
                service.container.mounts,
                [Mount(.volume(key: "vol", options: want), target: "/x", readOnly: isRead)],
                text
            )
            let file = "services: { web: { image: 'q.io/w:1', volumes: ['\(text)'] } }\n\(top)"
            let model = try ComposeFile.model(of: Array(file.utf8), path: "c.yml").yaml()
            let again = SampleFleet.of(model, "services: { web: }\n")
            let mounts = try again.prod().service(named: "web")?.container.mounts
            XCTAssertEqual(mounts, service.container.mounts, model)
        }
        let long = "volumes: [{ type: volume, source: vol, target: /x, bind: { selinux: z }"
        XCTAssertEqual(
            try web("\(long) }]", top: top).container.mounts.map(\.source),
            [.volume(key: "vol", options: VolumeOptions(selinux: "z"))]
        )
        for (line, want) in [
            ("volumes: ['vol:/x:rslave']", "propagation is for paths of the host; remove rslave"),
            ("\(long), volume: { subpath: s } }]", "selinux does not go with subpath"),
            (
                "volumes: [{ type: volume, source: vol, target: /x, "
                    + "bind: { propagation: rslave } }]",
                "bind options on a mount of type volume"
            ),
        ] {
            check([(line, top, "", want)])
        }
    }

    func testPointersOfGitAreNoContent() throws {
        let pointers: [(bytes: [UInt8], want: String)] = [
            (
                Array(
                    ("version https://git-lfs.github.com/spec/v1\noid sha256:"
                        + String(repeating: "0", count: 64) + "\nsize 12\n").utf8
                ),
                "it is a pointer of Git LFS, and its content is not in the commit; take it out of"
            ),
            (
                [0] + Array("GITCRYPT".utf8) + [0, 1, 2, 3],
                "it is encrypted by git-crypt, and no key for it is here; put it on the host"
            ),
            (
                Array("/annex/objects/SHA256E-s1--00\n".utf8),
                "it is a pointer of git-annex, and its content is not in the commit"
            ),
        ]
        for (bytes, want) in pointers {
            for line in [
                "volumes: ['./a:/a:ro']", "env_file: a", "configs: [c]",
                "volumes: [{ type: bind, source: ./a, target: /a, read_only: true }]",
            ] {
                let files = [
                    "manifests/a": bytes,
                    "manifests/web.yaml": Array(
                        ("services: { web: { image: 'q.io/w:1', \(line) } }\n"
                            + "configs: { c: { file: ./a } }\n").utf8
                    ),
                    "environments/prod.yaml": Array("services: { web: }".utf8),
                ]
                let found = Fleet(FleetFiles(files)).problems()
                XCTAssertEqual(found.count, 1, "\(line): \(found)")
                XCTAssertTrue(found.first?.contains("manifests/a: \(want)") == true, "\(found)")
            }
            for path in ["manifests/web.yaml", "environments/prod.yaml"] {
                var files = [
                    "manifests/web.yaml": Array("services: { web: { image: 'q.io/w:1' } }".utf8),
                    "environments/prod.yaml": Array("services: { web: }".utf8),
                ]
                files[path] = bytes
                let found = Fleet(FleetFiles(files)).problems()
                XCTAssertTrue(
                    found.contains { $0.hasPrefix("\(path):1:1: error: \(want)") },
                    "\(found)"
                )
            }
        }
        // What only speaks of them is content.
        let fleet = SampleFleet.of(
            "services: { web: { image: 'q.io/w:1', volumes: ['./a:/a:ro'] } }",
            "services: { web: }",
            other: ["manifests/a": "# version https://git-lfs.github.com/spec/v1\n"]
        )
        XCTAssertEqual(fleet.problems(), [])
    }

    func testWhatIsWrittenTwiceIsSaidToBe() {
        refuse(
            "ports: ['80:80', '81:81', '80:80']",
            "manifests/web.yaml:4:31: error: services.web.ports[2]: it is the same as "
                + "services.web.ports[0]; remove one"
        )
        refuse("ports: ['80-82:80-82', '80-82:80-82/tcp']", "ports[1]: it is the same as")
        refuse("ports: ['80:80', { target: 80, published: 80 }]", "ports[1]: it is the same as")
        refuse("ports: ['80', '80/tcp']", "ports[1]: it is the same as")
        refuse(
            "expose: ['90', '90']",
            "services.web.expose[1]: \"90\" is written twice; remove one"
        )
        refuse("ports: ['80:80', '0.0.0.0:80:81']", "is already published by web")
        check([("ports: ['80:80', '80:80/udp', '81:80']", "", "", nil)])
    }

    /// An environment lists its services; profiles neither add one nor take one out.
    func testProfilesListNothing() throws {
        let manifest = """
            services:
              web: { image: "q.io/w:1", ports: ["8080:80"] }
              adminer: { image: "q.io/a:1", profiles: [debug], environment: { PW: "${PW}" } }
              db: { image: "q.io/d:1", volumes: ["data:/var/lib/data"] }
            volumes: { data: }
            """
        let state = try SampleFleet.of(manifest, "services: { web: , db: }\n").prod()
        XCTAssertEqual(state.services.map(\.name).sorted(), ["db", "web"])
        XCTAssertEqual(state.volumes.keys.sorted(), ["data"])
    }

    /// A file of the commit has one limit, in a folder as in a commit.
    func testFilesOfTheCommitHaveOneLimit() throws {
        for (count, want) in [
            (FleetFiles.largest, nil),
            (FleetFiles.largest + 1, "manifests/a is larger than 4 MiB; name a file of the host"),
        ] as [(Int, String?)] {
            let files = [
                "manifests/a": [UInt8](repeating: 0x61, count: count),
                "manifests/web.yaml": Array(
                    "services: { web: { image: 'q.io/w:1', volumes: ['./a:/a:ro'] } }".utf8
                ),
                "environments/prod.yaml": Array("services: { web: }".utf8),
            ]
            let found = Fleet(FleetFiles(files)).problems()
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
    }
}
