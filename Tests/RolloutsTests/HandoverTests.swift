import Addresses
import Model
import Simulation
import XCTest

@testable import Rollouts

/// A service that is no longer described serves its host ports until another one can.
final class HandoverTests: XCTestCase {
    func testItServesUntilItsHeirDoes() {
        let rows: [(name: String, heir: ServiceIntent, serves: Bool, isKept: Bool)] = [
            ("not there yet", .run(goal(), fallback: nil), false, true),
            ("serves", .run(goal(), fallback: nil), true, false),
            ("its image is not known", .keep, false, true),
            ("goes, too", .remove, false, false),
            ("never more than none", .run(goal { $0.replicas = 0 }, fallback: nil), false, false),
        ]
        for (name, heir, serves, isKept) in rows {
            var observed = Scene("v1", ["1 v1 running table"]).observed
            observed.heirs = ["web": ["site"]]
            if serves {
                observed.serving["site"] = [
                    Backend(
                        slot: 1,
                        generation: 1,
                        container: "site",
                        address: IPv4Address("172.30.0.9"),
                        since: Scene.now
                    )
                ]
            }
            let decisions = Rollout(intents: ["site": heir]).decide(observed, at: Scene.now)
            XCTAssertEqual(decisions["web"]?.backends.count, isKept ? 1 : 0, name)
            XCTAssertEqual(decisions["web"]?.phases, [1: isKept ? .steady : .leaving], name)
        }
    }

    private func goal(_ adjust: (inout Service) -> Void = { _ in }) -> Goal {
        Samples.goal("site", "v1", adjust: adjust)
    }
}
