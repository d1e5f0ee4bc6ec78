import Synchronization
import Rollouts
import Model
import XCTest

@testable import Controller

final class EnvironmentLoopTests: XCTestCase {
    private func isCommitted(_ version: String, _ count: Int = 1) -> (FakeHost.State) -> Bool {
        { state in
            state.containers.count == count
                && state.containers.allSatisfy {
                    $0.name.role == .committed && $0.version == version && $0.state == .running
                }
        }
    }

    func testAServiceIsDeployedAndUpdated() async throws {
        let scene = try LoopScene(Sample.desired([try Sample.service()]))
        scene.host.change { $0.preparations = ["prod_default"] }
        try await scene.run {
            try await scene.pass(until: "1 is there", isCommitted("1"))
            // Until it is told, too.
            try await scene.look()
            scene.fleet.commit(Sample.desired([try Sample.service("web", "2")], revision: 2))
            try await scene.pass(until: "2 is there", isCommitted("2"))
            try await scene.look()
        }
        let calls = scene.host.now.calls
        XCTAssertEqual(calls.first, "prepare prod_default")
        XCTAssertTrue(calls.contains("create web/1.g1 1"), "\(calls)")
        XCTAssertTrue(calls.contains("create web/1.g2 2"), "\(calls)")
        // The new one serves before the old one stops.
        let routed = try XCTUnwrap(calls.firstIndex { $0.contains("route web 1.g2") }, "\(calls)")
        let stopped = try XCTUnwrap(calls.firstIndex { $0.hasPrefix("stop ") }, "\(calls)")
        XCTAssertLessThan(routed, stopped, "\(calls)")
        XCTAssertEqual(scene.lines.count("updating 1 → 2"), 1)
        XCTAssertEqual(scene.lines.count("updated 1 → 2 in "), 1)
        XCTAssertEqual(
            scene.history.entries(of: "prod").map(\.kind),
            [.accepted, .updating, .updated, .accepted, .updating, .updated]
        )
    }

    func testNothingIsDoneWhereNothingDiffers() async throws {
        let service = try Sample.service()
        let scene = try LoopScene(Sample.desired([service]))
        scene.host.add(Sample.container(service))
        try await scene.run { try await scene.look(times: 5) }
        XCTAssertEqual(scene.host.now.calls, [])
        let latest = await scene.loop.latest
        XCTAssertEqual(latest?.decisions["web"]?.outcome, .steady)
    }

    func testAFailingStepIsTriedAgainAndSaidOnce() async throws {
        let scene = try LoopScene(Sample.desired([try Sample.service()]))
        scene.host.change { $0.failures["create"] = ("no space left", 3) }
        try await scene.run { try await scene.pass(until: "1 is there", isCommitted("1")) }
        let calls = scene.host.now.calls
        XCTAssertEqual(calls.filter { $0.hasPrefix("create") }.count, 4, "\(calls)")
        XCTAssertEqual(
            scene.lines.count(
                "error prod/web: creating candidate g1 of slot 1 failed, will be retried: no space left"
            ),
            1,
            scene.lines.all.joined(separator: "\n")
        )
    }

    func testAStepThatFailedWaitsForItsTime() async throws {
        let scene = try LoopScene(Sample.desired([try Sample.service()]))
        scene.host.change { $0.failures["create"] = ("no space left", 100) }
        try await scene.run {
            // Half a second at least, then one: not one attempt a look.
            try await scene.look(times: 12)
        }
        let attempts = scene.host.now.calls.filter { $0.hasPrefix("create") }.count
        XCTAssertGreaterThan(attempts, 0)
        XCTAssertLessThan(attempts, 6)
    }

    func testALookThatFailsIsSaidOnceAndRecovered() async throws {
        let service = try Sample.service()
        let scene = try LoopScene(Sample.desired([service]))
        scene.host.add(Sample.container(service))
        try await scene.run {
            try await scene.look()
            scene.host.change { $0.blindness = "docker does not answer" }
            try await scene.look(times: 6)
            XCTAssertEqual(scene.lines.count("reconciling again"), 0)
            scene.host.change { $0.blindness = nil }
            try await scene.look()
        }
        XCTAssertEqual(scene.lines.count("error prod: docker does not answer"), 1)
        XCTAssertEqual(scene.lines.count("reconciling again"), 1)
        XCTAssertEqual(scene.host.now.calls, [])
    }

