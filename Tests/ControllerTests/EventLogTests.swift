import Digests
import Model
import Planning
import Platform
import Rollouts
import XCTest

@testable import Controller
@testable import DockerEngine

/// The texts that people grep for.
final class EventLogTests: XCTestCase {
    private let update = Event.Release(from: "1.0.0", to: "1.0.1", spec: Sample.digest("a"))
    private let first = Event.Release(from: nil, to: "1.0.0", spec: Sample.digest("a"))

    private func lines(_ kind: Event.Kind, _ service: String? = nil) -> [String] {
        let lines = LogLines()
        EventLog(lines.log(.debug)).receive(
            Event(kind, at: Sample.now, environment: "prod", service: service)
        )
        return lines.take()
    }

    private func check(
        _ rows: [(kind: Event.Kind, lines: [String])],
        _ service: String? = nil,
        line: UInt = #line
    ) {
        for (kind, expected) in rows {
            XCTAssertEqual(lines(kind, service), expected, "\(kind)", line: line)
        }
    }

    func testAnEnvironment() {
        let refusal = Event.Kind.revisionRefused(
            Sample.revision(2),
            inForce: Sample.revision(1),
            problems: ["a", "b"]
        )
        check([
            (
                .revisionAccepted(Sample.revision(2), from: Sample.revision(1).id, warnings: ["w"]),
                [
                    "info prod: revision 1111111 → 2222222 by First Author: Change 2",
                    "warning prod: w",
                ]
            ),
            (
                refusal,
                [
                    "error prod: revision 2222222 by First Author cannot be used; "
                        + "1111111 stays in force subject=\"Change 2\"",
                    "error prod: a", "error prod: b",
                ]
            ),
            (
                .revisionRefused(Sample.revision(1), inForce: nil, problems: []),
                [
                    "error prod: revision 1111111 by First Author cannot be used; "
                        + "no revision is in force subject=\"Change 1\""
                ]
            ),
            (
                .trafficRestored(services: ["api", "web"], containers: 5),
                [
                    "warning prod: traffic rules for prod were missing; "
                        + "restored routes to 5 running containers services=api,web"
                ]
            ),
            (
                .trafficRestored(services: ["web"], containers: 1),
                [
                    "warning prod: traffic rules for prod were missing; "
                        + "restored routes to 1 running container services=web"
                ]
            ),
            (
                .trafficChanged(
                    FieldDifference(field: "web 8080/tcp", desired: "1.g2", actual: "1.g1")
                ),
                ["info prod: traffic: web 8080/tcp from=1.g1 to=1.g2"]
            ),
            (.preparationFailed("no such volume"), ["error prod: no such volume"]),
            (.preparationSucceeded, ["info prod: networks, volumes and files are ready again"]),
            (.reconciled(took: .milliseconds(12)), ["debug prod: reconciled in 12 ms"]),
            (.reconcileFailed("nft failed"), ["error prod: nft failed"]),
            (.reconcileRecovered, ["info prod: reconciling again"]),
            (.hostUnreachable("no answer"), ["error prod: no answer"]),
            (.hostReachable, ["info prod: Docker is reachable again"]),
            (.recordFailed("no space left"), ["error prod: no space left"]),
        ])
    }

    func testAService() {
        let drift = Drift(
            .missing,
            service: "web",
            subject: "prod-web-1",
            field: "replicas",
            desired: "1.0.0",
            actual: "nothing"
        )
        check(
            [
                (
                    .imageUnresolved("no such tag"),
                    ["error prod/web: cannot resolve the image: no such tag"]
                ),
                (.imageResolved, ["info prod/web: the image can be resolved again"]),
                (
                    .registryUnreachable("no answer"),
                    ["error prod/web: the registry is unreachable: no answer"]
                ),
                (.registryReachable, ["info prod/web: the registry is reachable again"]),
                (
                    .hostPortConflict(["port a", "port b"]),
                    [
                        "error prod/web: port a; the service stays as it is",
                        "error prod/web: port b; the service stays as it is",
                    ]
                ),
                (.hostPortsFree, ["info prod/web: its host ports are free again"]),
                (
                    .writeConflict(["volume a"]),
                    ["error prod/web: volume a; the service stays as it is"]
                ),
                (
                    .writeConflictEnded,
                    ["info prod/web: no other container writes to its volumes and paths any more"]
                ),
                (
                    .serviceBlocked("no right"),
                    ["error prod/web: blocked: no right; the service stays as it is"]
                ),
                (.serviceUnblocked, ["info prod/web: no longer blocked"]),
                (.removalStarted, ["info prod/web: removing: no longer in environments/prod.yaml"]),
                (.serviceRemoved, ["info prod/web: removed"]),
                (
                    .driftDetected(drift),
                    ["warning prod/web: drift: prod-web-1 missing desired=1.0.0 actual=nothing"]
                ),
                (
                    .driftRepaired(identity: drift.identity, lasted: .milliseconds(1_250)),
                    ["info prod/web: repaired: missing prod-web-1 replicas in 1.2 s"]
                ),
            ],
            "web"
        )
    }

