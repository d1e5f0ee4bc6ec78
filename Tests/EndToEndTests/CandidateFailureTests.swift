import Foundation
import TestSupport
import XCTest

/// A new version that is no good harms nobody, however it is no good.
final class CandidateFailureTests: EndToEndTestCase {
    /// One bad version after the other, and a good one at last.
    func testVersionsThatNeverGetReady() async throws {
        let versions: [(image: TestImage, service: ServiceText, reason: String)] = [
            (
                TestImage(name: "web", version: "exits-0", beforehand: "exit 0"),
                ServiceText(restart: "\"no\""),
                "exited with code 0"
            ),
            (
                TestImage(name: "web", version: "exits-1", beforehand: "exit 1"),
                ServiceText(restart: "\"no\""),
                "exited with code 1"
            ),
            (
                TestImage(name: "web", version: "loops-1", beforehand: "sleep 0.3; exit 1"),
                ServiceText(),
                "restarted by Docker"
            ),
            (
                TestImage(name: "web", version: "wrong-port-1", serverPort: 8081),
                ServiceText(),
                "not ready after 2 s: "
            ),
            (
                TestImage(name: "web", version: "no-program-1"),
                ServiceText(settings: "    command: [/app/nothing]"),
                "exited with code 127"
            ),
        ]
        try await withWeb { fleet in
            for row in versions { try await fleet.world.push(row.image) }
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let life = try await fleet.life()
                try await underLoad(fleet) {
                    for row in versions {
                        var service = row.service
                        service.version = row.image.version
                        service.replicas = 1
                        service.startTimeout = "2s"
                        try fleet.commit("Promote", service)
                        try await controller.says("\(service.version) failed: ")
                        try await fleet.assertFailed(service.version, because: row.reason)
                        let kept = try await fleet.containers("bad")
                        XCTAssertEqual(kept.count, 1, "\(service.version): \(kept)")
                    }
                    let same = try await fleet.life()
                    XCTAssertEqual(life, same, "the old one was touched")
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    try await settled(fleet, on: "web 1.1.0")
                }
                for row in versions {
                    let said = controller.lines("\(row.image.version) failed: ")
                    XCTAssertEqual(said.count, 1, row.image.version)
                }
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }

    func testVersionWithoutAnImage() async throws {
        try await withWeb { fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "9.9.9", replicas: 1))
                    try await controller.says("cannot resolve the image")
                    let row = try await fleet.status()
                    XCTAssertEqual(row?.state, "failed")
                    XCTAssertEqual(row?.serving, ["1.0.0"])
                    XCTAssertTrue(row?.message.contains("9.9.9") == true, "\(row as Any)")
                    let apply = try await fleet.berth("status")
                    XCTAssertEqual(apply.code, 1, "\(apply)")
                    try fleet.repository.git("revert", "--no-edit", "HEAD")
                    try await settled(fleet, on: "web 1.0.0")
                }
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }

    /// What flaps for a moment stays; what is ill goes, and is not taken back when it is well.
    func testVersionThatGetsUnhealthyWhileItIsWatched() async throws {
        try await withWeb { fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let life = try await fleet.life()
                try await underLoad(fleet) {
                    try await fleet.promote(watchedFor: "60s")
                    let candidate = try await fleet.awaitContainer("g")
                    for _ in 1...2 { try await flap(candidate, in: fleet) }
                    let answer = try await fleet.answer()
                    XCTAssertEqual(answer, "web 1.1.0", "given up for a flap")
                    try await fleet.world.docker("exec", candidate, "rm", "/www/health")
                    try await controller.says("1.1.0 failed: became unhealthy")
                    try await fleet.assertFailed("1.1.0", because: "became unhealthy")
                    let same = try await fleet.life()
                    XCTAssertEqual(life, same, "going back has to be warm")

                    let bad = try await fleet.awaitContainer("bad")
                    try await eventually("the failed one is stopped") {
                        try await fleet.inspect(bad, "{{.State.Running}}") == "false"
                    }
                    // Back in good health by somebody's hand: it was given up for good.
                    try await fleet.world.docker("start", bad)
                    try await eventually("it is stopped again") {
                        try await fleet.inspect(bad, "{{.State.Running}}") == "false"
                    }
                    try await fleet.assertFailed("1.1.0", because: "became unhealthy")
                }
                XCTAssertEqual(controller.lines("1.1.0 failed").count, 1)
            }
        }
    }

    /// Lets the health check fail once, and succeed again.
    private func flap(_ container: String, in fleet: Fleet) async throws {
        let streak = "{{.State.Health.FailingStreak}}"
        try await fleet.world.docker("exec", container, "mv", "/www/health", "/www/ill")
        try await eventually("a check fails") {
            try await fleet.inspect(container, streak) != "0"
        }
        try await fleet.world.docker("exec", container, "mv", "/www/ill", "/www/health")
        try await eventually("a check succeeds") {
            try await fleet.inspect(container, streak) == "0"
        }
    }

    func testVersionThatDiesWhileItIsWatched() async throws {
        try await withWeb { fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let life = try await fleet.life()
                // Between its death and the news of it the kernel has nowhere else to send anybody;
                // whose first packet went there comes again a second later.
                try await underLoad(fleet, outagesWithin: .seconds(4)) {
                    try await fleet.promote(watchedFor: "60s")
                    let candidate = try await fleet.awaitContainer("g")
                    try await fleet.world.docker("kill", candidate)
                    try await controller.says("1.1.0 failed: exited with code 137")
                    try await fleet.assertFailed("1.1.0", because: "exited with code 137")
                }
                let same = try await fleet.life()
                XCTAssertEqual(life, same, "going back has to be warm")
            }
        }
    }

    func testVersionThatDiesAfterItWasWatched() async throws {
        try await withWeb { fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                try await settled(fleet, on: "web 1.1.0")
                let life = try await fleet.life()
                // Nobody else is there to serve until Docker has started it again.
                try await underLoad(fleet, outagesWithin: .seconds(8)) {
                    try await fleet.world.docker("exec", "-d", "prod-web-1", "kill", "1")
                    try await eventually("it lives again") {
                        try await fleet.life() != life
                    }
                    try await settled(fleet, on: "web 1.1.0")
                }
                // It had arrived: that it fell over later is drift, not a failed release.
                XCTAssertEqual(controller.lines("failed: ").count, 0)
                let status = try await fleet.berth("status")
                XCTAssertEqual(status.code, 0, "\(status)")
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }
}
