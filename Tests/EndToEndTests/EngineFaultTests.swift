import Foundation
import Synchronization
import TestSupport
import XCTest

/// Docker does what it was asked and says that it did not, or says nothing.
final class EngineFaultTests: EndToEndTestCase {
    /// The calls of an update that change something.
    private static let changes = [
        "/containers/create", "/start ", "/rename", "/stop", "DELETE /",
    ]

    func testEveryChangeAnswersWith500AfterItSucceeded() async throws {
        try await updates(under: .failAfter)
    }

    func testEveryChangeHangsUpAfterItSucceeded() async throws {
        try await updates(under: .hangUpAfter)
    }

    /// Updates while the first call of each kind, on each container, is spoiled.
    private func updates(under fault: FaultyProxy.Fault) async throws {
        try await withWeb { fleet in
            let seen = Once()
            try await withFaults(fleet) { line in
                guard Self.changes.contains(where: line.contains), seen.isFirst(line) else {
                    return nil
                }
                return fault
            } during: { controller, proxy in
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    try await settled(fleet, on: "web 1.1.0")
                }
                for change in Self.changes {
                    let isSpoiled = proxy.spoiled.contains { $0.contains(change) }
                    XCTAssertTrue(isSpoiled, "\(change) was not tried: \(proxy.spoiled)")
                }
                XCTAssertEqual(controller.lines("1.1.0 failed").map(\.message), [])
                XCTAssertEqual(controller.candidates, ["1.g2"])
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }

    /// `docker system prune` takes what was made and has not been started yet.
    func testPruneBeforeTheCandidateIsStarted() async throws {
        try await withWeb { fleet in
            let gate = Gate()
            try await withFaults(fleet) { line in
                line.contains("/start ") ? .hold(gate) : nil
            } during: { controller, proxy in
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    try await eventually("the start is on its way") { !proxy.spoiled.isEmpty }
                    try await fleet.world.docker("system", "prune", "--all", "--force")
                    gate.open()
                    try await settled(fleet, on: "web 1.1.0")
                }
                let creations = controller.creations.count
                XCTAssertGreaterThan(creations, 1, "it was there to be started after all")
                XCTAssertEqual(controller.lines("1.1.0 failed").map(\.message), [])
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }

    /// It takes a failed container, too, which is what told that its version failed.
    func testPruneAfterAFailure() async throws {
        try await withWeb(and: TestImage(name: "web", version: "exits-1", beforehand: "exit 1")) {
            fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "exits-1", replicas: 1))
                    try await fleet.assertFailed("exits-1", because: "exited", "restarted")
                    let bad = try await fleet.awaitContainer("bad")
                    try await eventually("the failed one has ended") {
                        try await fleet.inspect(bad, "{{.State.Status}}") == "exited"
                    }
                    try await fleet.world.docker("system", "prune", "--all", "--force")
                    let left = try await fleet.world.containers()
                    XCTAssertEqual(left, ["prod-web-1"])
                    let looks = controller.lines("reconciled in").count
                    try await controller.says("reconciled in", times: looks + 4)
                    try await fleet.assertFailed("exits-1", because: "exited", "restarted")
                }
                XCTAssertEqual(controller.candidates, ["1.g1", "1.g2"])
            }
        }
    }
}

/// Which request lines have come before.
private final class Once: Sendable {
    private let lines = Mutex<Set<String>>([])

    func isFirst(_ line: String) -> Bool { lines.withLock { $0.insert(line).inserted } }
}
