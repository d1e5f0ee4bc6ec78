import Foundation
import TestSupport
import XCTest

/// A new revision comes while the last one is on its way, in every phase of it.
final class NewRevisionTests: EndToEndTestCase {
    func testNewRevisionWhileTheCandidateIsMade() async throws {
        try await replace("created-1") { fleet, controller in
            try await controller.says("creating candidate 1.g2")
        }
    }

    func testNewRevisionWhileTheCandidateGetsReady() async throws {
        try await replace("warming-1", beforehand: "sleep 5") { fleet, controller in
            try await controller.says("started prod-web-1.g2")
        } checking: { fleet, controller in
            // It never served, so nobody waits for it to get ready.
            let withdrawn = controller.lines("renamed prod-web-1.g2 to prod-web-1.off2")
            XCTAssertEqual(withdrawn.count, 1, controller.story)
        }
    }

    func testNewRevisionWhileTheCandidateIsWatched() async throws {
        try await replace("watched-1", monitor: "4s") { fleet, controller in
            try await fleet.answers("web watched-1")
        } checking: { fleet, controller in
            // It serves, so its time of being watched ends first.
            XCTAssertEqual(controller.lines("renamed prod-web-1.g2 to prod-web-1 ").count, 1)
        }
    }

    func testNewRevisionWhileTheOldOneDrains() async throws {
        try await replace("drained-1") { fleet, controller in
            try await controller.says("renamed prod-web-1 to prod-web-1.old1")
        }
    }

    /// Goes from 1.0.0 to `version`, and to 1.1.0 as soon as `moment` has come.
    private func replace(
        _ version: String,
        beforehand: String = "",
        monitor: String = "1s",
        at moment: (Fleet, Controller) async throws -> Void,
        checking: (Fleet, Controller) async throws -> Void = { _, _ in }
    ) async throws {
        try await withWeb(and: TestImage(name: "web", version: version, beforehand: beforehand)) {
            fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try fleet.commit(
                        "Promote",
                        ServiceText(
                            version: version,
                            replicas: 1,
                            startPeriod: "30s",
                            monitor: monitor
                        )
                    )
                    try await moment(fleet, controller)
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    try await settled(fleet, on: "web 1.1.0")
                }
                try await checking(fleet, controller)
                XCTAssertEqual(controller.lines(" failed: ").map(\.message), [])
                try await fleet.assertLeft("prod-web-1")
            }
        }
    }
}
