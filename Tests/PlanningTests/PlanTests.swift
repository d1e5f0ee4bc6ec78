import Model
import Planning
import XCTest

final class PlanTests: XCTestCase {
    private typealias Adjust = (inout Situation) throws -> Void

    /// What stands in the way and what stays is told beside the changes.
    func testWhatIsToldOfComposeProjects() throws {
        var situation = try Situation(replicas: 1)
        situation.inputs.rivalProjects = ["shop"]
        situation.inputs.bystanders = ["shop_cron_1"]
        XCTAssertEqual(
            Plan(situation.comparison).warnings,
            [
                "the Compose project shop has what services of this environment need; to take it "
                    + "over, add adopts: { project: shop } to environments/prod.yaml"
            ]
        )
        var comparison = situation.comparison
        comparison.inputs.rivalProjects = []
        comparison.desired.adoptedProject = "shop"
        XCTAssertEqual(
            Plan(comparison).warnings,
            [
                "shop_cron_1 of the Compose project shop belongs to no service of "
                    + "environments/prod.yaml and is left alone"
            ]
        )
        comparison.inputs.bystanders = []
        comparison.inputs.isProjectMissing = true
        XCTAssertEqual(
            Plan(comparison).warnings,
            [
                "adopts names the Compose project shop, but this host has no container and no "
                    + "network of it; docker ps shows what runs"
            ]
        )
    }

    func testEveryKindOfChange() throws {
        let table: [(name: String, replicas: Int, adjust: Adjust, want: [String])] = [
            ("as committed", 1, { $0.containers = [try $0.container()] }, []),
            ("missing", 1, { _ in }, ["create prod-web-1 >2: missing"]),
            (
                "one of three missing", 3,
                { $0.containers = [try $0.container(slot: 1), try $0.container(slot: 3)] },
                ["create prod-web-2 >2: missing"]
            ),
            (
                "another version", 1, { $0.containers = [try $0.old()] },
                ["update prod-web-1 1>2: version; start-first"]
            ),
            (
                "the same version of another image", 1,
                { situation in
                    let image = try ImageName("registry.example/web:2")
                        .withDigest(Situation.image("moved"))
                    situation.containers = [
                        try situation.container {
                            $0.spec = Situation.image("x")
                            $0.image = image
                        }
                    ]
                },
                ["update prod-web-1 2>2: the tag's image; start-first"]
            ),
            (
                "another spec of the same image", 1,
                { $0.containers = [try $0.container { $0.spec = Situation.image("x") }] },
                ["update prod-web-1 2>2: configuration; start-first"]
            ),
            (
                "another spec whose fields are known", 1,
                { situation in
                    situation.containers = [
                        try situation.container { $0.spec = Situation.image("x") }
                    ]
                    situation.inputs.fields["id of prod-web-1"] = [
                        FieldDifference(field: "user", desired: "1", actual: "0"),
                        FieldDifference(field: "environment.A", desired: "set", actual: ""),
                    ]
                },
                ["update prod-web-1 2>2: user, environment.A; start-first"]
            ),
            (
                "ended", 1,
                { $0.containers = [try $0.container { $0.state = .exited(code: 1) }] },
                ["start prod-web-1 exited (1)>2: exited (1)"]
            ),
            (
                "paused", 1, { $0.containers = [try $0.container { $0.state = .paused }] },
                ["start prod-web-1 paused>2: paused"]
            ),
            (
                "never started", 1,
                { $0.containers = [try $0.container { $0.state = .created }] },
                ["start prod-web-1 created>2: created"]
            ),
            (
                "unhealthy", 1,
                { $0.containers = [try $0.container { $0.health = .unhealthy }] },
                ["replace prod-web-1 2>2: unhealthy"]
            ),
            (
                "still starting", 1,
                { $0.containers = [try $0.container { $0.health = .starting }] }, []
            ),
            (
                "a slot too many", 1,
                { $0.containers = [try $0.container(), try $0.container(slot: 2)] },
                ["remove prod-web-2 2>: replicas: 1"]
            ),
            (
                "a slot too many, without pruning", 1,
                {
                    $0.containers = [try $0.container(), try $0.container(slot: 2)]
                    $0.prunes = false
                }, ["remove prod-web-2 2>: replicas: 1"]
            ),
            (
                "a candidate that was left", 1,
                {
                    $0.containers = [
                        try $0.container(), try $0.container(role: .candidate(generation: 2)),
                    ]
                },
                ["finish prod-web-1.g2 2>2: left from an update"]
            ),
            (
                "an incumbent that still drains", 1,
                {
                    $0.containers = [try $0.container(), try $0.old(role: .retired(generation: 1))]
                },
                ["finish prod-web-1.old1 1>2: left from an update"]
            ),
            (
                "a failed container kept for its logs", 1,
                { $0.containers = [try $0.container(), try $0.old(role: .failed(generation: 1))] },
                []
            ),
            (
                "only a candidate", 1,
                { $0.containers = [try $0.container(role: .candidate(generation: 1))] },
                ["create prod-web-1 >2: missing"]
            ),
            (
                "rules that differ", 1,
                {
                    $0.containers = [try $0.container()]
                    $0.inputs.traffic["web"] = [
                        FieldDifference(field: "port 80", desired: "slot 1", actual: "nothing")
                    ]
                },
                ["traffic port 80 nothing>slot 1: rules differ"]
            ),
            (
                "a container of Compose's", 1,
                { $0.containers = [try $0.adopted()] },
                ["adopt shop_web_1 1>2: start-first"]
            ),
            (
                "a container of Compose's that was replaced", 1,
                { $0.containers = [try $0.adopted(), try $0.container()] },
                [
                    "remove shop_web_1 1>: prod-web-1 has replaced it in the Compose project shop"
                ]
            ),
            (
                "a missing network", 1,
                {
                    $0.containers = [try $0.container()]
                    $0.inputs.preparations = ["prod_default"]
                },
                ["create prod_default >prod_default: missing on this host"]
            ),
            (
                "an image that cannot be resolved", 1,
                {
                    $0.goals = [:]
                    $0.inputs.unresolved["web"] = "the registry is down"
                },
                ["blocked web >2: the registry is down"]
            ),
        ]
        for (name, replicas, adjust, want) in table {
            var situation = try Situation(replicas: replicas)
            try adjust(&situation)
            XCTAssertEqual(situation.plan(), want, name)
            XCTAssertEqual(Plan(situation.comparison).isEmpty, want.isEmpty, name)
        }
    }

