import Model
import Simulation
import XCTest

@testable import Rollouts

/// One row for each situation a slot can be found in: who serves, and what is done.
final class PhaseTests: XCTestCase {
    func testStartFirst() {
        check([
            PhaseRow("create", ["1 v1 running table"], table: "1", steps: "create 1.g2 v2"),
            PhaseRow("first release", [], steps: "create 1.g1 v2"),
            PhaseRow(
                "start",
                ["1 v1 running table", "1.g2 v2 created"],
                table: "1",
                steps: "start 1.g2"
            ),
            PhaseRow(
                "wait for the port",
                ["1 v1 running table", "1.g2 v2 running refusing"],
                table: "1"
            ),
            PhaseRow("wait for the look", ["1 v1 running table", "1.g2 v2 running"], table: "1"),
            PhaseRow(
                "wait for health",
                ["1 v1 running table", "1.g2 v2 running starting ready"],
                table: "1"
            ),
            PhaseRow("switch", ["1 v1 running table", "1.g2 v2 running ready"], table: "1.g2"),
            PhaseRow("monitor", ["1 v1 running ready", "1.g2 v2 running table=3"], table: "1.g2"),
            PhaseRow(
                "monitor survives live-restore",
                ["1 v1 running ready", "1.g2 v2 running starting table=3"],
                table: "1.g2"
            ),
            PhaseRow(
                "commit",
                ["1 v1 running ready", "1.g2 v2 running table=5"],
                table: "1.g2",
                steps: "rename 1 1.old1"
            ),
            PhaseRow(
                "second rename",
                ["1.old1 v1 running", "1.g2 v2 running table=5"],
                table: "1.g2",
                steps: "rename 1.g2 1"
            ),
            PhaseRow(
                "drain: settling",
                ["1 v2 running table gen=2", "1.old1 v1 running idle=0 open=0"],
                table: "1"
            ),
            PhaseRow(
                "drain: a connection",
                ["1 v2 running table gen=2", "1.old1 v1 running idle=9 open=1"],
                table: "1"
            ),
            PhaseRow(
                "drain: cannot be counted",
                ["1 v2 running table gen=2", "1.old1 v1 running idle=9"],
                table: "1"
            ),
            PhaseRow(
                "stop: no connection",
                ["1 v2 running table gen=2", "1.old1 v1 running idle=9 open=0"],
                table: "1",
                steps: "stop 1.old1"
            ),
            PhaseRow(
                "stop: timeout",
                ["1 v2 running table gen=2", "1.old1 v1 running idle=30 open=7"],
                table: "1",
                steps: "stop 1.old1"
            ),
            PhaseRow(
                "reap",
                ["1 v2 running table gen=2", "1.old1 v1 exited"],
                table: "1",
                steps: "remove 1.old1"
            ),
            PhaseRow("steady", ["1 v2 running table"], table: "1"),
        ])
    }

