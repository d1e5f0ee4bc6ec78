import Model
import XCTest

@testable import Rollouts

/// Several replicas that are stopped before they are replaced.
///
/// No more than `parallelism` of them are ever down at once.
/// Where that is all of them, nobody serves for a while: it is how a commit asks that the old and
/// the new version never run at the same time, so one of the old must not be kept up.
final class StopFirstTests: XCTestCase {
    func testAsManyAsMayAreDownAtOnce() {
        let old = ["1 v1 running table", "2 v1 running table", "3 v1 running table"]
        let made = (1...3).map { "\($0).g2 v2 created" }
        let rows: [(name: String, containers: [String], parallelism: Int, table: String)] = [
            ("one", old + made.prefix(1), 1, "2 3"),
            ("two", old + made.prefix(2), 2, "3"),
            ("as many as there are", old + made, 3, ""),
            ("all", old + made, 0, ""),
            (
                "the first of two is done",
                ["1 v2 running table=90"] + old.dropFirst() + ["2.g2 v2 created"], 2, "1 3"
            ),
        ]
        for (name, containers, parallelism, table) in rows {
            let scene = Scene("v2", containers) { service in
                service.replicas = 3
                service.update.order = .stopFirst
                service.update.parallelism = parallelism
            }
            XCTAssertEqual(scene.decide().table, table, name)
        }
    }

    /// The next one goes when one that took over has been watched, not when it was only started.
    func testTheNextWaitsForItsTurn() {
        let rows: [(name: String, containers: [String], steps: String)] = [
            (
                "the first is getting ready",
                ["1 v1 exited", "1.g2 v2 running refusing age=1", "2 v1 running table"], ""
            ),
            (
                "the first is watched",
                ["1 v1 exited", "1.g2 v2 running table=1", "2 v1 running table"], ""
            ),
            (
                "the first has arrived",
                ["1 v2 running table=90", "2 v1 running table"], "create 2.g2 v2"
            ),
        ]
        for (name, containers, steps) in rows {
            let scene = Scene("v2", containers) { service in
                service.replicas = 2
                service.update.order = .stopFirst
            }
            XCTAssertEqual(scene.decide().told, steps, name)
        }
    }

    /// Clients that are still connected are waited for only where others take new ones meanwhile.
    func testNothingIsWaitedForWhereNothingTakesOver() {
        let leaving = ["1 v1 running open=3 idle=0", "1.g2 v2 created"]
        let rows: [(name: String, containers: [String], steps: String)] = [
            ("alone", leaving, "stop 1"),
            ("in the table until now", ["1 v1 running table open=3", "1.g2 v2 created"], ""),
            ("beside another that serves", leaving + ["2 v1 running table"], ""),
            ("beside another that fell", leaving + ["2 v1 exited"], "stop 1; start 2"),
        ]
        for (name, containers, steps) in rows {
            let scene = Scene("v2", containers) { service in
                service.replicas = containers.count - 1
                service.update.order = .stopFirst
            }
            XCTAssertEqual(scene.decide().told, steps, name)
        }
    }
}
