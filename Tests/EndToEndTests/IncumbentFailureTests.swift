import Foundation
import TestSupport
import XCTest

/// The container that is being replaced dies, or will not, in the middle of it.
final class IncumbentFailureTests: EndToEndTestCase {
    /// Nobody waits for the new one: the old one is started again and serves until then.
    func testOldOneDiesWhileTheNewOneGetsReady() async throws {
        try await withWeb(and: TestImage(name: "web", version: "slow-1", beforehand: "sleep 8")) {
            fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                // A container that lived for less than ten seconds is not started again at once.
                let started = try await fleet.inspect("prod-web-1", "{{.State.StartedAt}}")
                try await outlives(.seconds(10), fleet)
                try await underLoad(fleet, outagesWithin: .seconds(6)) {
                    try fleet.commit(
                        "Promote",
                        ServiceText(version: "slow-1", replicas: 1, startPeriod: "30s")
                    )
                    try await controller.says("started prod-web-1.g2")
                    try await fleet.world.docker("kill", "prod-web-1")
                    try await fleet.answers("web 1.0.0")
                    let again = try await fleet.inspect("prod-web-1", "{{.State.StartedAt}}")
                    XCTAssertNotEqual(started, again)
                    try await settled(fleet, on: "web slow-1")
                }
                XCTAssertEqual(controller.lines(" failed: ").map(\.message), [])
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }

    /// Waits until the container has run for that long.
    private func outlives(_ age: Duration, _ fleet: Fleet) async throws {
        let now = "date +%s; date -d \"$0\" +%s"
        try await eventually("prod-web-1 is \(age) old") {
            let started = try await fleet.inspect("prod-web-1", "{{.State.StartedAt}}")
            let words = try await fleet.world.runOutside(["sh", "-c", now, started]).output
            let moments = words.split(separator: "\n").compactMap { Int64($0) }
            return moments.count == 2 && .seconds(moments[0] - moments[1]) > age
        }
    }

    /// It is out of the table by then; the new one goes its way.
    func testOldOneDiesWhileTheNewOneIsWatched() async throws {
        try await withWeb { fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try await fleet.promote(watchedFor: "3s")
                    try await fleet.world.docker("kill", "prod-web-1")
                    try await settled(fleet, on: "web 1.1.0")
                }
                XCTAssertEqual(controller.lines(" failed: ").map(\.message), [])
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }

    /// The new one is ill and the old one is dead: the ill one serves until the old one is up.
    func testOldOneIsDeadWhenTheNewOneFails() async throws {
        try await withWeb { fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try await fleet.promote(watchedFor: "60s")
                    let candidate = try await fleet.awaitContainer("g")
                    try await fleet.world.docker("exec", candidate, "rm", "/www/health")
                    try await fleet.world.docker("kill", "prod-web-1")
                    try await controller.says("1.1.0 failed: ")
                    try await fleet.assertFailed("1.1.0", because: "became unhealthy")
                }
            }
        }
    }

    /// The name is free and nobody has it yet when the old one dies.
    func testOldOneDiesBetweenTheTwoRenames() async throws {
        try await withWeb { fleet in
            let gate = Gate()
            try await withFaults(fleet) { line in
                line.contains("/rename?name=prod-web-1 ") ? .hold(gate) : nil
            } during: { controller, proxy in
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    let old = try await fleet.awaitContainer("old")
                    try await eventually("the second rename is on its way") {
                        !proxy.spoiled.isEmpty
                    }
                    try await fleet.world.docker("kill", old)
                    gate.open()
                    try await settled(fleet, on: "web 1.1.0")
                }
                XCTAssertEqual(controller.lines("failed").map(\.message), [])
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }

    func testOldOneThatIgnoresSIGTERM() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(
                TestImage(name: "web", version: "stubborn-1", beforehand: "trap '' TERM")
            )
            try await fleet.world.push(TestImage(name: "web", version: "1.1.0"))
            let old = ServiceText(version: "stubborn-1", replicas: 1, grace: "2s")
            try fleet.commit("Describe the fleet", old)
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web stubborn-1")
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    try await settled(fleet, on: "web 1.1.0")
                }
                XCTAssertEqual(controller.lines("stopped prod-web-1.old1").count, 1)
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }
}
