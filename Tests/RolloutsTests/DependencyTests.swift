import Model
import Simulation
import XCTest

@testable import Rollouts

/// Who waits for whom.
final class DependencyTests: XCTestCase {
    /// What `app` is told while `web`, which it depends on, stands as the scene says.
    private func app(
        on condition: Dependency.Condition,
        _ containers: [String],
        version: String = "v2",
        intent: ServiceIntent? = nil,
        fallback: Goal? = nil,
        isJob: Bool = false
    ) -> Phase? {
        let web = Scene(version, containers) { $0.isJob = isJob }
        let app = Samples.goal("app", "v1") {
            $0.dependencies = [Dependency(on: "web", condition: condition)]
        }
        let rollout = Rollout(
            intents: [
                "web": intent ?? .run(web.goal, fallback: fallback),
                "app": .run(app, fallback: nil),
            ]
        )
        return rollout.decide(web.observed, at: Scene.now)["app"]?.phases[1]
    }

    func testConditions() {
        let waiting = Phase.waiting("waiting for web")
        let failed = Phase.waiting("web failed")
        let rows: [(String, [String], started: Phase, healthy: Phase)] = [
            ("missing", [], waiting, waiting),
            ("made", ["1.g1 v2 created"], waiting, waiting),
            ("runs", ["1.g1 v2 running refusing"], .creating, waiting),
            ("serves", ["1.g1 v2 running table=1"], .creating, .creating),
            ("steady", ["1 v2 running table"], .creating, .creating),
            ("is about to be replaced", ["1 v1 running table"], waiting, waiting),
            ("failed, nothing runs", ["1.bad1 v2 exited=1"], failed, failed),
            (
                "failed, the old one serves", ["1 v1 running table", "1.bad2 v2 exited=1"],
                .creating, .creating
            ),
        ]
        for (name, containers, started, healthy) in rows {
            XCTAssertEqual(app(on: .started, containers), started, "\(name), started")
            XCTAssertEqual(app(on: .healthy, containers), healthy, "\(name), healthy")
        }
    }

    func testJobs() {
        let rows: [(String, [String], Phase)] = [
            ("missing", [], .waiting("waiting for web")),
            ("runs", ["1.g1 v2 running"], .waiting("waiting for web")),
            ("ended, not committed", ["1.g1 v2 exited"], .waiting("waiting for web")),
            ("completed", ["1 v2 exited"], .creating),
            ("another one completed", ["1 v1 exited"], .waiting("waiting for web")),
            ("failed", ["1.bad1 v2 exited=1"], .waiting("web failed")),
        ]
        for (name, containers, phase) in rows {
            XCTAssertEqual(app(on: .completed, containers, isJob: true), phase, name)
        }
    }

    /// Whoever looks only for as long as something is under way must not miss the job's end.
    func testAJobThatRunsIsLookedAtAgain() {
        for state in ["running", "restarting"] {
            let decision = Scene("v2", ["1.g1 v2 \(state)"]) { $0.isJob = true }.decide()
            XCTAssertEqual(decision.phases[1], .warming("running"), state)
            XCTAssertEqual(decision.requeueAt, Scene.now + .seconds(1), state)
            XCTAssertFalse(decision.isSettled, state)
        }
    }

    func testOtherAims() {
        XCTAssertEqual(app(on: .healthy, ["1 v1 running table"], intent: .keep), .creating)
        XCTAssertEqual(app(on: .started, ["1 v1 running table"], intent: .keep), .creating)
        for condition in [Dependency.Condition.started, .healthy, .completed] {
            XCTAssertEqual(
                app(on: condition, [], intent: .keep),
                .waiting("waiting for web"),
                "\(condition), and nothing is there"
            )
        }
        XCTAssertEqual(
            app(on: .healthy, ["1 v1 running table"], intent: .remove),
            .waiting("waiting for web")
        )
    }

    func testAnOptionalDependencyThatIsNotThere() {
        let app = Samples.goal("app", "v1") {
            $0.dependencies = [Dependency(on: "web", condition: .healthy, isRequired: false)]
        }
        let rollout = Rollout(intents: ["app": .run(app, fallback: nil)])
        let decisions = rollout.decide(ObservedState(), at: Scene.now)
        XCTAssertEqual(decisions["app"]?.phases[1], .creating)
        let unresolved = Rollout(intents: ["app": .run(app, fallback: nil), "web": .keep])
        let others = unresolved.decide(ObservedState(), at: Scene.now)
        XCTAssertEqual(others["app"]?.phases[1], .creating)
    }
}
