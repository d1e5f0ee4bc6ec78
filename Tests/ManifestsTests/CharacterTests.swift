import Model
import XCTest

@testable import Manifests

/// Characters that mean nothing are refused in every field, and kept where they mean something.
final class CharacterTests: XCTestCase {
    private static let characters = [
        "\\e", "\\a", "\\n", "\\t", "\\x7f", "\\x9b", "\\u202e", "\\u2028",
    ]

    func testFieldsThatAreOneLine() {
        for character in Self.characters + ["\\0"] {
            for line in [
                "user: \"a#b\"", "hostname: \"a#b\"", "working_dir: \"/a#b\"", "platform: \"a#b\"",
                "extra_hosts: [\"a#b=10.0.0.1\"]", "extra_hosts: { \"a#b\": 10.0.0.1 }",
                "extra_hosts: { a: \"10.0.0.1#10.0.0.2 b\" }", "labels: { \"a#b\": c }",
                "labels: [\"a#b=c\"]", "environment: { \"A#B\": c }", "annotations: { \"a#b\": c }",
                "dns_search: \"a#b\"", "dns_opt: [\"a#b\"]", "tmpfs: \"/a#b\"", "runtime: \"a#b\"",
                "volumes: [\"/srv/a#b:/c\"]", "volumes: [\"/srv/a:/c#d\"]",
                "env_file: \"/srv/a#b\"",
                "x-berth: { probe: { http: \"/a#b\", port: 80 } }", "container_name: \"a#b\"",
                "sysctls: { net.core.somaxconn: \"1#2\" }", "group_add: [\"a#b\"]",
                "logging: { driver: local, options: { max-size: \"1#m\" } }", "cpuset: \"0#1\"",
                "ports: [{ target: 80, name: \"a#b\" }]", "deploy: { labels: { \"a#b\": c } }",
                "networks: { default: { aliases: [\"a#b\"] } }", "stop_signal: \"TERM#\"",
            ] {
                let written = line.replacing("#", with: character)
                let found = Self.problems(written)
                XCTAssertFalse(found.isEmpty, written)
                for problem in found {
                    XCTAssertTrue(
                        problem.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) },
                        problem
                    )
                    XCTAssertTrue(problem.hasPrefix("manifests/web.yaml:4:"), problem)
                }
            }
        }
    }

    func testFieldsThatMayHaveThem() throws {
        for character in Self.characters {
            for line in [
                "environment: { A: \"a#b\" }", "environment: [\"A=a#b\"]", "labels: { a: \"b#c\" }",
                "command: [sh, -c, \"a#b\"]", "entrypoint: [\"a#b\"]",
                "annotations: { a: \"b#c\" }",
                "healthcheck: { test: [CMD, \"a#b\"] }", "healthcheck: { test: \"a#b\" }",
            ] {
                let written = line.replacing("#", with: character)
                XCTAssertEqual(Self.problems(written), [], written)
                XCTAssertFalse(Self.problems(line.replacing("#", with: "\\0")).isEmpty, line)
            }
            let fleet = SampleFleet.of(
                "services: { web: { image: 'quay.io/web:1', configs: [c] } }\n"
                    + "configs: { c: { content: \"a\(character)\\0b\" } }\n",
                "services: { web: }\n"
            )
            XCTAssertEqual(fleet.problems(), [], character)
            XCTAssertEqual(try fleet.prod().files.count, 1)
        }
    }

    func testNamesOfSections() {
        for (name, isGood) in [
            ("web", true), ("web-1.a_b", true), ("Web", true), ("_web", true), (".", false),
            ("..", false), ("...", false), (".web", false), ("web.", false), ("a/b", false),
            ("\"a\\nb\"", false), ("\"\"", false), (String(repeating: "a", count: 63), true),
            (String(repeating: "a", count: 64), false),
        ] {
            let found = SampleFleet.of(
                "services: { \(name): { image: 'quay.io/web:1' } }\n",
                "services: { \(name): }\n"
            ).problems()
            XCTAssertEqual(found.isEmpty, isGood, "\(name): \(found)")
        }
    }

    func testValuesOfFilesEndAtNoNull() {
        for (text, isGood) in [("A=a\tb\n", true), ("A=a\u{0}b\n", false)] {
            for format in ["", ", format: raw"] {
                let found = SampleFleet.of(
                    "services: { web: { image: 'quay.io/web:1', "
                        + "env_file: [{ path: a.env\(format) }] } }\n",
                    "services: { web: }\n",
                    other: ["manifests/a.env": text]
                ).problems()
                XCTAssertEqual(found.isEmpty, isGood, "\(text.debugDescription)\(format): \(found)")
            }
        }
    }

    private static func problems(_ line: String) -> [String] {
        SampleFleet.of(
            "services:\n  web:\n    image: quay.io/web:1\n    \(line)\n",
            "services: { web: }\npolicy: { host_paths: [/srv], unconfined: [web] }\n"
        ).problems()
    }
}
