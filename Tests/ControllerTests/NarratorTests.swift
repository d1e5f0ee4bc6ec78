import Synchronization
import Digests
import Model
import Rollouts
import TestSupport
import XCTest

@testable import Controller

final class NarratorTests: XCTestCase {
    private var directory: TemporaryDirectory?
    private var narrator = Narrator(
        environment: "prod",
        log: LogLines().log(),
        history: History(path: "/nonexistent/history.jsonl")
    )
    private var lines = LogLines()
    private var history = History(path: "/nonexistent/history.jsonl")
    private var host = FakeHost()
    private var now = Sample.now

    override func setUpWithError() throws {
        let directory = try TemporaryDirectory("berth-story")
        self.directory = directory
        history = History(path: directory.file("history.jsonl"))
        restart()
    }

    override func tearDown() { directory = nil }

    /// Another process goes on with the same history.
    private func restart() {
        lines = LogLines()
        narrator = Narrator(environment: "prod", log: lines.log(), history: history)
    }

    /// Tells of one look at the host, and returns what was said.
    private func tell(_ fleet: FakeFleet, _ tags: FakeTags = FakeTags()) async throws -> [String] {
        let reconciler = Reconciler(
            environment: "prod",
            host: host,
            source: fleet,
            tags: tags,
            maxAge: .seconds(60)
        )
        let reconciliation = try await reconciler.look(at: now, record: history.memory(of: "prod"))
        narrator.tell(reconciliation, at: now)
        now = now + .milliseconds(1_500)
        return lines.take()
    }

    func testADeploymentAndAnUpdate() async throws {
        let one = try Sample.service("web", "1")
        let fleet = FakeFleet(Sample.desired([one]))
        let first = try await tell(fleet)
        XCTAssertEqual(
            first,
            [
                "info prod: revision nothing → 1111111 by First Author: Change 1",
                "info prod/web: deploying 1 image=registry.example/web:1@"
                    + Sample.digest("1").description,
            ]
        )
        let nothing = try await tell(fleet)
        XCTAssertEqual(nothing, [], "nothing new")
        host.add(Sample.container(one))
        let there = try await tell(fleet)
        XCTAssertEqual(there, ["info prod/web: deployed 1 in 3.0 s"])
        fleet.commit(Sample.desired([try Sample.service("web", "2")], revision: 2))
        let update = try await tell(fleet)
        XCTAssertEqual(
            update,
            [
                "info prod: revision 1111111 → 2222222 by First Author: Change 2",
                "info prod/web: updating 1 → 2 image=registry.example/web:2@"
                    + Sample.digest("2").description,
            ]
        )
    }

    func testAnotherProcessDoesNotTellItAgain() async throws {
        let one = try Sample.service("web", "1")
        let fleet = FakeFleet(Sample.desired([one]))
        host.add(Sample.container(one))
        let first = try await tell(fleet)
        XCTAssertEqual(first.count, 2, "\(first)")
        restart()
        let again = try await tell(fleet)
        XCTAssertEqual(again, [])
    }

    func testAnOutageIsMeasuredFromLookToLook() {
        var outage = Outage()
        let looks: [(serves: Bool, served: Bool, second: Int)] = [
            (true, true, 0), (false, true, 1), (false, false, 3), (true, false, 4), (true, true, 9),
        ]
        for (serves, served, second) in looks {
            XCTAssertNil(second < 4 ? outage.total : nil)
            outage.look(serves: serves, served: served, at: now + .seconds(second))
        }
        XCTAssertEqual(outage.total, .seconds(3))
    }

    func testAJobThatCompletedBeforeIsSaidToBeDone() async throws {
        let jobs = try ["1", "2"].map { try Sample.service("job", $0) { $0.isJob = true } }
        let fleet = FakeFleet(Sample.desired([jobs[0]]))
        for (index, job) in jobs.enumerated() {
            if index > 0 { fleet.commit(Sample.desired([job], revision: 2)) }
            _ = try await tell(fleet)
            host.change { $0.containers = [] }
            var container = Sample.container(job)
            container.state = .exited(code: 0)
            host.add(container)
            _ = try await tell(fleet)
        }
        fleet.commit(Sample.desired([jobs[0]], revision: 3))
        let reverted = try await tell(fleet)
        XCTAssertEqual(
            reverted.last,
            "info prod/job: 1 has completed before and is not run again"
        )
        let silence = try await tell(fleet)
        XCTAssertEqual(silence, [])
        restart()
        let again = try await tell(fleet)
        XCTAssertEqual(again, [])
    }

