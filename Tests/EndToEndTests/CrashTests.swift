import Foundation
import TestSupport
import XCTest

/// The controller is killed at any moment, and the next one finishes what was begun.
final class CrashTests: EndToEndTestCase {
    /// Moments of a rollout, by what a look at the host's containers or the log shows of them.
    private static let moments: [(name: String, isNow: @Sendable ([String], Controller) -> Bool)] =
        [
            ("the commit is seen", { _, log in !log.lines("updating 1.0.0 → 1.1.0").isEmpty }),
            ("a candidate is there", { names, _ in names.contains { $0.contains(".g") } }),
            (
                "the candidate takes over",
                { _, log in log.lines("traffic: ").count > 1 }
            ),
            ("the old one has retired", { names, _ in names.contains { $0.contains(".old") } }),
            (
                "the first slot is done",
                { _, log in log.lines("renamed prod-web-").count > 1 }
            ),
        ]

    func testKilledInTheMiddleOfARollout() async throws {
        for moment in Self.moments {
            try await withFleet { fleet in
                try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
                try await fleet.world.push(TestImage(name: "web", version: "1.1.0"))
                try fleet.commit("Describe the fleet", ServiceText())
                let first = try await Controller(fleet)
                defer { first.end(SIGKILL) }
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "1.1.0"))
                    let world = fleet.world
                    try await eventually(moment.name) {
                        moment.isNow(try await world.containers(), first)
                    }
                    first.end(SIGKILL)
                    try await withController(fleet) { _ in
                        try await settled(fleet, on: "web 1.1.0")
                    }
                }
                let left = try await fleet.world.containers()
                XCTAssertEqual(left, ["prod-web-1", "prod-web-2"], moment.name)
            }
        }
    }
}
