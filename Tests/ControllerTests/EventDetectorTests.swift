import Synchronization
import Digests
import Model
import Rollouts
import TestSupport
import XCTest

@testable import Controller
@testable import Registry

/// Two looks, and what is new about the second, as the log says it.
final class EventDetectorTests: XCTestCase {
    private var directory: TemporaryDirectory?
    private var detector = EventDetector(environment: "prod")
    private var recorder = ReleaseRecorder()
    private let lines = LogLines()
    private var history = History(path: "/nonexistent/history.jsonl")
    private var host = FakeHost()
    private var now = Sample.now

    override func setUpWithError() throws {
        let directory = try TemporaryDirectory("berth-events")
        self.directory = directory
        history = History(path: directory.file("history.jsonl"))
        restart()
    }

    override func tearDown() { directory = nil }

    /// Another process goes on with the same history.
    private func restart() {
        recorder = ReleaseRecorder()
        detector = EventDetector(environment: "prod", history: history.entries(of: "prod"))
    }

    /// Looks once, and returns the lines of what is new; the same look again has nothing new.
    private func look(_ fleet: FakeFleet, _ tags: FakeTags = FakeTags()) async throws -> [String] {
        let reconciler = Reconciler(
            environment: "prod",
            host: host,
            source: fleet,
            tags: tags,
            maxAge: .seconds(60)
        )
        let look = try await reconciler.look(at: now, record: history.record(of: "prod"))
        for entry in recorder.additions(of: look, to: history.record(of: "prod"), at: now) {
            try history.append(entry)
        }
        let record = history.record(of: "prod")
        XCTAssertEqual(
            recorder.additions(of: look, to: record, at: now),
            [],
            "the record has it"
        )
        for event in detector.events(of: look, record: record, at: now) {
            EventLog(lines.log()).receive(event)
            try history.receive(event)
        }
        XCTAssertEqual(detector.events(of: look, record: record, at: now), [], "the same look")
        now = now + .milliseconds(1_500)
        return lines.take()
    }

    func testADeploymentAndAnUpdate() async throws {
        let one = try Sample.service("web", "1")
        let fleet = FakeFleet(Sample.desired([one]))
        let first = try await look(fleet)
        XCTAssertEqual(
            first,
            [
                "info prod: revision 1111111 by First Author: Change 1",
                "info prod/web: deploying 1 image=registry.example/web:1@"
                    + Sample.digest("1").description,
            ]
        )
        let nothing = try await look(fleet)
        XCTAssertEqual(nothing, [], "nothing new")
        host.add(Sample.container(one))
        let there = try await look(fleet)
        XCTAssertEqual(there, ["info prod/web: deployed 1 in 3.0 s"])
        fleet.commit(Sample.desired([try Sample.service("web", "2")], revision: 2))
        let update = try await look(fleet)
        XCTAssertEqual(
            update,
            [
                "info prod: revision 1111111 → 2222222 by First Author: Change 2",
                "info prod/web: updating 1 → 2 image=registry.example/web:2@"
                    + Sample.digest("2").description,
            ]
        )
    }

