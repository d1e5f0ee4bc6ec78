import Model
import XCTest

@testable import Rollouts

/// Containers that Compose created, which a service takes over.
final class AdoptionTests: XCTestCase {
    func testItIsReplacedByTheServicesOrder() {
        let rows: [Row] = [
            (
                "it serves where it accepts connections", ["1 old running adopted ready"],
                .startFirst, "create 1.g1 v2", "1"
            ),
            (
                "Docker serves it as before where Berth's ports are not its own",
                ["1 old running adopted refusing"], .startFirst, "create 1.g1 v2", ""
            ),
            (
                "its successor is not ready",
                ["1 old running adopted table", "1.g1 v2 running refusing age=1"],
                .startFirst, "", "1"
            ),
            (
                "its successor is ready",
                ["1 old running adopted table", "1.g1 v2 running ready"],
                .startFirst, "", "1.g1"
            ),
            (
                "its successor is committed",
                ["1 old running adopted idle=1", "1.g1 v2 running table=90"],
                .startFirst, "rename 1 1.old0", "1.g1"
            ),
            (
                "between the two names of a commit",
                ["1.old0 old running adopted idle=1", "1.g1 v2 running table=90"],
                .startFirst, "rename 1.g1 1", "1.g1"
            ),
            (
                "it goes",
                ["1.old0 old running adopted idle=5 open=0", "1 v2 running table=90"],
                .startFirst, "stop 1.old0", "1"
            ),
            (
                "it makes room where it must not run beside its successor",
                ["1 old running adopted idle=5", "1.g1 v2 created"], .stopFirst, "stop 1", ""
            ),
            (
                "it has made room",
                ["1 old exited adopted ended=1", "1.g1 v2 created made=5"],
                .stopFirst, "start 1.g1", ""
            ),
            (
                "Compose started it again beside its successor",
                ["1 old running adopted idle=1 open=3", "1.g1 v2 running table=1"],
                .stopFirst, "stop 1", "1.g1"
            ),
            (
                "and its successor is not ready yet",
                ["1 old running adopted ready idle=1", "1.g1 v2 running refusing age=1"],
                .stopFirst, "stop 1", ""
            ),
            (
                "Compose started it again",
                ["1 v2 running table=90", "01 old running adopted idle=5 open=0"],
                .startFirst, "stop 01", "1"
            ),
        ]
        check(rows)
    }

    func testAFailedTakeoverGoesBack() {
        let rows: [Row] = [
            (
                "it never left",
                ["1 old running adopted table", "1.bad1 v2 exited=1 ended=3"],
                .startFirst, "", "1"
            ),
            (
                "it was stopped for its successor",
                ["1 old exited adopted ended=5", "1.bad1 v2 exited=1 made=9 ended=3"],
                .stopFirst, "start 1", ""
            ),
            (
                "it fell meanwhile",
                ["1 old exited adopted ended=5", "1.bad1 v2 exited=1 made=9 ended=3"],
                .startFirst, "start 1", ""
            ),
            (
                "it had ended by itself before",
                ["1 old exited adopted ended=50", "1.bad1 v2 exited=1 made=9 ended=3"],
                .stopFirst, "", ""
            ),
            (
                "Docker would start it again",
                ["1 old exited adopted always ended=50", "1.bad1 v2 exited=1 made=9 ended=3"],
                .stopFirst, "start 1", ""
            ),
        ]
        check(rows)
    }

    /// What the user stopped is replaced, and not started meanwhile.
    func testStoppedContainersAreLeftAsTheyAre() {
        for state in ["exited ended=50", "created", "paused"] {
            let scene = Scene("v2", ["1 old \(state) adopted"])
            XCTAssertEqual(scene.decide().told, "create 1.g1 v2", state)
        }
    }

    /// An old container may have looked the address of another one up once and for all.
    func testReplacedContainersRunUntilTheLastOneIs() {
        let done = ["1.old0 old running adopted idle=9 open=0", "1 v2 running table=90"]
        let rows: [(name: String, others: [String], steps: String)] = [
            ("another slot is not done", ["2 old running adopted table", "2.g1 v2 created"], ""),
            ("all are done", ["2 v2 running table=90"], "stop 1.old0"),
            (
                "the other one was stopped before", ["2 old exited adopted", "2.g1 v2 created"],
                "stop 1.old0"
            ),
        ]
        for (name, others, steps) in rows {
            let scene = Scene("v2", done + others) { $0.replicas = 2 }
            let stops = scene.decide().told.split(separator: "; ").filter { $0.hasPrefix("stop") }
            XCTAssertEqual(stops.joined(separator: "; "), steps, name)
        }
    }

    /// More of them than the environment wants go with the others, not before.
    func testSurplusContainersRunUntilTheLastOneIs() {
        let surplus = "3 old running adopted idle=9 open=0"
        let during = Scene("v2", ["1 old running adopted table", "1.g1 v2 created", surplus])
        XCTAssertEqual(during.decide().told, "start 1.g1")
        let after = Scene("v2", ["1 v2 running table=90", surplus])
        XCTAssertEqual(after.decide().told, "stop 3")
        let stopped = ["1 old exited adopted", "1.bad1 v2 exited=1", "3 old exited adopted"]
        let failed = Scene("v2", stopped) { $0.update.order = .stopFirst }
        XCTAssertFalse(failed.decide().told.contains("remove 3"), failed.decide().told)
    }

    func testAJobWaitsForTheOneThatRuns() {
        let job: (inout Service) -> Void = { $0.isJob = true }
        XCTAssertEqual(Scene("v2", ["1 old running adopted"], adjust: job).decide().told, "")
        let ended = Scene("v2", ["1 old exited adopted"], adjust: job)
        XCTAssertEqual(ended.decide().told, "create 1.g1 v2")
    }

    /// What is blocked or suspended is still called by those that were taken over.
    func testWhatIsKeptServes() {
        var scene = Scene("v2", ["1 old running adopted ready"])
        scene.intent = .keep
        XCTAssertEqual(scene.decide().table, "1")
        var other = Scene("v2", ["1 old running adopted refusing"])
        other.intent = .keep
        XCTAssertEqual(other.decide().table, "")
        var serving = Scene("v2", ["1 old running adopted table"])
        serving.intent = .keep
        XCTAssertEqual(serving.decide().table, "1")
    }

    private typealias Row = (
        name: String, containers: [String], order: UpdatePolicy.Order, steps: String,
        table: String
    )

    private func check(_ rows: [Row]) {
        for (name, containers, order, steps, table) in rows {
            let scene = Scene("v2", containers) { $0.update.order = order }
            XCTAssertEqual(scene.decide().told, steps, name)
            XCTAssertEqual(scene.decide().table, table, name)
        }
    }
}
