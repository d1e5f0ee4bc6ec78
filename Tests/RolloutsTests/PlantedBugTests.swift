import Model
import Rollouts
import Simulation
import XCTest

/// Bugs that are planted in the controller, and that the simulation has to find.
final class PlantedBugTests: XCTestCase {
    private func assertFound(
        _ mutation: Mutation,
        as complaint: String? = nil,
        line: UInt = #line,
        seeds: ClosedRange<UInt64> = 1...400,
        adjust: (inout Scenario) -> Void = { _ in }
    ) {
        for seed in seeds {
            let weathers = Scenario.Weather.allCases
            var scenario = Scenario.random(weathers[Int(seed) % weathers.count], seed: seed)
            adjust(&scenario)
            let verdict = Simulation(scenario, seed: seed, mutation: mutation).run()
            guard let violation = verdict.violation else { continue }
            if complaint.map(violation.contains) ?? true { return }
        }
        XCTFail("not found", line: line)
    }

    func testStopBeforeSwitch() {
        var mutation = Mutation(decision: { decision, observed in
            let leaving = observed.containers.filter { container in
                observed.isServing(container)
                    && !decision.backends.contains { $0.isContainer(container.id) }
            }
            decision.steps += leaving.filter { decision.phases[$0.slot] == .switching }
                .map(Step.stop)
        })
        mutation.routesFirst = false
        assertFound(mutation, as: "it is in the table")
    }

    func testEmptyChain() {
        assertFound(
            Mutation(decision: { decision, _ in
                if decision.phases.values.contains(.switching) { decision.backends = [] }
            }),
            as: "without a successor"
        )
    }

    func testForgottenCandidate() {
        assertFound(
            Mutation(decision: { decision, _ in
                decision.steps.removeAll { step in
                    guard case .remove(let container) = step else { return false }
                    if case .candidate = container.name.role { return true }
                    return false
                }
            }),
            as: "rest"
        )
    }

    func testForgottenFailures() {
        assertFound(
            Mutation(knowledge: { observed, memory in
                observed.containers.removeAll {
                    if case .failed = $0.name.role { return true }
                    return false
                }
                memory = ReleaseRecord()
            }),
            as: "that spec failed there"
        )
    }

    func testServingTooEarly() {
        assertFound(
            Mutation(knowledge: { observed, _ in
                observed.acceptance = observed.acceptance.mapValues { _ in .accepting }
            }),
            as: "not ready"
        )
    }

    func testTwoControllersWithoutALock() {
        var mutation = Mutation()
        mutation.takesLock = false
        assertFound(mutation, adjust: { $0.controllers = 2 })
    }

    func testAListThatIsBelievedAtOnce() {
        var mutation = Mutation()
        mutation.verifiesLists = false
        assertFound(
            mutation,
            adjust: {
                $0.odds.emptyList = 100
                $0.odds.staleList = 0
            }
        )
    }

    /// A failing run has to be the same run when it is made again.
    func testASeedReplaysExactly() {
        for seed in UInt64(1)...20 {
            let scenario = Scenario.random(.rough, seed: seed)
            let first = Simulation(scenario, seed: seed).run()
            let second = Simulation(scenario, seed: seed).run()
            XCTAssertEqual(first.trace, second.trace, "seed \(seed)")
        }
    }
}