    func testFailure() {
        let incumbent = "1 v1 running table"
        let bad = "rename 1.g2 1.bad2"
        check([
            PhaseRow("exit", [incumbent, "1.g2 v2 exited=1"], table: "1", steps: bad),
            PhaseRow("exit 0", [incumbent, "1.g2 v2 exited"], table: "1", steps: bad),
            PhaseRow(
                "no program",
                [incumbent, "1.g2 v2 exited=127 made=1"],
                table: "1",
                steps: bad
            ),
            PhaseRow(
                "the engine could not start it",
                [incumbent, "1.g2 v2 exited=128 made=1"],
                table: "1",
                steps: "start 1.g2"
            ),
            PhaseRow(
                "the engine could not start it for long",
                [incumbent, "1.g2 v2 exited=128 made=120"],
                table: "1",
                steps: bad
            ),
            PhaseRow(
                "it was started and exited with the same code",
                [incumbent, "1.g2 v2 exited=128 made=1 age=1"],
                table: "1",
                steps: bad
            ),
            PhaseRow(
                "crash loop: stopped first, since Docker cannot rename it",
                [incumbent, "1.g2 v2 restarting"],
                table: "1",
                steps: "stop 1.g2"
            ),
            PhaseRow(
                "restarted",
                [incumbent, "1.g2 v2 running ready restarts=1"],
                table: "1",
                steps: "stop 1.g2"
            ),
            PhaseRow(
                "restarted and stopped",
                [incumbent, "1.g2 v2 exited=143 restarts=1"],
                table: "1",
                steps: bad
            ),
            PhaseRow(
                "unwanted and in a crash loop",
                [incumbent, "1.g2 v3 restarting"],
                table: "1",
                steps: "create 1.g3 v2; stop 1.g2"
            ),
            PhaseRow("dead", [incumbent, "1.g2 v2 dead"], table: "1", steps: bad),
            PhaseRow(
                "unhealthy",
                [incumbent, "1.g2 v2 running unhealthy"],
                table: "1",
                steps: bad
            ),
            PhaseRow(
                "wrong port",
                [incumbent, "1.g2 v2 running refusing age=120"],
                table: "1",
                steps: bad
            ),
            PhaseRow(
                "warm rollback in monitor",
                ["1 v1 running ready", "1.g2 v2 running unhealthy table=2"],
                table: "1",
                steps: bad
            ),
            PhaseRow(
                "exit in monitor",
                ["1 v1 running ready", "1.g2 v2 exited=1 table=2"],
                table: "1",
                steps: bad
            ),
            PhaseRow(
                "in monitor, the incumbent dead: start it first",
                ["1 v1 exited=1 age=90 ended=20", "1.g2 v2 running unhealthy table=2"],
                table: "1.g2",
                steps: "start 1"
            ),
            PhaseRow(
                "both dead: the incumbent first",
                ["1 v1 exited=1 age=90 ended=20", "1.g2 v2 exited=1 table=2"],
                steps: "start 1; rename 1.g2 1.bad2"
            ),
            PhaseRow(
                "the first release fails in monitor",
                ["1.g1 v2 running unhealthy table=2"],
                steps: "rename 1.g1 1.bad1"
            ),
            PhaseRow(
                "failed and running: out, then stopped",
                [incumbent, "1.bad2 v2 running idle=5 open=0"],
                table: "1",
                steps: "stop 1.bad2"
            ),
            PhaseRow("failed: not again", [incumbent, "1.bad2 v2 exited=1"], table: "1"),
            PhaseRow("failed with nothing before", ["1.bad1 v2 exited=1"]),
            PhaseRow(
                "failed, the incumbent ends",
                ["1 v1 exited age=90 ended=20", "1.bad2 v2 exited=1"],
                steps: "start 1"
            ),
            PhaseRow(
                "another spec failed before",
                [incumbent, "1.bad2 v3 exited=1"],
                table: "1",
                steps: "create 1.g3 v2"
            ),
            PhaseRow(
                "the name is taken by another one of the same generation",
                [incumbent, "1.g2 v2 exited=1", "1.bad2 v3 exited=1"],
                table: "1",
                steps: "rename 1.g2 1.bad3"
            ),
            PhaseRow(
                "only the newest failure and the verdict are kept",
                [incumbent, "1.bad2 v2 exited=1", "1.bad3 v4 exited=1", "1.bad4 v5 exited=1"],
                table: "1",
                steps: "remove 1.bad3"
            ),
            PhaseRow(
                "a success outdates failures",
                ["1 v2 running table gen=9", "1.bad3 v4 exited=1"],
                table: "1",
                steps: "remove 1.bad3"
            ),
        ])
    }

    func testIncumbent() {
        check([
            PhaseRow(
                "dies in wait: started, and the candidate goes on",
                ["1 v1 exited age=90 ended=20", "1.g2 v2 running refusing age=3"],
                steps: "start 1"
            ),
            PhaseRow(
                "dead before the candidate: both",
                ["1 v1 exited age=90 ended=20"],
                steps: "start 1; create 1.g2 v2"
            ),
            PhaseRow(
                "short-lived: a pause, but the release goes on",
                ["1 v1 exited age=7 ended=5"],
                steps: "create 1.g2 v2"
            ),
            PhaseRow(
                "dies in monitor: nothing",
                ["1 v1 exited age=90 ended=2", "1.g2 v2 running table=3"],
                table: "1.g2"
            ),
            PhaseRow(
                "dies between the renames",
                ["1.old1 v1 exited", "1.g2 v2 running table=9"],
                table: "1.g2",
                steps: "rename 1.g2 1"
            ),
            PhaseRow("paused", ["1 v2 paused table"], steps: "unpause 1"),
            PhaseRow("removed while it serves", ["1 v2 dead table"]),
            PhaseRow("dead", ["1 v2 dead"], steps: "remove 1"),
            PhaseRow("lost its address", ["1 v2 running table adrift"]),
        ])
    }

