import Model
import XCTest

@testable import Manifests

/// What an error advises, done word for word, leaves nothing to complain about.
final class AdviceTests: XCTestCase {
    private func problems(
        _ lines: String,
        _ environment: String = "",
        top: String = ""
    ) -> [String] {
        SampleFleet.of(
            "services:\n  web:\n    image: quay.io/web:1\n    \(lines)\n"
                + "  db: { image: 'quay.io/db:1' }\n\(top)",
            "services: { web: , db: }\n\(environment)",
            other: ["manifests/a.conf": "a", "manifests/folder/a.conf": "a"]
        ).problems()
    }

    private func follow(
        _ rows: [(wrong: String, advice: String, followed: [String])],
        _ environment: String = "",
        top: String = ""
    ) {
        for (wrong, advice, followed) in rows {
            let found = problems(wrong, environment, top: top)
            XCTAssertEqual(found.count, 1, "\(wrong): \(found)")
            XCTAssertTrue(found.first?.hasSuffix("; \(advice)") == true, "\(wrong): \(found)")
            for line in followed {
                XCTAssertEqual(problems(line, environment, top: top), [], "\(wrong) → \(line)")
            }
        }
    }

    func testQuotesAreAdvisedWhereTheyHelp() {
        follow([
            ("user: 1000", "quote it: \"1000\"", ["user: \"1000\""]),
            ("stop_signal: 15", "quote it: \"15\"", ["stop_signal: \"15\""]),
            ("labels: { a: 0777 }", "quote it: \"0777\"", ["labels: { a: \"0777\" }"]),
            ("environment: { A: 1e3 }", "quote it: \"1e3\"", ["environment: { A: \"1e3\" }"]),
            ("mem_limit: 010485760", "quote it: \"010485760\"", ["mem_limit: \"010485760\""]),
            ("ports: [08080]", "quote it: \"08080\"", ["ports: [\"08080\"]"]),
            ("expose: [080]", "quote it: \"080\"", ["expose: [\"080\"]"]),
            (
                "logging: { options: { max-file: 07 } }", "quote it: \"07\"",
                ["logging: { options: { max-file: \"07\" } }"]
            ),
        ])
    }

    func testQuotesAreNotAdvisedWhereTheyDoNot() {
        let size = "write one such as 512m or 1.5g"
        let port = "write ports as 8080:80, or a range as 8080-8082:80-82"
        follow([
            ("mem_limit: 0x10", size, ["mem_limit: 512m", "mem_limit: 1.5g"]),
            ("mem_limit: \"0x10\"", size, ["mem_limit: 512m"]), ("shm_size: 1e3", size, []),
            ("shm_size: 1_000", size, []), ("ports: [0x50]", port, ["ports: ['8080:80']"]),
            ("expose: [1e2]", port, ["expose: ['80']"]),
            ("ports: [{ target: 80, published: 0x50 }]", port, []),
            (
                "restart: 5", "write no, always, unless-stopped, on-failure or on-failure:3",
                [
                    "restart: no", "restart: always", "restart: unless-stopped",
                    "restart: on-failure:3",
                ]
            ),
            (
                "network_mode: 1", "write host, none or bridge, or list networks:",
                ["network_mode: none"]
            ),
            (
                "pull_policy: true",
                "write always, missing, if_not_present, never, daily, weekly or every_12h",
                ["pull_policy: every_12h"]
            ),
            ("working_dir: 1", "start it with /", ["working_dir: /1"]),
            (
                "x-berth: { probe: { http: /, port: 80, status: 0x10 } }", "write 200-399",
                ["x-berth: { probe: { http: /, port: 80, status: 200-399 } }"]
            ),
            (
                "stop_grace_period: 1e3", "use ns, us, ms, s, m, h, d or w",
                ["stop_grace_period: 1000s"]
            ),
            ("stop_grace_period: 10", "write 10s", ["stop_grace_period: 10s"]),
            (
                "stop_grace_period: true", "write one such as 10s or 1m30s",
                ["stop_grace_period: 10s"]
            ),
        ])
    }

    func testNumbersThatAreAdvisedAreTaken() {
        let limits = { (text: String) in "deploy: { resources: { limits: { memory: \(text) } } }" }
        follow([
            (limits("64"), "write 64m", [limits("64m")]), (limits("1"), "write 6m", [limits("6m")]),
            (limits("8388608"), "write \"8388608\"", [limits("\"8388608\"")]),
            ("mem_limit: 1m", "write 6m or more", ["mem_limit: 6m"]),
            ("mem_limit: '1.5'", "write whole bytes, or a unit as in 1.5g", ["mem_limit: 1.5g"]),
            ("cpu_period: 5", "write 1000 or more", ["cpu_period: 1000"]),
            ("cpus: '0.001'", "write 0.01", ["cpus: 0.01"]),
            ("cpus: ''", "give it a value, or remove the key", ["cpus: 1", ""]),
            ("cpus: '01'", "write it without", ["cpus: '1'"]),
            ("mem_swappiness: 101", "write 100 or less", ["mem_swappiness: 100"]),
            ("oom_score_adj: 2000", "write 1000 or less", ["oom_score_adj: 1000"]),
            ("healthcheck: { retries: -1 }", "write 0 or more", ["healthcheck: { retries: 0 }"]),
            (
                "healthcheck: { retries: x }", "write one such as 10",
                ["healthcheck: { retries: 10 }"]
            ),
            ("memswap_limit: 1g", "add mem_limit", ["memswap_limit: 1g\n    mem_limit: 1g"]),
            (
                "ulimits: { nofile: { soft: 5, hard: 2 } }", "swap them",
                ["ulimits: { nofile: { soft: 2, hard: 5 } }"]
            ),
            ("init: maybe", "write one", ["init: true", "init: false"]),
        ])
    }

