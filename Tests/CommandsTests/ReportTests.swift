import Controller
import Foundation
import Planning
import XCTest

@testable import Commands

/// What reports look like in each format: people search these lines, and programs read the JSON.
final class ReportTests: XCTestCase {
    private func output(
        _ format: String,
        _ print: (Context) throws -> ExitCode
    ) throws -> (text: String, code: ExitCode) {
        let words = ["--format", format]
        let arguments = try Arguments(words, of: StatusCommand.self, environment: [:])
        let lines = CommandRun.Lines()
        let context = Context(arguments: arguments, environment: [:], print: { lines.add($0) })
        let code = try print(context)
        return (lines.text, code)
    }

    /// The JSON is printed as it was read, so that it stays what programs know.
    private func check<Value: Decodable>(
        _ type: Value.Type,
        json: String,
        table: String,
        markdown: String,
        exits code: ExitCode,
        line: UInt = #line,
        _ print: (Context, Value) throws -> ExitCode
    ) throws {
        let value = try JSONDecoder().decode(type, from: Data(json.utf8))
        for (format, want) in [("json", json), ("table", table), ("markdown", markdown)] {
            let ended = try output(format) { try print($0, value) }
            XCTAssertEqual(ended.text, want + "\n", format, line: line)
            XCTAssertEqual(ended.code, code, format, line: line)
        }
    }

    func testPlan() throws {
        try check(
            Plan.self,
            json: """
                {
                  "changes" : [
                    {
                      "action" : "update",
                      "from" : "1.0.0",
                      "reason" : "version; start-first",
                      "service" : "web",
                      "subject" : "prod-web-1",
                      "to" : "1.1.0"
                    },
                    {
                      "action" : "create",
                      "from" : "",
                      "reason" : "missing on this host",
                      "service" : "",
                      "subject" : "prod_default",
                      "to" : ""
                    }
                  ],
                  "environment" : "prod",
                  "revision" : "0123456789",
                  "warnings" : [
                    "a warning"
                  ]
                }
                """,
            table: """
                prod at 0123456: 2 changes
                a warning

                ACTION  SUBJECT       FROM   TO     REASON
                update  prod-web-1    1.0.0  1.1.0  version; start-first
                create  prod_default  -      -      missing on this host
                """,
            markdown: """
                ## prod at 0123456: 2 changes

                | ACTION | SUBJECT | FROM | TO | REASON |
                | --- | --- | --- | --- | --- |
                | update | prod-web-1 | 1.0.0 | 1.1.0 | version; start-first |
                | create | prod\\_default | - | - | missing on this host |

                > a warning
                """,
            exits: .difference
        ) { try $0.print($1) }
    }

    func testAnEmptyPlan() throws {
        try check(
            Plan.self,
            json: """
                {
                  "changes" : [

                  ],
                  "environment" : "prod",
                  "revision" : "0123456789",
                  "warnings" : [

                  ]
                }
                """,
            table: "prod at 0123456: nothing to do",
            markdown: "## prod at 0123456: nothing to do",
            exits: .success
        ) { try $0.print($1) }
    }

    func testDrift() throws {
        try check(
            [Drift].self,
            json: """
                [
                  {
                    "actual" : "1.0.0",
                    "author" : "Ada",
                    "commit" : "0123456",
                    "desired" : "1.1.0",
                    "field" : "version",
                    "kind" : "version",
                    "service" : "web",
                    "since" : 1800000000000,
                    "subject" : "prod-web-1"
                  }
                ]
                """,
            table: """
                prod: 1 difference

                KIND     SERVICE  SUBJECT     FIELD    DESIRED  ACTUAL  SINCE                 \
                COMMIT   AUTHOR
                version  web      prod-web-1  version  1.1.0    1.0.0   2027-01-15T08:00:00Z  \
                0123456  Ada
                """,
            markdown: """
                ## prod: 1 difference

                | KIND | SERVICE | SUBJECT | FIELD | DESIRED | ACTUAL | SINCE | COMMIT | AUTHOR |
                | --- | --- | --- | --- | --- | --- | --- | --- | --- |
                | version | web | prod-web-1 | version | 1.1.0 | 1.0.0 | 2027-01-15T08:00:00Z \
                | 0123456 | Ada |
                """,
            exits: .difference
        ) { try $0.print(DriftReport(environment: "prod", rows: $1)) }
        try check(
            [Drift].self,
            json: "[\n\n]",
            table: "prod: no drift",
            markdown: "## prod: no drift",
            exits: .success
        ) { try $0.print(DriftReport(environment: "prod", rows: $1)) }
    }

    private func revision(_ id: String, _ subject: String) -> String {
        """
        {
              "author" : "Ada",
              "date" : 1800000000000,
              "id" : "\(id)",
              "subject" : "\(subject)"
            }
        """
    }