    func testWhoServes() {
        check([
            PhaseRow("out of the table and ready", ["1 v2 running ready"], table: "1"),
            PhaseRow("better than an empty chain", ["1 v2 running refusing"], table: "1"),
            PhaseRow(
                "unhealthy, and alone",
                ["1 v1 running unhealthy table", "1.g2 v2 running"],
                table: "1"
            ),
            PhaseRow("never a candidate that is not ready", ["1.g1 v2 running refusing age=9"]),
            PhaseRow(
                "reboot in wait: the incumbent",
                ["1 v1 running ready", "1.g2 v2 running refusing age=9"],
                table: "1"
            ),
            PhaseRow(
                "reboot between the renames",
                ["1.old1 v1 running ready", "1.g2 v2 running ready"],
                table: "1.g2",
                steps: "rename 1.g2 1"
            ),
            PhaseRow(
                "between the renames without a candidate",
                ["1.old1 v1 running ready"],
                table: "1.old1",
                steps: "rename 1.old1 1"
            ),
            PhaseRow(
                "the slot's own was removed while a candidate warms up",
                ["1.old1 v1 running ready", "1.g3 v2 running refusing"],
                table: "1.old1",
                steps: "rename 1.old1 1"
            ),
            PhaseRow(
                "reboot between the renames: both ended with the host",
                ["1.old1 v1 exited", "1.g2 v2 exited"],
                steps: "rename 1.g2 1"
            ),
            PhaseRow(
                "the new one dies while the old one drains",
                ["1 v2 exited age=90 ended=1", "1.old1 v1 running ready idle=5 open=0"],
                table: "1.old1",
                steps: "start 1"
            ),
            PhaseRow(
                "no one leaves before the successor is sound",
                ["1 v2 running refusing", "1.old1 v1 running table"],
                table: "1.old1"
            ),
            PhaseRow(
                "what is being stopped serves no more",
                ["1 v2 exited age=90 ended=1", "1.old1 v1 running stopping idle=5 open=1"],
                steps: "start 1"
            ),
        ])
    }

    func testStopFirst() {
        check([
            PhaseRow("create", ["1 v1 running table"], table: "1", steps: "create 1.g2 v2"),
            PhaseRow("out of the table", ["1 v1 running table", "1.g2 v2 created"]),
            PhaseRow("stop", ["1 v1 running idle=0 open=1", "1.g2 v2 created"], steps: "stop 1"),
            PhaseRow("start", ["1 v1 exited", "1.g2 v2 created"], steps: "start 1.g2"),
            PhaseRow("wait", ["1 v1 exited", "1.g2 v2 running refusing age=1"]),
            PhaseRow("switch", ["1 v1 exited", "1.g2 v2 running ready"], table: "1.g2"),
            PhaseRow(
                "failure",
                ["1 v1 exited", "1.g2 v2 running unhealthy table=1"],
                steps: "rename 1.g2 1.bad2"
            ),
            PhaseRow(
                "never two: the failed one goes first, and without delay",
                ["1 v1 exited", "1.bad2 v2 running idle=2 open=5"],
                steps: "stop 1.bad2"
            ),
            PhaseRow(
                "revert in monitor: what serves goes, so that the incumbent can come",
                ["1 v2 exited", "1.g2 v9 running table=1"],
                steps: "rename 1.g2 1.off2"
            ),
            PhaseRow("then the incumbent", ["1 v1 exited", "1.bad2 v2 exited"], steps: "start 1"),
            PhaseRow(
                "never two: a candidate that was given up goes first",
                ["1 v1 exited", "1.off2 v9 running idle=0 open=5", "1.g3 v2 created"],
                steps: "stop 1.off2"
            ),
        ]) { $0.update.order = .stopFirst }
    }