    func testASuspendedEnvironmentIsOnlyLookedAt() async throws {
        let old = try Sample.service("web", "1")
        let scene = try LoopScene(
            Sample.desired([try Sample.service("web", "2")]) { $0.isSuspended = true }
        )
        scene.host.add(Sample.container(old))
        scene.host.change { $0.preparations = ["prod_default"] }
        try await scene.run { try await scene.look(times: 5) }
        XCTAssertEqual(scene.host.now.calls, [])
    }

    func testABrokenRevisionLeavesTheLastGoodOne() async throws {
        let service = try Sample.service()
        let scene = try LoopScene(Sample.desired([service]))
        scene.host.add(Sample.container(service))
        let place = SourceLocation(file: "environments/prod.yaml", line: 3, column: 14)
        try await scene.run {
            try await scene.look()
            scene.fleet.commitBroken(Sample.revision(2), Diagnostic(at: place, "no such thing"))
            try await scene.look(times: 5)
            XCTAssertEqual(scene.host.now.calls, [])
            // What is in force is still kept.
            scene.host.change { $0.containers[0].state = .exited(code: 1) }
            try await scene.pass(until: "it runs again") {
                $0.containers.contains { $0.state == .running && $0.version == "1" }
            }
        }
        XCTAssertEqual(
            scene.lines.count(
                "error prod: revision 2222222 by First Author cannot be used; 1111111 stays"
            ),
            1
        )
        XCTAssertEqual(scene.lines.count("environments/prod.yaml:3:14: error: no such thing"), 1)
    }

    func testAReleaseThatFailsLeavesTheOldOneServing() async throws {
        let scene = try LoopScene(Sample.desired([try Sample.service()]))
        try await scene.run {
            try await scene.pass(until: "1 is there", isCommitted("1"))
            scene.host.change { $0.broken = ["2"] }
            scene.fleet.commit(Sample.desired([try Sample.service("web", "2")], revision: 2))
            try await scene.pass(until: "2 failed") { state in
                state.containers.contains { $0.name.description == "prod-web-1.bad2" }
            }
            try await scene.look(times: 10)
        }
        let state = scene.host.now
        XCTAssertEqual(
            state.containers.map { "\($0.name) \($0.version)" }.sorted(),
            ["prod-web-1 1", "prod-web-1.bad2 2"]
        )
        XCTAssertEqual(state.serving["web"]?.map(\.generation), [1])
        XCTAssertEqual(state.calls.count { $0.hasPrefix("create") }, 2, "\(state.calls)")
        XCTAssertEqual(scene.history.entries(of: "prod").count { $0.kind == .failed }, 1)
        XCTAssertEqual(scene.history.record(of: "prod").services["web"]?.failures.count, 1)
    }

    func testAServiceThatIsNoLongerListedGoes() async throws {
        let scene = try LoopScene(
            Sample.desired([try Sample.service("api"), try Sample.service("web")])
        )
        try await scene.run {
            try await scene.pass(until: "both are there", isCommitted("1", 2))
            scene.fleet.commit(Sample.desired([try Sample.service("api")], revision: 2))
            try await scene.pass(until: "web is gone", isCommitted("1", 1))
            try await scene.look()
        }
        XCTAssertNil(scene.host.now.serving["web"])
        XCTAssertEqual(scene.lines.count("prod/web: removed"), 1)
    }

    func testAnImageThatCannotBeResolvedLeavesWhatRuns() async throws {
        let old = try Sample.service("web", "1")
        let scene = try LoopScene(Sample.desired([try Sample.service("web", "2")]))
        scene.host.add(Sample.container(old))
        scene.tags.state.withLock { $0.isDown = true }
        try await scene.run {
            try await scene.look(times: 5)
            XCTAssertEqual(scene.host.now.calls, [])
            scene.tags.state.withLock { $0.isDown = false }
            try await scene.pass(until: "2 is there", isCommitted("2"))
        }
        XCTAssertEqual(scene.lines.count("cannot resolve the image: the registry does not"), 1)
        XCTAssertEqual(scene.lines.count("the image can be resolved again"), 1)
    }
}