    func testAnotherProcessDoesNotFindItAgain() async throws {
        let one = try Sample.service("web", "1")
        let fleet = FakeFleet(Sample.desired([one]))
        host.add(Sample.container(one))
        let first = try await look(fleet)
        XCTAssertEqual(first.count, 2, "\(first)")
        restart()
        let again = try await look(fleet)
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
            _ = try await look(fleet)
            host.change { $0.containers = [] }
            var container = Sample.container(job)
            container.state = .exited(code: 0)
            host.add(container)
            _ = try await look(fleet)
        }
        fleet.commit(Sample.desired([jobs[0]], revision: 3))
        let reverted = try await look(fleet)
        XCTAssertEqual(
            reverted.last,
            "info prod/job: 1 has completed before and is not run again"
        )
        let silence = try await look(fleet)
        XCTAssertEqual(silence, [])
        restart()
        let again = try await look(fleet)
        XCTAssertEqual(again, [])
    }

    func testDriftAndItsRepair() async throws {
        let one = try Sample.service("web", "1")
        let fleet = FakeFleet(Sample.desired([one]))
        host.add(Sample.container(one))
        _ = try await look(fleet)
        host.change { $0.containers[0].health = .unhealthy }
        let drift = try await look(fleet)
        XCTAssertEqual(
            drift,
            ["warning prod/web: drift: prod-web-1 unhealthy desired=running actual=unhealthy"]
        )
        let silence = try await look(fleet)
        XCTAssertEqual(silence, [])
        restart()
        let next = try await look(fleet)
        XCTAssertEqual(next, [], "another process does not find it again")
        host.change { $0.containers[0].health = .healthy }
        let repaired = try await look(fleet)
        XCTAssertEqual(
            repaired,
            ["info prod/web: repaired: unhealthy prod-web-1 healthcheck in 4.5 s"]
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
        _ = try await look(fleet)
        let place = SourceLocation(file: "environments/prod.yaml", line: 3, column: 14)
        fleet.commitBroken(
            Sample.revision(2),
            Diagnostic(at: place, field: "services.web", "no such thing", remedy: "remove it")
        )
        let broken = try await look(fleet)
        XCTAssertEqual(
            broken,
            [
                "error prod: revision 2222222 by First Author cannot be used; 1111111 stays in force "
                    + "subject=\"Change 2\"",
                "error prod: environments/prod.yaml:3:14: error: services.web: no such thing; "
                    + "remove it",
            ]
        )
        let silence = try await look(fleet)
        XCTAssertEqual(silence, [])
        XCTAssertEqual(history.entries(of: "prod").last?.kind, .invalid)
        XCTAssertEqual(history.entries(of: "prod").last?.revision, Sample.revision(2).id)
        fleet.commit(Sample.desired([one], revision: 3))
        let mended = try await look(fleet)
        XCTAssertEqual(mended, ["info prod: revision 1111111 → 3333333 by First Author: Change 3"])
    }

    func testAServiceThatLeaves() async throws {
        let one = try Sample.service("web", "1")
        let fleet = FakeFleet(Sample.desired([one]))
        host.add(Sample.container(one))
        _ = try await look(fleet)
        fleet.commit(Sample.desired([], revision: 2))
        let leaving = try await look(fleet)
        XCTAssertEqual(
            leaving.last,
            "info prod/web: removing: no longer in environments/prod.yaml"
        )
        host.change { state in
            state.containers = []
            state.serving = [:]
        }
        let gone = try await look(fleet)
        XCTAssertEqual(gone, ["info prod/web: removed"])
        let silence = try await look(fleet)
        XCTAssertEqual(silence, [])
    }

    func testAnImageThatCannotBeResolved() async throws {
        let fleet = FakeFleet(Sample.desired([try Sample.service("web", "1")]))
        let tags = FakeTags()
        tags.state.withLock { $0.isDown = true }
        let down = try await look(fleet, tags)
        XCTAssertEqual(
            down.last,
            "error prod/web: cannot resolve the image: the registry does not answer"
        )
        let silence = try await look(fleet, tags)
        XCTAssertEqual(silence, [])
        tags.state.withLock { $0.isDown = false }
        let up = try await look(fleet, tags)
        XCTAssertEqual(up.first, "info prod/web: the image can be resolved again")
    }

    func testARegistryThatIsDown() async throws {
        let fleet = FakeFleet(Sample.desired([try Sample.service("web", "1")]))
        let tags = FakeTags()
        tags.state.withLock { $0.error = unreachable }
        let down = try await look(fleet, tags)
        XCTAssertTrue(
            down.last?.hasPrefix("error prod/web: the registry is unreachable: web:1: ") == true,
            "\(down)"
        )
        tags.state.withLock { $0.error = nil }
        let up = try await look(fleet, tags)
        XCTAssertEqual(up.first, "info prod/web: the registry is reachable again")
    }

    private var unreachable: RegistryError {
        RegistryError(
            reason: .unreachable("connection refused"),
            subject: "web:1",
            registry: "registry.example",
            url: "https://registry.example/v2/",
            serverMessage: nil
        )
    }

    /// Ports, volumes, files and rights are no matter of the image.
    func testAServiceThatIsBlocked() async throws {
        let fleet = FakeFleet(Sample.desired([try Sample.service("web", "1")]))
        host.change { $0.refusals = ["web": "/etc must not be mounted; remove it"] }
        let blocked = try await look(fleet)
        XCTAssertEqual(
            blocked.last,
            "error prod/web: blocked: /etc must not be mounted; remove it; "
                + "the service stays as it is"
        )
        host.change { $0.refusals = [:] }
        let free = try await look(fleet)
        XCTAssertEqual(free.first, "info prod/web: no longer blocked")
        let conflict = PortConflict(
            service: "web",
            port: "8080/tcp",
            address: "0.0.0.0",
            claimant: .process(name: "nginx", id: 7)
        )
        host.change { $0.conflicts = ["web": [conflict]] }
        let port = try await look(fleet)
        XCTAssertEqual(port, ["error prod/web: \(conflict); the service stays as it is"])
        host.change { $0.conflicts = [:] }
        let ended = try await look(fleet)
        XCTAssertEqual(ended, ["info prod/web: its host ports are free again"])
        host.change { $0.missingFile = "/srv/env" }
        let file = try await look(fleet)
        XCTAssertEqual(file.count, 1)
        XCTAssertTrue(file[0].hasPrefix("error prod/web: blocked: "), "\(file)")
        XCTAssertTrue(file[0].contains("/srv/env"), "\(file)")
    }

    func testReplicasThatArriveOneByOne() async throws {
        let three = { (version: String) in
            try Sample.service("web", version) { $0.replicas = 3 }
        }
        let (one, two) = (try three("1"), try three("2"))
        let fleet = FakeFleet(Sample.desired([one]))
        for slot in 1...3 { host.add(Sample.container(one, slot: slot)) }
        _ = try await look(fleet)
        fleet.commit(Sample.desired([two], revision: 2))
        _ = try await look(fleet)
        var said: [[String]] = []
        for slot in 1...3 {
            host.change { state in
                state.containers.removeAll { $0.slot == slot }
                state.containers.append(Sample.container(two, slot: slot))
            }
            said.append(try await look(fleet))
        }
        XCTAssertEqual(
            said,
            [
                ["info prod/web: 1 of 3 replicas run 2"],
                ["info prod/web: 2 of 3 replicas run 2"],
                ["info prod/web: updated 1 → 2 in 4.5 s"],
            ]
        )
    }

    /// The new version served and was watched when it fell over.
    func testAReleaseThatIsRolledBack() async throws {
        let one = try Sample.service("web", "1")
        let two = try Sample.service("web", "2")
        let fleet = FakeFleet(Sample.desired([one]))
        let candidate = Sample.container(two) { container in
            container.name.role = .candidate(generation: 2)
            container.generation = 2
        }
        func serve(_ container: Container) -> [Backend] {
            [
                Backend(
                    slot: 1,
                    generation: container.generation,
                    container: container.id,
                    address: container.address,
                    since: now
                )
            ]
        }
        host.add(Sample.container(one))
        _ = try await look(fleet)
        fleet.commit(Sample.desired([two], revision: 2))
        _ = try await look(fleet)
        host.change { state in
            state.containers.append(candidate)
            state.serving["web"] = serve(candidate)
        }
        now = now + .milliseconds(-1_400)
        let watched = try await look(fleet)
        XCTAssertEqual(watched, [])
        host.change { $0.containers[1].state = .exited(code: 3) }
        let fallen = try await look(fleet)
        XCTAssertEqual(fallen, ["error prod/web: exited with code 3"])
        host.change { $0.containers[1].name.role = .failed(generation: 2) }
        let failed = try await look(fleet)
        XCTAssertEqual(failed, ["error prod/web: 2 failed: exited with code 3; keeping 1"])
        host.change { $0.serving["web"] = serve($0.containers[0]) }
        let back = try await look(fleet)
        XCTAssertEqual(back, ["warning prod/web: rolled back 2 → 1 in 1.5 s"])
        XCTAssertEqual(history.entries(of: "prod").last?.kind, .rolledBack)
    }

    func testAFailedReleaseIsFoundOnceAlsoByTheNextProcess() async throws {
        let one = try Sample.service("web", "1")
        let two = try Sample.service("web", "2")
        let fleet = FakeFleet(Sample.desired([one]))
        host.add(Sample.container(one))
        _ = try await look(fleet)
        fleet.commit(Sample.desired([two], revision: 2))
        _ = try await look(fleet)
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
        let failed = try await look(fleet)
        XCTAssertEqual(failed.count, 1, "\(failed)")
        XCTAssertTrue(failed[0].hasPrefix("error prod/web: 2 failed: "), "\(failed)")
        XCTAssertTrue(failed[0].hasSuffix("; keeping 1"), "\(failed)")
        let silence = try await look(fleet)
        XCTAssertEqual(silence, [])
        restart()
        let next = try await look(fleet)
        XCTAssertEqual(next, [])
        let kinds = history.entries(of: "prod").map(\.kind)
        XCTAssertEqual(kinds.count { $0 == .failed }, 1)
        XCTAssertEqual(kinds.count { $0 == .exhausted }, 1)
    }

    func testASuspendedEnvironmentHasRevisionsOnly() async throws {
        let fleet = FakeFleet(
            Sample.desired([try Sample.service()]) { $0.isSuspended = true }
        )
        let lines = try await look(fleet)
        XCTAssertEqual(lines, ["info prod: revision 1111111 by First Author: Change 1"])
    }
}