    func testDriftAndItsRepair() async throws {
        let one = try Sample.service("web", "1")
        let fleet = FakeFleet(Sample.desired([one]))
        host.add(Sample.container(one))
        _ = try await tell(fleet)
        host.change { $0.containers[0].health = .unhealthy }
        let drift = try await tell(fleet)
        XCTAssertEqual(
            drift,
            ["warning prod/web: drift: prod-web-1 unhealthy desired=running actual=unhealthy"]
        )
        let silence = try await tell(fleet)
        XCTAssertEqual(silence, [])
        host.change { $0.containers[0].health = .healthy }
        let repaired = try await tell(fleet)
        XCTAssertEqual(
            repaired,
            ["info prod: repaired: unhealthy prod-web-1 healthcheck in 3.0 s"]
        )
        XCTAssertEqual(
            history.entries(of: "prod").suffix(2).map(\.kind),
            [.drifted, .repaired]
        )
    }

    func testABrokenRevisionAndItsMending() async throws {
        let one = try Sample.service("web", "1")
        let fleet = FakeFleet(Sample.desired([one]))
        host.add(Sample.container(one))
        _ = try await tell(fleet)
        let place = SourceLocation(file: "environments/prod.yaml", line: 3, column: 14)
        fleet.commitBroken(
            Sample.revision(2),
            Diagnostic(at: place, field: "services.web", "no such thing", remedy: "remove it")
        )
        let broken = try await tell(fleet)
        XCTAssertEqual(
            broken,
            [
                "error prod: revision 2222222 by First Author cannot be used; 1111111 stays in force "
                    + "subject=\"Change 2\"",
                "error prod: environments/prod.yaml:3:14: error: services.web: no such thing; "
                    + "remove it",
            ]
        )
        let silence = try await tell(fleet)
        XCTAssertEqual(silence, [])
        XCTAssertEqual(history.entries(of: "prod").last?.kind, .invalid)
        XCTAssertEqual(history.entries(of: "prod").last?.revision, Sample.revision(2).id)
        fleet.commit(Sample.desired([one], revision: 3))
        let mended = try await tell(fleet)
        XCTAssertEqual(mended, ["info prod: revision 1111111 → 3333333 by First Author: Change 3"])
    }

    func testAServiceThatLeaves() async throws {
        let one = try Sample.service("web", "1")
        let fleet = FakeFleet(Sample.desired([one]))
        host.add(Sample.container(one))
        _ = try await tell(fleet)
        fleet.commit(Sample.desired([], revision: 2))
        let leaving = try await tell(fleet)
        XCTAssertEqual(
            leaving.last,
            "info prod/web: removing: no longer in environments/prod.yaml"
        )
        host.change { state in
            state.containers = []
            state.serving = [:]
        }
        let gone = try await tell(fleet)
        XCTAssertEqual(gone, ["info prod/web: removed"])
        let silence = try await tell(fleet)
        XCTAssertEqual(silence, [])
    }

    func testAnImageThatCannotBeResolved() async throws {
        let fleet = FakeFleet(Sample.desired([try Sample.service("web", "1")]))
        let tags = FakeTags()
        tags.state.withLock { $0.isDown = true }
        let down = try await tell(fleet, tags)
        XCTAssertEqual(
            down.last,
            "error prod/web: cannot resolve the image: the registry does not answer"
        )
        let silence = try await tell(fleet, tags)
        XCTAssertEqual(silence, [])
        tags.state.withLock { $0.isDown = false }
        let up = try await tell(fleet, tags)
        XCTAssertEqual(up.first, "info prod/web: the image can be resolved again")
    }

    func testAFailedReleaseIsToldOnceAlsoByTheNextProcess() async throws {
        let one = try Sample.service("web", "1")
        let two = try Sample.service("web", "2")
        let fleet = FakeFleet(Sample.desired([one]))
        host.add(Sample.container(one))
        _ = try await tell(fleet)
        fleet.commit(Sample.desired([two], revision: 2))
        _ = try await tell(fleet)
        host.change { state in
            state.containers.append(
                Sample.container(two) { container in
                    container.name.role = .failed(generation: 2)
                    container.generation = 2
                    container.state = .exited(code: 3)
                    container.finished = Sample.now
                }
            )
        }
        let failed = try await tell(fleet)
        XCTAssertEqual(failed.count, 1, "\(failed)")
        XCTAssertTrue(failed[0].hasPrefix("error prod/web: 2 failed: "), "\(failed)")
        XCTAssertTrue(failed[0].hasSuffix("; 1 stays"), "\(failed)")
        let silence = try await tell(fleet)
        XCTAssertEqual(silence, [])
        restart()
        let next = try await tell(fleet)
        XCTAssertEqual(next, [])
        XCTAssertEqual(history.entries(of: "prod").count { $0.kind == .failed }, 1)
    }

    func testASuspendedEnvironmentHasNoStory() async throws {
        let fleet = FakeFleet(
            Sample.desired([try Sample.service()]) { $0.isSuspended = true }
        )
        let lines = try await tell(fleet)
        XCTAssertEqual(lines, ["info prod: revision nothing → 1111111 by First Author: Change 1"])
    }
}
