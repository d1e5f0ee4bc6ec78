import Foundation
import Model
import Rollouts
import Simulation
import XCTest

/// The rollout under everything that can go wrong around it.
///
/// `BERTH_SIMULATION_RUNS` says how many random runs are made in all (600 if it does not),
/// `BERTH_SIMULATION_SEED` at which seed they begin; a failure names its seed and prints the trace.
final class SimulationTests: XCTestCase {
    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    private let runs = setting("BERTH_SIMULATION_RUNS") ?? 600
    private let firstSeed = UInt64(setting("BERTH_SIMULATION_SEED") ?? 1)

    func testStandardScenarios() {
        for (name, scenario) in Scenario.standard {
            let verdict = Simulation(scenario, seed: 1).run()
            XCTAssertNil(verdict.violation, "\(name)\n\(verdict)")
            XCTAssertGreaterThan(verdict.calls, 10, name)
        }
    }

    /// Each fault at each call of each scenario; at those that change something if nobody asked for
    /// a number of runs.
    func testEveryCrashPoint() {
        var points = 0
        for (name, scenario) in Scenario.standard {
            let verdict = Simulation(scenario, seed: 1).run()
            let isThorough = Self.setting("BERTH_SIMULATION_RUNS") != nil
            for call in isThorough ? Array(1...verdict.calls) : verdict.writes {
                for fault in Scenario.Fault.allCases {
                    var faulty = scenario
                    faulty.faults = [call: fault]
                    let verdict = Simulation(faulty, seed: 1).run()
                    points += 1
                    guard verdict.violation != nil else { continue }
                    return XCTFail("\(name), call \(call), \(fault)\n\(verdict)")
                }
            }
        }
        print("\(points) crash points")
    }

    func testRandomRuns() {
        let weathers = Scenario.Weather.allCases
        for run in 0..<runs {
            let seed = firstSeed + UInt64(run)
            let weather = weathers[run % weathers.count]
            let scenario = Scenario.random(weather, seed: seed)
            let verdict = Simulation(scenario, seed: seed).run()
            guard verdict.violation != nil else { continue }
            return XCTFail("weather \(weather), seed \(seed)\n\(verdict)")
        }
        print("\(runs) runs from seed \(firstSeed)")
    }
}
