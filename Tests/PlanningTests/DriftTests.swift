import Digests
import Model
import Planning
import XCTest

final class DriftTests: XCTestCase {
    private typealias Adjust = (inout Situation) throws -> Void

    func testEveryKindOfRow() throws {
        let spec = try Situation().goal?.spec.short ?? ""
        let table: [(kind: Drift.Kind?, name: String, adjust: Adjust, want: [String])] = [
            (nil, "as committed", { $0.containers = [try $0.container()] }, []),
            (.missing, "missing", { _ in }, ["missing prod-web-1 replicas 2/nothing"]),
            (
                .unexpected, "a slot too many",
                { $0.containers = [try $0.container(), try $0.container(slot: 2)] },
                ["unexpected prod-web-2 services.web nothing/2"]
            ),
            (
                .version, "another version", { $0.containers = [try $0.old()] },
                ["version prod-web-1 version 2/1"]
            ),
            (
                .configuration, "another spec",
                { $0.containers = [try $0.container { $0.spec = Situation.image("x") }] },
                ["configuration prod-web-1 spec \(spec)/\(Situation.image("x").short)"]
            ),
            (
                .configuration, "another image of the same version",
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
                [
                    "configuration prod-web-1 image \(Situation.image("2").short)/"
                        + Situation.image("moved").short
                ]
            ),
            (
                .configuration, "a field that was changed by hand",
                {
                    $0.containers = [try $0.container()]
                    $0.inputs.fields["id of prod-web-1"] = [
                        FieldDifference(field: "mem_limit", desired: "1", actual: "2")
                    ]
                },
                ["configuration prod-web-1 mem_limit 1/2"]
            ),
            (
                .stopped, "ended",
                { $0.containers = [try $0.container { $0.state = .exited(code: 137) }] },
                ["stopped prod-web-1 state running/exited (137)"]
            ),
            (
                .stopped, "starts again and again",
                { $0.containers = [try $0.container { $0.state = .restarting }] },
                ["stopped prod-web-1 state running/restarting"]
            ),
            (
                .unhealthy, "unhealthy",
                { $0.containers = [try $0.container { $0.health = .unhealthy }] },
                ["unhealthy prod-web-1 healthcheck running/unhealthy"]
            ),
            (
                .tagMoved, "the tag moved",
                {
                    $0.containers = [try $0.container()]
                    $0.inputs.tags["web"] = .moved(to: "0123456789ab")
                },
                ["tag moved web image 2 = 0123456789ab/\(Situation.image("2").short)"]
            ),
            (
                .tagMissing, "the tag is gone",
                {
                    $0.containers = [try $0.container()]
                    $0.inputs.tags["web"] = .missing
                },
                ["tag missing web image 2 = not in the registry/\(Situation.image("2").short)"]
            ),
            (
                .traffic, "rules that differ",
                {
                    $0.containers = [try $0.container()]
                    $0.inputs.traffic["web"] = [
                        FieldDifference(field: "port 80", desired: "slot 1", actual: "nothing")
                    ]
                },
                ["traffic web port 80 slot 1/nothing"]
            ),
            (
                .traffic, "rules that services share",
                {
                    $0.containers = [try $0.container()]
                    $0.inputs.traffic[""] = [
                        FieldDifference(field: "table", desired: "there", actual: "missing")
                    ]
                },
                ["traffic  table there/missing"]
            ),
        ]
        for (_, name, adjust, want) in table {
            var situation = try Situation()
            try adjust(&situation)
            XCTAssertEqual(situation.drift, want, name)
        }
        XCTAssertEqual(
            Set(table.compactMap { $0.kind?.rawValue }),
            Set(Drift.Kind.allCases.map(\.rawValue)),
            "every kind has a row"
        )
    }

    func testTwoThingsAboutOneContainerAreTwoRows() throws {
        var situation = try Situation()
        var container = try situation.old()
        container.state = .exited(code: 1)
        container.finished = Situation.now + .seconds(5)
        situation.containers = [container]
        XCTAssertEqual(
            situation.drift,
            ["version prod-web-1 version 2/1", "stopped prod-web-1 state running/exited (1)"]
        )
        XCTAssertEqual(situation.comparison.drift.last?.since, Situation.now + .seconds(5))
    }

    func testFailedAndUnfinishedContainersAreNoDrift() throws {
        var situation = try Situation()
        situation.containers = [
            try situation.container(), try situation.old(role: .failed(generation: 1)),
            try situation.container(role: .candidate(generation: 2)),
        ]
        XCTAssertEqual(situation.drift, [])
    }

    func testSurplusIsReportedAlsoWhereItIsKept() throws {
        var situation = try Situation()
        situation.containers = [try situation.container(), try situation.container(slot: 2)]
        situation.prunes = false
        XCTAssertEqual(situation.drift, ["unexpected prod-web-2 services.web nothing/2"])
    }

    func testANetworkThatAContainerLostIsDriftAndReplacesIt() throws {
        for state in [Container.State.running, .exited(code: 0)] {
            var situation = try Situation()
            situation.containers = [
                try situation.container {
                    $0.state = state
                    $0.lostNetworks = ["prod_default"]
                }
            ]
            XCTAssertTrue(
                situation.drift.contains("configuration prod-web-1 networks prod_default/not on it")
            )
            XCTAssertEqual(
                situation.plan(),
                ["replace prod-web-1 2>2: not on network prod_default"]
            )
        }
    }

    func testAJobThatRanToItsEndIsNoDrift() throws {
        var situation = try Situation { $0.isJob = true }
        situation.containers = [try situation.container { $0.state = .exited(code: 0) }]
        XCTAssertEqual(situation.drift, [])
    }

    func testARowKeepsItsIdentityWhileItsValuesChange() throws {
        var one = try Situation()
        one.containers = [try one.container { $0.state = .exited(code: 1) }]
        var other = try Situation()
        other.containers = [try other.container { $0.state = .exited(code: 137) }]
        XCTAssertEqual(
            one.comparison.drift.map(\.identity),
            other.comparison.drift.map(\.identity)
        )
    }

    /// Whatever an apply would do about a committed container is also reported, and the other way
    /// round.
    func testPlanAndDriftAgreeOnWhetherAContainerDiffers() throws {
        let states: [Container.State] = [
            .created, .running, .paused, .exited(code: 0), .exited(code: 1), .dead,
        ]
        for state in states {
            for health in [Container.Health.none, .starting, .healthy, .unhealthy] {
                for isOld in [false, true] {
                    for isJob in [false, true] {
                        var situation = try Situation { $0.isJob = isJob }
                        var container = isOld ? try situation.old() : try situation.container()
                        container.state = state
                        container.health = health
                        situation.containers = [container]
                        XCTAssertEqual(
                            situation.plan().isEmpty,
                            situation.drift.isEmpty,
                            "\(state) \(health) old: \(isOld) job: \(isJob)"
                        )
                    }
                }
            }
        }
    }
}
