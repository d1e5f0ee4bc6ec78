import Model
import Rollouts
import Synchronization
import XCTest

@testable import Controller

/// What goes wrong beside a service is no reason to leave its callers alone, or to end too early.
final class LoopFaultTests: XCTestCase {
    private let text = "the external volume data does not exist"

    func testTrafficIsLookedAfterWhileNothingCanBePrepared() async throws {
        let web = try Sample.service()
        let scene = try LoopScene(Sample.desired([try Sample.service("db"), web]))
        scene.host.add(Sample.container(web))
        scene.host.add(Sample.container(web, slot: 2))
        let two = try Sample.service("web", "1") { $0.replicas = 2 }
        scene.fleet.commit(Sample.desired([try Sample.service("db"), two], revision: 2))
        scene.host.change { [text] in
            $0.preparations = ["volume data"]
            $0.preparationFailure = text
        }
        try await scene.run {
            try await scene.look()
            scene.host.change { $0.containers[0].state = .exited(code: 1) }
            try await scene.pass(until: "it is out of the table and up again") { state in
                state.calls.contains("route web 2.g1") && state.containers[0].state == .running
            }
            try await scene.look(times: 30)
            XCTAssertEqual(scene.host.now.calls.count { $0.hasPrefix("create") }, 0)
            XCTAssertEqual(scene.lines.count("error prod: \(text)"), 1)
            let attempts = scene.host.now.calls.count { $0.hasPrefix("prepare") }
            XCTAssertLessThan(attempts, 10, "not one attempt a look")

            scene.host.change { $0.preparationFailure = nil }
            try await scene.pass(until: "db is there") { state in
                state.containers.contains { $0.service == "db" && $0.name.role == .committed }
            }
        }
        XCTAssertEqual(scene.lines.count("networks, volumes and files are ready again"), 1)
    }

    func testOnlyThoseWhoNeedItWaitForWhatIsMissing() async throws {
        let (db, web) = (try Sample.service("db"), try Sample.service())
        let scene = try LoopScene(Sample.desired([db, web]))
        scene.host.change { [text] in
            $0.preparations = ["volume data"]
            $0.preparationFailure = text
            $0.unprepared = [db]
        }
        let last = try await scene.end(within: .seconds(600)) { $0.isSettled || $0.isStuck }
        XCTAssertEqual(last?.isStuck, true)
        XCTAssertEqual(last?.waiting, [text])
        XCTAssertEqual(scene.host.now.containers.map { "\($0.name)" }, ["prod-web-1"])
        XCTAssertEqual(scene.lines.count("error prod: \(text)"), 1)
    }

    func testAnApplyThatCannotPrepareGivesUpAndSaysWhy() async throws {
        let scene = try LoopScene(Sample.desired([try Sample.service()]))
        scene.host.change { [text] in
            $0.preparations = ["volume data"]
            $0.preparationFailure = text
        }
        let last = try await scene.end(within: .seconds(300)) { $0.isSettled || $0.isStuck }
        XCTAssertEqual(last?.isStuck, true)
        XCTAssertEqual(last?.isSettled, false)
        XCTAssertEqual(last?.waiting, [text])
    }

    func testAnApplyGivesUpOnlyWhenAllOthersAreDone() async throws {
        let slow = { (version: String) in
            try Sample.service("api", version) { $0.update.monitor = .seconds(120) }
        }
        let scene = try LoopScene(Sample.desired([try slow("1")]))
        scene.host.add(Sample.container(try slow("1")))
        scene.host.change { $0.failures["create web"] = ("no space left", 1_000) }
        scene.fleet.commit(
            Sample.desired([try slow("2"), try Sample.service("web")], revision: 2)
        )
        let last = try await scene.end(within: .seconds(600)) { $0.isSettled || $0.isStuck }
        XCTAssertEqual(last?.isStuck, true)
        XCTAssertEqual(last?.isSettled, false)
        XCTAssertEqual(last?.waiting, ["no space left"])
        XCTAssertEqual(
            scene.host.now.containers.map { "\($0.name) \($0.version)" },
            ["prod-api-1 2"]
        )
    }

    func testAJobIsNotStartedAgainByALookThatBeganBefore() async throws {
        let job = try Sample.service("job") {
            $0.isJob = true
            $0.pullPolicy = .always
        }
        let scene = try LoopScene(Sample.desired([job]))
        scene.host.change { $0.held = ["start"] }
        try await scene.run {
            try await scene.pass(until: "it is being started") { state in
                state.calls.contains { $0.hasPrefix("start") }
            }
            try await scene.look()
            // The next look sees it as it is before the start, and waits for a registry.
            scene.tags.state.withLock { $0.isSilent = true }
            let looks = scene.host.now.looks
            try await scene.pass(until: "a look waits") { $0.looks > looks }
            scene.host.change { $0.held = [] }
            try await scene.pass(until: "it runs") { $0.containers[0].state == .running }
            scene.host.change { $0.containers[0].state = .exited(code: 0) }
            let said = { scene.lines.count("started prod-job-1.g1") }
            try await scene.pass(until: "the start is over") { _ in said() == 1 }
            scene.tags.state.withLock { $0.isSilent = false }
            try await scene.look(times: 10)
        }
        let state = scene.host.now
        XCTAssertEqual(state.calls.count { $0.hasPrefix("start") }, 1, "\(state.calls)")
        XCTAssertEqual(state.containers.map(\.name.role), [.committed])
    }

    func testASuspendedEnvironmentsTrafficIsLookedAfter() async throws {
        let web = try Sample.service("web", "1")
        let scene = try LoopScene(
            Sample.desired([try Sample.service("web", "2")]) { $0.isSuspended = true }
        )
        scene.host.add(Sample.container(web))
        scene.host.change { $0.containers[0].state = .exited(code: 255) }
        try await scene.run {
            try await scene.look()
            XCTAssertEqual(scene.host.now.calls, ["route web "])
            // Docker starts it later than the first look after a reboot was.
            scene.host.change { $0.containers[0].state = .running }
            try await scene.pass(until: "it serves") { $0.serving["web"] != nil }
            try await scene.look(times: 5)
        }
        XCTAssertEqual(scene.host.now.calls, ["route web ", "route web 1.g1"])
    }

    func testAnApplyOfASuspendedEnvironmentEnds() async throws {
        let web = try Sample.service("web", "1")
        let scene = try LoopScene(
            Sample.desired([try Sample.service("web", "2")]) { $0.isSuspended = true }
        )
        scene.host.add(Sample.container(web))
        // Left from an update that was under way.
        scene.host.change { state in
            state.containers.append(
                Sample.container(web) {
                    $0.id = "old"
                    $0.name.role = .retired(generation: 7)
                }
            )
        }
        let last = try await scene.end(within: .seconds(100)) { $0.isSettled || $0.isStuck }
        XCTAssertEqual(last?.isSettled, true)
        XCTAssertEqual(scene.host.now.calls, [])
    }
}
