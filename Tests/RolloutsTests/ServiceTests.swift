import Addresses
import Model
import Simulation
import XCTest

@testable import Rollouts

/// What slots are to one another: turns, failures borne, ways back, scale, and who waits for whom.
final class ServiceTests: XCTestCase {
    private func check(
        _ name: String,
        _ scene: Scene,
        table: String,
        steps: String,
        line: UInt = #line
    ) {
        let decision = scene.decide()
        XCTAssertEqual(decision.table, table, "\(name): table", line: line)
        XCTAssertEqual(decision.told, steps, "\(name): steps", line: line)
    }

    private func replicas(
        _ count: Int,
        parallelism: Int = 1,
        ratio: Double = 0,
        action: UpdatePolicy.FailureAction = .rollback,
        delay: Duration = .zero
    ) -> (inout Service) -> Void {
        { service in
            service.replicas = count
            service.update.parallelism = parallelism
            service.update.maxFailureRatio = ratio
            service.update.failureAction = action
            service.update.delay = delay
        }
    }

    private let three = ["1 v1 running table", "2 v1 running table", "3 v1 running table"]

    func testTurns() {
        let rows: [(String, [String], Int, Duration, String)] = [
            ("in order", three, 1, .zero, "create 1.g2 v2"),
            ("two at a time", three, 2, .zero, "create 1.g2 v2; create 2.g2 v2"),
            ("all at once", three, 0, .zero, "create 1.g2 v2; create 2.g2 v2; create 3.g2 v2"),
            ("one is under way", three + ["1.g2 v2 running"], 1, .zero, ""),
            (
                "one is done", ["1 v2 running table=9"] + three.dropFirst(), 1, .zero,
                "create 2.g2 v2"
            ),
            ("the delay", ["1 v2 running table=9"] + three.dropFirst(), 1, .seconds(10), ""),
            (
                "the delay is over", ["1 v2 running table=15"] + three.dropFirst(), 1,
                .seconds(10), "create 2.g2 v2"
            ),
            (
                "the delay, the clock set back", ["1 v2 running table=-900"] + three.dropFirst(),
                1, .seconds(10), "create 2.g2 v2"
            ),
            (
                "nothing to protect", [], 1, .zero,
                "create 1.g1 v2; create 2.g1 v2; create 3.g1 v2"
            ),
            (
                "repairs take turns, too",
                (1...3).map { "\($0) v2 running unhealthy table" }, 1, .zero, "create 1.g2 v2"
            ),
        ]
        for (name, containers, parallelism, delay, steps) in rows {
            let adjust = replicas(3, parallelism: parallelism, delay: delay)
            let decision = Scene("v2", containers, adjust: adjust).decide()
            XCTAssertEqual(decision.told, steps, name)
            if name == "the delay" { XCTAssertEqual(decision.requeueAt, Scene.ago(-6), name) }
        }
    }

    func testFailureAction() {
        let mixed = ["1 v2 running table gen=2", "2 v1 running table", "3 v1 running table"]
        let failed = mixed + ["2.bad2 v2 exited=1"]
        let v1 = Samples.goal("web", "v1", adjust: replicas(3))
        var scene = Scene("v2", failed, adjust: replicas(3))
        scene.fallback = v1
        check("rollback", scene, table: "1 2 3", steps: "create 1.g3 v1")
        XCTAssertEqual(scene.decide().outcome, .failed("prod-web-2.bad2 failed"))
        XCTAssertEqual(scene.decide().failures[scene.goal.spec], "prod-web-2.bad2 failed")
        XCTAssertFalse(scene.decide().isSettled)

        scene = Scene("v2", three + ["2.bad2 v2 exited=1"], adjust: replicas(3))
        scene.fallback = v1
        check("rolled back", scene, table: "1 2 3", steps: "")
        XCTAssertTrue(scene.decide().isSettled)

        scene = Scene(
            "v2",
            three + ["2.bad2 v2 exited=1", "1.bad3 v1 exited=1", "1.bad2 v2 exited=1"],
            adjust: replicas(3)
        )
        scene.fallback = v1
        check("a repair that fails does not hide the verdict", scene, table: "1 2 3", steps: "")

        scene = Scene("v2", failed + ["1.bad3 v1 exited=1"], adjust: replicas(3))
        scene.fallback = v1
        check("a rollback that fails pauses", scene, table: "1 2 3", steps: "")

        scene = Scene("v2", failed, adjust: replicas(3, action: .pause))
        scene.fallback = v1
        check("pause", scene, table: "1 2 3", steps: "")

        scene = Scene("v2", failed, adjust: replicas(3, action: .continue))
        scene.fallback = v1
        check("continue", scene, table: "1 2 3", steps: "create 3.g2 v2")

        scene = Scene("v2", failed, adjust: replicas(3, ratio: 0.34))
        scene.fallback = v1
        check("borne", scene, table: "1 2 3", steps: "create 3.g2 v2")

        scene = Scene("v2", failed, adjust: replicas(3))
        check("nowhere to go back to", scene, table: "1 2 3", steps: "")
    }