    func testJob() {
        check([
            PhaseRow("create", [], steps: "create 1.g1 v2"),
            PhaseRow("start", ["1.g1 v2 created"], steps: "start 1.g1"),
            PhaseRow("run", ["1.g1 v2 running"]),
            PhaseRow("run again after a failure", ["1.g1 v2 restarting"]),
            PhaseRow("success", ["1.g1 v2 exited"], steps: "rename 1.g1 1"),
            PhaseRow(
                "success after another",
                ["1 v1 exited", "1.g2 v2 exited"],
                steps: "rename 1 1.old1"
            ),
            PhaseRow(
                "second rename",
                ["1.old1 v1 exited", "1.g2 v2 exited"],
                steps: "rename 1.g2 1"
            ),
            PhaseRow("failure", ["1 v1 exited", "1.g2 v2 exited=3"], steps: "rename 1.g2 1.bad2"),
            PhaseRow("no second try", ["1 v1 exited", "1.bad2 v2 exited=3"]),
            PhaseRow("completed", ["1 v2 exited"]),
            PhaseRow("completed, whatever somebody made of it since", ["1 v2 exited=9"]),
            PhaseRow("a new one", ["1 v1 exited"], steps: "create 1.g2 v2"),
            PhaseRow("not beside another one that runs", ["1.g1 v1 running"]),
        ]) { $0.isJob = true }
        var failed = Scene("v2", ["1.bad1 v2 exited=1"]) { $0.isJob = true }
        failed.fallback = Samples.goal("web", "v1") { $0.isJob = true }
        XCTAssertEqual(failed.decide().told, "", "an older job is no way back")
        var pruned = Scene("v2", []) { $0.isJob = true }
        pruned.memory.completions = [pruned.goal.spec]
        XCTAssertEqual(pruned.decide().told, "")
        XCTAssertEqual(pruned.decide().outcome, .steady)
    }

    /// Docker starts no container whose network is gone, and gives no network back.
    func testANetworkIsLost() {
        check([
            PhaseRow(
                "of some use",
                ["1 v2 running table lost"],
                table: "1",
                steps: "create 1.g2 v2"
            ),
            PhaseRow("of none", ["1 v2 running adrift lost"], steps: "create 1.g2 v2"),
            PhaseRow(
                "replaced when ready",
                ["1 v2 running table lost", "1.g2 v2 running ready"],
                table: "1.g2"
            ),
            PhaseRow("ended", ["1 v2 exited lost"], steps: "create 1.g2 v2"),
            PhaseRow("of a former version", ["1 v1 exited lost"], steps: "create 1.g2 v2"),
            PhaseRow(
                "not started beside its successor",
                ["1 v2 exited lost", "1.g2 v2 created"],
                steps: "start 1.g2"
            ),
            PhaseRow(
                "a candidate's",
                ["1 v1 running table", "1.g2 v2 created lost"],
                table: "1",
                steps: "rename 1.g2 1.off2"
            ),
        ])
    }

    func testRepair() {
        let unwell = "1 v2 running unhealthy table"
        check([
            PhaseRow("unhealthy", [unwell], table: "1", steps: "create 1.g2 v2"),
            PhaseRow("not at once again", [unwell + " made=299"], table: "1"),
            PhaseRow("replaced when ready", [unwell, "1.g2 v2 running ready"], table: "1.g2"),
            PhaseRow(
                "the replacement fails",
                [unwell, "1.g2 v2 running unhealthy"],
                table: "1",
                steps: "rename 1.g2 1.bad2"
            ),
            PhaseRow(
                "no other one while that runs",
                [unwell, "1.bad2 v2 running idle=5 open=0"],
                table: "1",
                steps: "stop 1.bad2"
            ),
            PhaseRow("nor soon after", [unwell, "1.bad2 v2 exited ended=299"], table: "1"),
            PhaseRow(
                "but later",
                [unwell, "1.bad2 v2 exited ended=300"],
                table: "1",
                steps: "create 1.g3 v2"
            ),
        ])
    }
}
