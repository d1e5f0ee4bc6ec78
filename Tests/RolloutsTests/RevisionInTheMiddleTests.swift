import Model
import XCTest

@testable import Rollouts

/// What becomes of a release when another one is wanted before it is done.
final class RevisionInTheMiddleTests: XCTestCase {
    func testEveryPhase() {
        check(
            [
                PhaseRow(
                    "before the start",
                    ["1 v1 running table", "1.g2 v2 created"],
                    table: "1",
                    steps: "create 1.g3 v3; remove 1.g2"
                ),
                PhaseRow(
                    "while it warms up",
                    ["1 v1 running table", "1.g2 v2 running refusing idle=0 open=0"],
                    table: "1",
                    steps: "create 1.g3 v3; rename 1.g2 1.off2"
                ),
                PhaseRow(
                    "withdrawn",
                    ["1 v1 running table", "1.off2 v2 running idle=2 open=0", "1.g3 v3 running"],
                    table: "1",
                    steps: "stop 1.off2"
                ),
                PhaseRow(
                    "wanted again, while it is being stopped",
                    ["1 v1 running table", "1.off2 v3 exited=143"],
                    table: "1",
                    steps: "create 1.g3 v3; remove 1.off2"
                ),
                PhaseRow(
                    "wanted again, and it still runs",
                    ["1 v1 running table", "1.off2 v3 running ready"],
                    table: "1",
                    steps: "rename 1.off2 1.g2"
                ),
                PhaseRow(
                    "while it is monitored: that ends first",
                    ["1 v1 running ready", "1.g2 v2 running table=3"],
                    table: "1.g2"
                ),
                PhaseRow(
                    "while it commits",
                    ["1.old1 v1 running ready", "1.g2 v2 running table=6"],
                    table: "1.g2",
                    steps: "rename 1.g2 1"
                ),
                PhaseRow(
                    "while the old one drains",
                    ["1 v2 running table gen=2", "1.old1 v1 running idle=5 open=1"],
                    table: "1",
                    steps: "create 1.g3 v3"
                ),
                PhaseRow(
                    "after it failed",
                    ["1 v1 running table", "1.bad2 v2 exited=1"],
                    table: "1",
                    steps: "create 1.g3 v3"
                ),
            ],
            version: "v3"
        )
        check(
            [
                PhaseRow(
                    "revert while it warms up",
                    ["1 v1 running table", "1.g2 v2 running ready idle=5 open=0"],
                    table: "1",
                    steps: "rename 1.g2 1.off2"
                ),
                PhaseRow(
                    "revert in monitor: at once",
                    ["1 v1 running ready", "1.g2 v2 running table=3"],
                    table: "1",
                    steps: "rename 1.g2 1.off2"
                ),
                PhaseRow(
                    "revert in monitor, the old one not ready: not before it is",
                    ["1 v1 running refusing", "1.g2 v2 running table=3"],
                    table: "1.g2",
                    steps: "rename 1.g2 1.off2"
                ),
                PhaseRow(
                    "the revert reverted: it goes on",
                    ["1 v2 running refusing gen=1", "1.off2 v1 running table=3"],
                    table: "1.off2",
                    steps: "rename 1.off2 1.g2"
                ),
                PhaseRow(
                    "revert while the old one drains: it comes back",
                    [
                        "1 v2 running table gen=2",
                        "1.old1 v1 running ready idle=5 open=0 restarts=3",
                    ],
                    table: "1",
                    steps: "rename 1.old1 1.g1"
                ),
                PhaseRow(
                    "its former restarts are no failure",
                    ["1 v2 running table gen=2", "1.g1 v1 running ready restarts=3"],
                    table: "1.g1"
                ),
                PhaseRow(
                    "it cannot come back at once: no failure",
                    ["1 v2 running table gen=2", "1.g1 v1 running refusing age=9000"],
                    table: "1",
                    steps: "rename 1.g1 1.off1"
                ),
                PhaseRow(
                    "revert after it ended: a new one",
                    ["1 v2 running table gen=2", "1.old1 v1 exited"],
                    table: "1",
                    steps: "create 1.g3 v1; remove 1.old1"
                ),
            ],
            version: "v1"
        )
    }
}
