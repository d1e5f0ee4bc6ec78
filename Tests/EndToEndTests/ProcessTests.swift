import Foundation
import TestSupport
import XCTest

/// How commands end, and how the controller behaves as a process.
final class ProcessTests: EndToEndTestCase {
    func testExitCodes() async throws {
        try await withWeb { fleet in
            let detailed = "--detailed-exitcode"
            try await expect(1, fleet.berth("plan"))
            try await expect(2, fleet.berth("plan", detailed))
            try await expect(0, fleet.berth("apply"))
            for command in ["plan", "drift"] {
                try await expect(0, fleet.berth(command))
                try await expect(0, fleet.berth(command, detailed))
                let nowhere = ["--engine", "unix:///nonexistent/docker.sock"]
                try await expect(2, fleet.berth(command, nowhere[0], nowhere[1]))
                try await expect(1, fleet.berth(command, nowhere[0], nowhere[1], detailed))
            }
            try await expect(64, fleet.berth("plan", "--no-such-option"))
            try await expect(64, fleet.berth("plan", "--format", "xml"))
            try await expect(64, fleet.berth("plan", "operand"))
            try await expect(64, fleet.world.run([fleet.world.berth, "dance"]))
        }
    }

    private func expect(_ code: Int32, _ ended: Ended, line: UInt = #line) {
        XCTAssertEqual(ended.code, code, "\(ended)", line: line)
    }

    func testSignalsAndTheLock() async throws {
        try await withWeb { fleet in
            // An interval that no test waits for: only the signal makes it look.
            try await withController(fleet, more: ["--interval", "1h"]) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let status = try await fleet.report([StatusReport].self, "status")
                XCTAssertEqual(status.first?.controller, controller.processID)

                let start = ContinuousClock.now
                let second = try await fleet.berth("run")
                XCTAssertEqual(second.code, 2, "\(second)")
                XCTAssertTrue(
                    second.errors.contains("process \(controller.processID)"),
                    "\(second)"
                )
                XCTAssertLessThan(ContinuousClock.now - start, .seconds(5))
                let other = try TemporaryDirectory("berth-other")
                for command in ["run", "apply"] {
                    let third = try await fleet.berth(command, "--state-dir", other.path)
                    XCTAssertEqual(third.code, 2, "\(third)")
                    let words = "process \(controller.processID) on this host keeps"
                    XCTAssertTrue(third.errors.contains(words), "\(third)")
                }

                try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                controller.signal(SIGHUP)
                try await eventually("1.1.0 answers") {
                    try await fleet.world.get("http://127.0.0.1:18080/version") == "web 1.1.0"
                }
                try await settled(fleet)
                try await underLoad(fleet) {
                    let end = ContinuousClock.now
                    controller.signal(SIGTERM)
                    XCTAssertEqual(controller.waitUntilEnded(), 0)
                    XCTAssertLessThan(ContinuousClock.now - end, .seconds(1))
                    try await Task.sleep(for: .milliseconds(300))
                }
            }
        }
    }
}