    func testReleases() {
        check(
            [
                (
                    .releaseStarted(update, image: "web:1.0.1"),
                    ["info prod/web: updating 1.0.0 → 1.0.1 image=web:1.0.1"]
                ),
                (
                    .releaseStarted(first, image: "web:1.0.0"),
                    ["info prod/web: deploying 1.0.0 image=web:1.0.0"]
                ),
                (
                    .releaseProgressed(update, ready: 1, replicas: 3),
                    ["info prod/web: 1 of 3 replicas run 1.0.1"]
                ),
                (
                    .releaseSucceeded(update, took: .seconds(61), outage: nil),
                    ["info prod/web: updated 1.0.0 → 1.0.1 in 61.0 s"]
                ),
                (
                    .releaseSucceeded(update, took: .seconds(2), outage: .milliseconds(900)),
                    ["info prod/web: updated 1.0.0 → 1.0.1 in 2.0 s, out of service for 900 ms"]
                ),
                (
                    .releaseSucceeded(first, took: nil, outage: nil),
                    ["info prod/web: deployed 1.0.0"]
                ),
                (
                    .jobSkipped(first),
                    ["info prod/web: 1.0.0 has completed before and is not run again"]
                ),
                (
                    .releaseFailed(update, reason: "exited with code 3", took: nil),
                    ["error prod/web: 1.0.1 failed: exited with code 3; keeping 1.0.0"]
                ),
                (
                    .releaseFailed(first, reason: "exited with code 3", took: nil),
                    ["error prod/web: 1.0.0 failed: exited with code 3"]
                ),
                (
                    .releaseRolledBack(update, took: .seconds(1)),
                    ["warning prod/web: rolled back 1.0.0 → 1.0.1 in 1.0 s"]
                ),
                (.candidateFailed("became unhealthy"), ["error prod/web: became unhealthy"]),
                (
                    .candidateKept("prod-web-1.g2", reason: "exited", kept: "prod-web-1.bad2"),
                    ["error prod/web: prod-web-1.g2 exited; its logs: docker logs prod-web-1.bad2"]
                ),
            ],
            "web"
        )
    }

    func testTheHost() {
        let rows: [(Event.Kind, String)] = [
            (
                .historyRewritten(from: Sample.revision(1).id, to: Sample.revision(2)),
                "warning history was rewritten: 1111111 is no ancestor of 2222222; following it"
            ),
            (.repositoryUnreachable("no answer"), "error no answer"),
            (.repositoryReachable, "info the repository is reachable again"),
            (.pullProgressed(image: "web:1", percent: 20), "info pulling web:1: 20 %"),
        ]
        for (kind, expected) in rows {
            let lines = LogLines()
            EventLog(lines.log()).receive(Event(kind, at: Sample.now))
            XCTAssertEqual(lines.take(), [expected])
        }
    }