    func testAServiceThatIsNoLongerListedIsRemoved() throws {
        var situation = try Situation()
        situation.containers = [try situation.old(slot: 2), try situation.old(slot: 1)]
        situation.services = []
        situation.goals = [:]
        XCTAssertEqual(
            situation.plan(),
            ["prod-web-1", "prod-web-2"].map {
                "remove \($0) 1>: not in environments/prod.yaml"
            }
        )
    }

    func testAReleaseThatFailedBeforeIsBlocked() throws {
        var situation = try Situation()
        XCTAssertEqual(
            situation.plan(refusals: ["web": "exited with 1"]),
            ["blocked prod-web-1 >2: failed before: exited with 1"],
            "nothing there"
        )
        situation.containers = [try situation.old()]
        XCTAssertEqual(
            situation.plan(refusals: ["web": "exited with 1"]),
            ["blocked prod-web-1 1>2: failed before: exited with 1"],
            "the old one runs"
        )
        XCTAssertEqual(
            situation.plan(refusals: ["db": "exited with 1"]),
            ["update prod-web-1 1>2: version; start-first"],
            "another service's failure"
        )
    }

    func testAJobThatRanToItsEndIsDone() throws {
        let table: [(name: String, state: Container.State, want: [String])] = [
            ("completed", .exited(code: 0), []),
            ("running", .running, []),
            ("failed", .exited(code: 3), ["start prod-web-1 exited (3)>2: exited (3)"]),
        ]
        for (name, state, want) in table {
            var situation = try Situation { $0.isJob = true }
            situation.containers = [try situation.container { $0.state = state }]
            XCTAssertEqual(situation.plan(), want, name)
        }
        var service = try Situation()
        service.containers = [try service.container { $0.state = .exited(code: 0) }]
        XCTAssertEqual(service.plan(), ["start prod-web-1 exited (0)>2: exited (0)"])
    }

    func testTheOrderAndItsReasonAreSaid() throws {
        var situation = try Situation { service in
            service.update = UpdatePolicy(order: .stopFirst, orderReason: "fixed address")
        }
        situation.containers = [try situation.old()]
        XCTAssertEqual(
            situation.plan(),
            [
                "update prod-web-1 1>2: version; stop-first: fixed address; "
                    + "out of service while it stops (at most 10 s) and starts"
            ]
        )
    }

    func testAnOutageIsPredictedWhereNothingElseServes() throws {
        let expected = "out of service while it stops (at most 90 s) and starts"
        let rows: [(replicas: Int, parallelism: Int, last: Duration?, want: String)] = [
            (1, 1, nil, expected), (2, 1, nil, ""), (2, 2, nil, expected), (2, 0, nil, expected),
            (1, 1, .milliseconds(3_240), "\(expected), last time for 3.2 s"),
            (1, 1, .seconds(37), "\(expected), last time for 37 s"),
        ]
        for (replicas, parallelism, last, want) in rows {
            var situation = try Situation(replicas: replicas) { service in
                service.update = UpdatePolicy(order: .stopFirst, parallelism: parallelism)
                service.container.stopGracePeriod = .seconds(90)
            }
            situation.containers = [try situation.old()]
            situation.inputs.outages["web"] = last
            let row = situation.plan().first ?? ""
            let suffix = want.isEmpty ? "" : "; \(want)"
            XCTAssertEqual(row, "update prod-web-1 1>2: version; stop-first\(suffix)")
        }
    }

    /// After a revert to a version that ran to its end, another one's container may still be there,
    /// or none at all.
    func testAJobThatCompletedBeforeNeedsNothing() throws {
        for leavesContainer in [false, true] {
            var situation = try Situation { $0.isJob = true }
            situation.containers = leavesContainer ? [try situation.old()] : []
            XCTAssertEqual(situation.plan().count, 1)
            XCTAssertEqual(situation.drift.isEmpty, false)
            situation.inputs.completed = ["web"]
            XCTAssertEqual(situation.plan(), [])
            XCTAssertEqual(situation.drift, [])
        }
    }

    func testAFixedNameIsTheSlots() throws {
        let situation = try Situation { $0.containerName = "frontdoor" }
        XCTAssertEqual(situation.plan(), ["create frontdoor >2: missing"])
    }

    func testWarningsChangeNothing() throws {
        var situation = try Situation()
        situation.containers = [try situation.container()]
        var comparison = situation.comparison
        comparison.desired.warnings = [Diagnostic(.warning, at: nil, "`version` is obsolete")]
        let plan = Plan(comparison)
        XCTAssertTrue(plan.isEmpty)
        XCTAssertEqual(plan.warnings, ["warning: `version` is obsolete"])
        XCTAssertEqual(plan.environment, "prod")
        XCTAssertEqual(plan.revision, String(repeating: "a", count: 40))
    }
}
