import Addresses
import Model
import Planning
import Rollouts
import XCTest

@testable import Controller

/// What a plan shows of an update whose next step is to wait, and what asking again removes.
final class UnderWayTests: XCTestCase {
    private func looked(
        _ service: Service,
        _ change: (inout FakeHost.State) -> Void
    ) async throws -> [String] {
        let scene = try LoopScene(Sample.desired([service]))
        scene.host.add(Sample.container(service))
        scene.host.change(change)
        let reconciler = Reconciler(
            environment: "prod",
            host: scene.host,
            source: scene.fleet,
            tags: scene.tags,
            maxAge: .seconds(60)
        )
        let reconciliation = try await reconciler.look(
            at: Sample.now + .seconds(60),
            record: ReleaseRecord()
        )
        XCTAssertEqual(reconciliation.steps, [])
        return reconciliation.underWay.map { "\($0.action) \($0.subject): \($0.reason)" }
    }

    func testWhatIsWaitedForIsShown() async throws {
        let web = try Sample.service()
        let steady = try await looked(web) { _ in }
        XCTAssertEqual(steady, [])
        let warming = try await looked(web) { state in
            state.containers[0].health = .starting
            state.serving = [:]
        }
        XCTAssertEqual(warming, ["finish web/1: not ready yet: health check starting"])
        let draining = try await looked(web) { state in
            state.containers.append(
                Sample.container(web) {
                    $0.id = "old"
                    $0.name.role = .retired(generation: 7)
                }
            )
        }
        XCTAssertEqual(
            draining,
            ["finish prod-web-1.old7: replaced; draining connections"]
        )
    }

    func testAFailedContainerThatRunsIsStoppedBeforeItIsRemoved() throws {
        let web = try Sample.service()
        func failed(_ id: String, _ state: Container.State) -> Container {
            Sample.container(web) {
                $0.id = id
                $0.name.role = .failed(generation: 2)
                $0.state = state
            }
        }
        let table: [(state: Container.State, calls: [String])] = [
            (.exited(code: 1), ["remove"]), (.created, ["remove"]), (.dead, ["remove"]),
            (.running, ["stop", "remove"]), (.restarting, ["stop", "remove"]),
            (.paused, ["unpause", "stop", "remove"]),
        ]
        for (state, calls) in table {
            let observed = ObservedState(
                containers: [Sample.container(web), failed("bad", state)],
                serving: [:]
            )
            XCTAssertEqual(
                observed.forgettingFailures.map(FakeHost.words),
                calls.map { "\($0) prod-web-1.bad2" },
                "\(state)"
            )
        }
        let serving = Backend(
            slot: 1,
            generation: 2,
            container: "bad",
            address: IPv4Address("172.30.0.2"),
            since: Sample.now
        )
        let observed = ObservedState(
            containers: [failed("bad", .running)],
            serving: ["web": [serving]]
        )
        XCTAssertEqual(observed.forgettingFailures, [], "never what is in the table")
    }
}