    func testMemory() {
        var scene = Scene("v2", ["1 v1 running table"])
        scene.memory.failures[scene.goal.spec] = "never became ready"
        check("failed before", scene, table: "1", steps: "")
        XCTAssertEqual(scene.decide().outcome, .failed("never became ready"))
        scene.fallback = Samples.goal("web", "v1")
        XCTAssertEqual(scene.decide().phases[1], .steady, "what runs is looked after")

        scene = Scene("v2", ["1 v2 running table"])
        scene.memory.failures[scene.goal.spec] = "never became ready"
        scene.fallback = Samples.goal("web", "v1")
        check("runs all the same", scene, table: "1", steps: "")
        XCTAssertEqual(scene.decide().outcome, .steady)
    }

    func testScale() {
        let drained = ["2 v2 running idle=5 open=0", "3 v2 running idle=5 open=1"]
        check(
            "down: the table first",
            Scene(
                "v2",
                [
                    "1 v2 running table", "2 v2 running table", "3 v2 running table",
                ]
            ),
            table: "1",
            steps: ""
        )
        check(
            "down: stop",
            Scene("v2", ["1 v2 running table"] + drained),
            table: "1",
            steps: "stop 2"
        )
        check(
            "down: nobody leaves before a wanted one serves",
            Scene("v2", ["1 v2 exited age=90 ended=30", "2 v2 running table"]),
            table: "2",
            steps: "start 1"
        )
        check(
            "up",
            Scene("v2", ["1 v2 running table"], adjust: replicas(2)),
            table: "1",
            steps: "create 2.g1 v2"
        )
        check(
            "to none",
            Scene("v2", ["1 v2 running table"], adjust: replicas(0)),
            table: "",
            steps: ""
        )
        check(
            "one unhealthy of two",
            Scene(
                "v2",
                ["1 v2 running unhealthy table", "2 v2 running table"],
                adjust: replicas(2)
            ),
            table: "2",
            steps: "create 1.g2 v2"
        )
    }

    func testRemoval() {
        let rows: [(String, [String], String)] = [
            ("the table first", ["1 v1 running table", "1.bad2 v2 exited"], "remove 1.bad2"),
            ("drain", ["1 v1 running idle=5 open=2"], ""),
            ("stop", ["1 v1 running idle=5 open=0"], "stop 1"),
            ("remove", ["1 v1 exited"], "remove 1"),
            ("remove what never ran", ["1.g1 v1 created"], "remove 1.g1"),
            ("a crash loop", ["1 v1 restarting"], "stop 1"),
            ("paused", ["1 v1 paused"], "unpause 1"),
            ("ended, and still in the table", ["1 v1 exited table"], ""),
        ]
        for (name, containers, steps) in rows {
            var scene = Scene("v1", containers)
            scene.intent = .remove
            check(name, scene, table: "", steps: steps)
        }
        var scene = Scene("v1", [])
        scene.intent = .remove
        XCTAssertEqual(scene.decide().outcome, .steady)
    }

    func testKeep() {
        let rows: [(String, [String], String, String)] = [
            ("serves", ["1 v1 running table"], "1", ""),
            ("after a reboot", ["1 v1 running", "1.g2 v2 running"], "1", ""),
            ("monitored", ["1 v1 running", "1.g2 v2 running table"], "1.g2", ""),
            (
                "between the renames", ["1.old1 v1 running", "1.g2 v2 running table"], "1.g2",
                "rename 1.g2 1"
            ),
            (
                "the candidate ended", ["1.old1 v1 running", "1.g2 v2 exited"], "1.old1",
                "rename 1.g2 1"
            ),
            (
                "drained", ["1 v2 running table gen=2", "1.old1 v1 running idle=5 open=0"], "1",
                "stop 1.old1"
            ),
            ("stopped by somebody", ["1 v1 exited"], "", ""),
            ("lost its address", ["1 v1 running table adrift"], "1", ""),
        ]
        for (name, containers, table, steps) in rows {
            var scene = Scene("v1", containers)
            scene.intent = .keep
            check(name, scene, table: table, steps: steps)
        }
    }