    func testStepsAndTheirFailures() throws {
        let service = try Sample.service()
        let container = Sample.container(service)
        let rows: [(step: Step, done: String, tried: String)] = [
            (
                .create(Sample.goal(service), slot: 1, generation: 2),
                "info prod/web: created candidate g2 of slot 1", "creating candidate g2 of slot 1"
            ),
            (.start(container), "info prod/web: started prod-web-1", "starting prod-web-1"),
            (.unpause(container), "info prod/web: unpaused prod-web-1", "unpausing prod-web-1"),
            (
                .rename(container, to: .retired(generation: 1)),
                "info prod/web: renamed prod-web-1 to prod-web-1.old1",
                "renaming prod-web-1 to prod-web-1.old1"
            ),
            (.stop(container), "info prod/web: stopped prod-web-1", "stopping prod-web-1"),
            (.remove(container), "debug prod/web: removed prod-web-1", "removing prod-web-1"),
        ]
        struct Full: Error, CustomStringConvertible { let description = "no space left" }
        for (step, done, tried) in rows {
            XCTAssertEqual(step.service, "web")
            let said = Event.Kind.succeeded(step, took: .milliseconds(200), phase: nil)
                .flatMap { lines($0, "web") }
            XCTAssertEqual(said, ["\(done) in 200 ms"])
            XCTAssertEqual(
                lines(.failed(step, Full()), "web"),
                ["error prod/web: \(tried) failed, will be retried: no space left"]
            )
        }
        let start = try XCTUnwrap(Event.Kind.started(rows[0].step))
        XCTAssertEqual(
            lines(start, "web"),
            [
                "debug prod/web: creating candidate 1.g2 image=registry.example/web:1@"
                    + Sample.digest("1").description
            ]
        )
        XCTAssertNil(Event.Kind.started(rows[1].step))
        let pull = Event.Kind.failed(
            rows[0].step,
            PullError(image: service.image, cause: Full())
        )
        XCTAssertEqual(
            lines(pull, "web"),
            [
                "error prod/web: pulling registry.example/web:1 failed, will be retried: "
                    + "no space left"
            ]
        )
        var candidate = container
        candidate.name.role = .candidate(generation: 2)
        candidate.generation = 2
        let kept = Event.Kind.succeeded(
            .rename(candidate, to: .failed(generation: 2)),
            took: .zero,
            phase: .failed("exited with code 3")
        )
        XCTAssertEqual(
            kept.last.map { lines($0, "web") },
            [
                "error prod/web: prod-web-1.g2 exited with code 3; "
                    + "its logs: docker logs prod-web-1.bad2"
            ]
        )
    }

    func testWhetherDockerIsMeant() {
        let rows: [(EngineError.Kind, reason: String, recovery: Event.Kind)] = [
            (.unreachable, "HostUnreachable", .hostReachable),
            (.timedOut, "HostUnreachable", .hostReachable),
            (.connectionLost, "HostUnreachable", .hostReachable),
            (.server, "ReconcileFailed", .reconcileRecovered),
            (.malformedResponse, "ReconcileFailed", .reconcileRecovered),
        ]
        for (kind, reason, recovery) in rows {
            let fault = Event.Kind.reconcileFailed(EngineError(kind, "GET /info", "no answer"))
            XCTAssertEqual(Event(fault, at: Sample.now).reason, reason)
            XCTAssertEqual(fault.recovery, recovery)
        }
        let other = Event.Kind.reconcileFailed(NothingFetched())
        XCTAssertEqual(Event(other, at: Sample.now).reason, "ReconcileFailed")
    }

    func testRoutesThatWereRestored() throws {
        let service = try Sample.service()
        let backend = Backend(
            slot: 1,
            generation: 1,
            container: "web-1",
            address: nil,
            since: Sample.now
        )
        let routes = [
            Route(name: "api", service: nil, backends: []),
            Route(name: "web", service: service, backends: [backend, backend]),
        ]
        XCTAssertEqual(
            Event.Kind.restored(routes),
            .trafficRestored(services: ["web"], containers: 2)
        )
    }

    func testPrograms() throws {
        let lines = LogLines()
        let log = Log(format: .json, write: { lines.log()(.info, $0) })
        let event = Event(.serviceRemoved, at: Sample.now, environment: "prod", service: "web")
        EventLog(log).receive(event)
        let line = try XCTUnwrap(lines.take().first)
        XCTAssertTrue(line.contains(#""reason":"ServiceRemoved""#), line)
        XCTAssertTrue(line.contains(#""subject":"prod/web""#), line)
    }
}
