import Foundation
import Model
import Simulation
import XCTest

@testable import Rollouts

/// What holds for every decision about every state.
final class PropertyTests: XCTestCase {
    private let firstSeed = UInt64(
        ProcessInfo.processInfo.environment["BERTH_SIMULATION_SEED"].flatMap { Int($0) } ?? 1
    )

    private func decide(_ state: RandomState) -> ServiceDecision {
        Rollout(intents: ["web": .run(state.goal, fallback: state.fallback)])
            .decide(state.observed, at: RandomState.now)["web"]
            ?? ServiceDecision(version: nil, slots: 0)
    }

    private func forAll(
        _ count: UInt64,
        _ body: (RandomState, ServiceDecision, _ seed: String) -> Void
    ) {
        for seed in firstSeed..<(firstSeed + count) {
            let state = RandomState(seed: seed)
            let told = state.observed.containers.map { container in
                "\(container.name) \(container.version) \(container.state)"
                    + (state.observed.isServing(container) ? " table" : "")
            }
            let text = "seed \(seed), \(told.joined(separator: ", "))"
            body(state, decide(state), text)
            if testRun?.failureCount ?? 0 > 0 { return }
        }
    }

    func testSteps() {
        forAll(2_000) { state, decision, seed in
            let text = "\(seed): \(decision.told)"
            XCTAssertEqual(
                Set(decision.steps.map(\.subject)).count,
                decision.steps.count,
                "one step a subject, \(text)"
            )
            let specs = [state.goal.spec, state.fallback?.spec]
            for step in decision.steps {
                switch step {
                case .stop(let container), .remove(let container):
                    XCTAssertFalse(state.observed.isServing(container), text)
                    XCTAssertFalse(
                        decision.backends.contains { $0.isContainer(container.id) },
                        text
                    )
                case .create(let goal, let slot, _):
                    XCTAssertTrue(specs.contains(goal.spec), text)
                    XCTAssertLessThanOrEqual(slot, state.goal.service.replicas, text)
                case .rename(let container, let role):
                    let name = ContainerName(base: container.name.base, role: role)
                    XCTAssertFalse(state.observed.containers.contains { $0.name == name }, text)
                case .start, .unpause:
                    break
                }
            }
        }
    }

    func testTraffic() {
        forAll(2_000) { state, decision, seed in
            let observed = state.observed
            let text = "\(seed): \(decision.table)"
            var servers: [Container] = []
            for backend in decision.backends {
                let container = observed.containers.first { backend.isContainer($0.id) }
                guard let container else { return XCTFail(text) }
                servers.append(container)
                XCTAssertEqual(container.state, .running, text)
                XCTAssertFalse(container.isFailed, text)
                XCTAssertEqual(container.address, backend.address, text)
                if case .candidate = container.name.role, !observed.isServing(container) {
                    XCTAssertEqual(observed.acceptance[container.id], .accepting, text)
                }
            }
            let service = state.goal.service
            let wanted = servers.map(\.slot).filter { $0 <= service.replicas }
            XCTAssertEqual(Set(wanted).count, wanted.count, "one a slot, \(text)")
            guard service.update.order == .startFirst, service.replicas > 0 else { return }
            let present = observed.containers.filter { container in
                container.isUp && observed.isServing(container) && !container.isFailed
            }
            if !present.isEmpty { XCTAssertFalse(servers.isEmpty, text) }
            // Whoever serves well keeps its slot served.
            for slot in Set(present.map(\.slot)) where slot <= service.replicas {
                XCTAssertTrue(servers.contains { $0.slot == slot }, "slot \(slot), \(text)")
            }
        }
    }

    func testParallelism() {
        forAll(2_000) { state, decision, seed in
            let slots = Dictionary(grouping: state.observed.containers, by: \.slot)
                .map { Slot($0, $1) }.filter { $0.number <= state.goal.service.replicas }
            let fallback = state.fallback
            let isProtecting = { (goal: Goal) in
                slots.contains { $0.committed.map { $0.spec != goal.spec } ?? false }
            }
            let made = decision.steps.count { step in
                if case .create(let goal, _, _) = step { return isProtecting(goal) }
                return false
            }
            let policies = [state.goal.service.update, fallback?.service.rollback].compactMap(
                \.self
            )
            let most = policies.map { $0.parallelism == 0 ? 9 : $0.parallelism }.max() ?? 0
            // A slot whose candidate was given up goes on with its turn.
            let underway = slots.count { !$0.candidates.isEmpty }
            XCTAssertLessThanOrEqual(made, max(most, underway), "\(seed): \(decision.told)")
        }
    }

    func testASteadyStateStays() {
        var steady = 0
        forAll(2_000) { state, decision, seed in
            guard decision.isSettled else { return }
            steady += 1
            XCTAssertEqual(decision.backends, state.observed.serving["web"] ?? [], seed)
            XCTAssertEqual(decision.steps, [], seed)
            XCTAssertNil(decision.requeueAt, seed)
        }
        XCTAssertGreaterThan(steady, 0)
    }

    /// On a host where nothing goes wrong any more every state comes to rest.
    func testEveryStateConverges() {
        forAll(300) { state, _, seed in
            var scenario = Scenario()
            scenario.containers = state.observed.containers
            scenario.table = state.observed.serving
            scenario.revisions = [(0, ["web": state.goal])]
            let verdict = Simulation(scenario, seed: 1).run()
            XCTAssertNil(verdict.violation, "\(seed)\n\(verdict)")
        }
    }
}