    func testInterruption() {
        let ended = ["1 v1 running ready", "1.g2 v2 exited=137 age=50 ended=20"]
        var scene = Scene("v2", ended)
        check("its own end", scene, table: "1", steps: "rename 1.g2 1.bad2")
        scene.daemonStarted = Scene.ago(21)
        check("the daemon's end", scene, table: "1", steps: "start 1.g2")
        scene.daemonStarted = Scene.ago(60)
        check("started since", scene, table: "1", steps: "rename 1.g2 1.bad2")
        scene = Scene("v2", ["1 v2 exited=137 age=23 ended=20"])
        scene.daemonStarted = Scene.ago(19)
        check("no pause after a reboot", scene, table: "", steps: "start 1")
    }

    /// Docker starts what its daemon cut off, more than once perhaps: no fault of the candidate's.
    func testDockerStartsAgainWhatFellWithIt() {
        let incumbent = "1 v1 running table"
        let rows: [(String, daemon: Int?, made: Int, ended: Int, state: String, steps: String)] = [
            ("with it", 21, 30, 20, "running ready", ""),
            ("long after it", 90, 99, 20, "running ready", "stop 1.g2"),
            ("made since", 21, 20, 19, "running ready", "stop 1.g2"),
            ("nothing happened to it", nil, 30, 20, "running ready", "stop 1.g2"),
            ("still being restarted", 21, 30, 20, "restarting", ""),
            ("restarted in a loop of its own", 90, 99, 20, "restarting", "stop 1.g2"),
        ]
        for (name, daemon, made, ended, state, steps) in rows {
            let candidate = "1.g2 v2 \(state) restarts=2 age=10 made=\(made) ended=\(ended)"
            var scene = Scene("v2", [incumbent, candidate])
            scene.daemonStarted = daemon.map { Scene.ago($0) }
            let isTaken = steps.isEmpty && state == "running ready"
            check(name, scene, table: isTaken ? "1.g2" : "1", steps: steps)
        }
    }

    func testClockSetBack() {
        check(
            "the monitor starts anew",
            Scene("v2", ["1 v1 running ready", "1.g2 v2 running table=-900"]),
            table: "1.g2",
            steps: ""
        )
        let scene = Scene("v2", ["1 v1 running ready", "1.g2 v2 running table=-900"])
        XCTAssertEqual(scene.decide().backends.first?.since, Scene.now)
        check(
            "the pause after a crash ends",
            Scene("v2", ["1 v2 exited age=-897 ended=-900"]),
            table: "",
            steps: "start 1"
        )
        check(
            "readiness",
            Scene("v2", ["1 v1 running table", "1.g2 v2 running ready age=-900"]),
            table: "1.g2",
            steps: ""
        )
    }

    func testOutcome() {
        let rows: [(String, [String], ServiceDecision.Outcome, Bool)] = [
            ("steady", ["1 v2 running table"], .steady, true),
            ("traffic drifted", ["1 v2 running ready"], .progressing, false),
            ("begins", ["1 v1 running table"], .progressing, false),
            ("monitored", ["1 v1 running ready", "1.g2 v2 running table=1"], .progressing, false),
            ("drains", ["1 v2 running table", "1.old0 v1 running"], .progressing, false),
            (
                "failed", ["1 v1 running table", "1.bad2 v2 exited"],
                .failed("prod-web-1.bad2 failed"), true
            ),
        ]
        for (name, containers, outcome, isSettled) in rows {
            let decision = Scene("v2", containers).decide()
            XCTAssertEqual(decision.outcome, outcome, name)
            XCTAssertEqual(decision.isSettled, isSettled, name)
        }
    }

    func testAnAbbreviatedEntryStaysAsItIs() {
        var scene = Scene("v2", [])
        let id = String(repeating: "a", count: 64)
        let container = Container(
            id: id,
            name: ContainerName(base: "prod-web-1"),
            service: "web",
            slot: 1,
            spec: scene.goal.spec,
            generation: 1,
            version: "v2",
            revision: "",
            image: scene.goal.image,
            state: .running,
            health: .none,
            created: Scene.now,
            address: IPv4Address("172.30.0.2")
        )
        let entry = Backend(
            slot: 1,
            generation: 1,
            container: String(id.prefix(12)),
            address: IPv4Address("172.30.0.2"),
            since: Scene.ago(9)
        )
        scene.place(container, entry)
        XCTAssertEqual(scene.decide().backends, [entry])
        XCTAssertTrue(scene.decide().isSettled)
    }
}
