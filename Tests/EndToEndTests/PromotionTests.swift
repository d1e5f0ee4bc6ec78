import Foundation
import TestSupport
import XCTest

/// Versions come and go by commits, and no connection fails.
final class PromotionTests: EndToEndTestCase {
    /// Promotions and reverts in a row; `BERTH_E2E_ROUNDS` says how many of both together.
    private var rounds: Int {
        ProcessInfo.processInfo.environment["BERTH_E2E_ROUNDS"].flatMap { Int($0) } ?? 4
    }

    func testPromotionsAndRevertsUnderLoad() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            try await fleet.world.push(TestImage(name: "web", version: "1.1.0"))
            try fleet.commit("Describe the fleet", ServiceText())
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    for round in 1...max(rounds, 1) {
                        let isPromotion = round % 2 == 1
                        if isPromotion {
                            try fleet.commit("Promote", ServiceText(version: "1.1.0"))
                        } else {
                            try fleet.repository.git("revert", "--no-edit", "HEAD")
                        }
                        try await settled(fleet, on: isPromotion ? "web 1.1.0" : "web 1.0.0")
                    }
                }
            }
            let left = try await fleet.world.containers()
            XCTAssertEqual(left, ["prod-web-1", "prod-web-2"])
        }
    }
}