    func testModesThatAreAdvisedAreTaken() {
        let tmpfs = { (mode: String) in
            "volumes: [{ type: tmpfs, target: /t, tmpfs: { mode: \(mode) } }]"
        }
        let config = { (mode: String) in "configs: [{ source: c, mode: \(mode) }]" }
        let top = "configs: { c: { content: c } }\n"
        follow(
            [
                (
                    tmpfs("1023"), "write \"01023\", or \"01777\" for the decimal number",
                    [tmpfs("\"01023\""), tmpfs("\"01777\"")]
                ),
                (tmpfs("1777"), "write \"01777\"", [tmpfs("\"01777\"")]),
                (tmpfs("'2755'"), "write at most \"01777\"", [tmpfs("\"01777\"")]),
                (tmpfs("rwx"), "write octal digits in quotes, as \"0440\"", [tmpfs("\"0440\"")]),
                (
                    config("440"), "write \"0440\", or \"0670\" for the decimal number",
                    [
                        config("\"0440\""), config("\"0670\""),
                    ]
                ),
                (config("'4755'"), "write at most \"0777\"", [config("\"0777\"")]),
                (
                    "tmpfs: /t:mode=4755", "write octal digits, at most mode=1777",
                    ["tmpfs: /t:mode=1777"]
                ),
            ],
            top: top
        )
    }

    func testFilesAndFoldersGetAdviceOfTheirOwn() {
        let host = "put it on the host and write its absolute path"
        let policy = "policy: { host_paths: [/srv] }\n"
        let long = "volumes: [{ type: bind, source: ./a.conf, target: /a"
        follow(
            [
                ("volumes: ['./folder:/a']", host, ["volumes: ['/srv/folder:/a']"]),
                ("volumes: ['./folder/:/a']", host, []), ("volumes: ['./none:/a']", host, []),
                ("volumes: ['.:/a']", host, ["volumes: ['/srv:/a']"]),
                (
                    "volumes: ['./folder:/a:ro']",
                    "add it; a folder is not mounted from the commit: \(host)",
                    ["volumes: ['./folder/a.conf:/a:ro']", "volumes: ['/srv/folder:/a:ro']"]
                ),
                (
                    "volumes: ['./a.conf:/a']",
                    "make it read-only (:ro, or read_only: true), or \(host)",
                    ["volumes: ['./a.conf:/a:ro']", "volumes: ['/srv/a.conf:/a']"]
                ),
                (
                    "\(long) }]", "make it read-only (:ro, or read_only: true), or \(host)",
                    ["\(long), read_only: true }]"]
                ),
                (
                    "volumes: ['../../a:/a:ro']", "move it into the repository, or \(host)",
                    ["volumes: ['/srv/a:/a:ro']"]
                ),
                (
                    "volumes: [{ type: bind, source: '', target: /a }]",
                    "name a path or a volume, or remove it",
                    ["volumes: [{ type: bind, source: /srv/a, target: /a }]"]
                ),
                ("volumes: ['/srv/a:/a:nocopy']", "remove nocopy", ["volumes: ['/srv/a:/a']"]),
            ],
            policy
        )
    }

    func testNamesGetTheirValues() {
        let advice =
            "write its value, set it under variables: in environments/prod.yaml, or name an "
            + "env_file that sets it"
        follow([
            (
                "environment: [TOKEN]", advice,
                ["environment: [TOKEN=t]"]
            )
        ])
        XCTAssertEqual(problems("environment: [TOKEN]", "variables: { TOKEN: t }\n"), [])
        XCTAssertEqual(
            problems(
                "environment: [TOKEN]\n    env_file: /srv/web.env",
                "policy: { host_paths: ['/srv/web.env:ro'] }\n"
            ),
            []
        )
        XCTAssertEqual(problems("labels: { a: '${A:-x}' }"), [])
        XCTAssertEqual(problems("labels: { a: $A }", "variables: { A: x }\n"), [])
    }

    func testOtherAdvice() {
        follow([
            (
                "depends_on: [cache]",
                "list it, or write cache: { condition: service_started, required: false } under "
                    + "depends_on",
                ["depends_on: { cache: { condition: service_started, required: false } }"]
            ),
            (
                "command: a | b", "quote it, or write a list: [sh, -c, \"…\"]",
                [
                    "command: a '|' b", "command: [sh, -c, \"a | b\"]",
                ]
            ),
            ("ports: ['80:80', '80:80']", "remove one", ["ports: ['80:80']"]),
            ("ports: [{ target: }]", "give it a value", ["ports: [{ target: 80 }]"]),
            (
                "depends_on: { db: { condition: } }", "give it a value",
                ["depends_on: { db: { condition: service_started } }"]
            ),
            (
                "ulimits: { nofile: { soft: , hard: 5 } }", "give it a value",
                ["ulimits: { nofile: { soft: 5, hard: 5 } }"]
            ),
            ("ports: ['80:80/sctp']", "write expose: instead", ["expose: ['80/sctp']"]),
            ("labels: { 1: a }", "quote it: \"1\":", ["labels: { \"1\": a }"]),
            ("enviroment: { A: b }", "write environment", ["environment: { A: b }"]),
            (
                "healthcheck: { test: [CMD-SHELL] }", "add it",
                ["healthcheck: { test: [CMD-SHELL, a] }"]
            ),
            (
                "tmpfs: ['/t:uid=1']", "use size=64m, mode=1777, ro or rw",
                ["tmpfs: ['/t:size=64m,mode=1777,ro']", "tmpfs: ['/t:rw']"]
            ),
        ])
    }
}