    func testStatus() throws {
        try check(
            [EnvironmentStatus].self,
            json: """
                [
                  {
                    "controller" : 7,
                    "environment" : "prod",
                    "isSuspended" : true,
                    "problems" : [
                      "environments/prod.yaml:4:5: error: wrong"
                    ],
                    "revision" : \(revision("0123456789", "Promote")),
                    "services" : [
                      {
                        "message" : "became unhealthy",
                        "name" : "web",
                        "ready" : 1,
                        "replicas" : 2,
                        "serving" : [
                          "1.0.0",
                          "1.1.0"
                        ],
                        "since" : 1800000000000,
                        "state" : "failed",
                        "wanted" : "1.2.0"
                      }
                    ],
                    "tip" : \(revision("abcdefabcd", "Break"))
                  },
                  {
                    "environment" : "dev",
                    "isSuspended" : false,
                    "problems" : [

                    ],
                    "services" : [

                    ],
                    "tip" : \(revision("abcdefabcd", "Break"))
                  }
                ]
                """,
            table: """
                prod at 0123456 by Ada: Promote (the newest revision abcdefa is invalid) (suspended)
                controller: running (pid 7)
                environments/prod.yaml:4:5: error: wrong

                SERVICE  STATE   DESIRED  SERVING      READY  SINCE                 MESSAGE
                web      failed  1.2.0    1.0.0,1.1.0  1/2    2027-01-15T08:00:00Z  became unhealthy

                dev at no valid revision (the newest revision abcdefa is invalid)
                controller: not running
                """,
            markdown: """
                ## prod at 0123456 by Ada: Promote (the newest revision abcdefa is invalid) (suspended)

                | SERVICE | STATE | DESIRED | SERVING | READY | SINCE | MESSAGE |
                | --- | --- | --- | --- | --- | --- | --- |
                | web | failed | 1.2.0 | 1.0.0,1.1.0 | 1/2 | 2027-01-15T08:00:00Z | became unhealthy |

                > controller: running (pid 7)

                > environments/prod.yaml:4:5: error: wrong

                ## dev at no valid revision (the newest revision abcdefa is invalid)

                > controller: not running
                """,
            exits: .difference
        ) { try $0.print($1) }
    }

    func testTraffic() throws {
        try check(
            [TrafficReport].self,
            json: """
                [
                  {
                    "environment" : "prod",
                    "problems" : [
                      "a problem"
                    ],
                    "rows" : [
                      {
                        "address" : "172.30.0.2:80",
                        "connections" : 3,
                        "container" : "prod-web-1",
                        "entryPoint" : "*:8080/tcp",
                        "role" : "serves",
                        "service" : "web",
                        "since" : 1800000000000
                      },
                      {
                        "entryPoint" : "*:53/udp",
                        "role" : "no backend",
                        "service" : "dns"
                      }
                    ],
                    "state" : "different"
                  }
                ]
                """,
            table: """
                prod: out of sync
                a problem

                FROM        SERVICE  CONTAINER   TO             ROLE        CONNECTIONS  SINCE
                *:8080/tcp  web      prod-web-1  172.30.0.2:80  serves      3            \
                2027-01-15T08:00:00Z
                *:53/udp    dns      -           -              no backend  -            -
                """,
            markdown: """
                ## prod: out of sync

                | FROM | SERVICE | CONTAINER | TO | ROLE | CONNECTIONS | SINCE |
                | --- | --- | --- | --- | --- | --- | --- |
                | \\*:8080/tcp | web | prod-web-1 | 172.30.0.2:80 | serves | 3 | 2027-01-15T08:00:00Z |
                | \\*:53/udp | dns | - | - | no backend | - | - |

                > a problem
                """,
            exits: .difference
        ) { try $0.print($1) }
    }

    func testStatesOfTraffic() throws {
        for (state, title, code) in [
            (TrafficReport.State.right, "prod: in sync", ExitCode.success),
            (.missing, "prod: missing", .difference), (.unknown, "prod: not compared", .difference),
        ] {
            let json = """
                {"environment": "prod", "problems": [], "rows": [], "state": "\(state.rawValue)"}
                """
            let report = try JSONDecoder().decode(TrafficReport.self, from: Data(json.utf8))
            let ended = try output("table") { try $0.print([report]) }
            XCTAssertEqual(ended.text, title + "\n")
            XCTAssertEqual(ended.code, code, title)
        }
    }

    func testCheck() throws {
        func finding(_ subject: String, good: Bool, warning: Bool) -> String {
            """
              {
                "isGood" : \(good),
                "isWarning" : \(warning),
                "message" : "found",
                "subject" : "\(subject)"
              }
            """
        }
        let findings = [
            finding("git", good: true, warning: false), finding("token", good: true, warning: true),
            finding("docker", good: false, warning: false),
        ]
        try check(
            [Checkup.Finding].self,
            json: "[\n\(findings.joined(separator: ",\n"))\n]",
            table: """
                RESULT   SUBJECT  FINDING
                ok       git      found
                warning  token    found
                FAILED   docker   found
                """,
            markdown: """
                | RESULT | SUBJECT | FINDING |
                | --- | --- | --- |
                | ok | git | found |
                | warning | token | found |
                | FAILED | docker | found |
                """,
            exits: .failure
        ) { try $0.print(CheckReport(rows: $1)) }
    }
}
