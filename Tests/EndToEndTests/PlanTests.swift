import Foundation
import TestSupport
import XCTest

/// Looking changes nothing, and doing nothing twice does nothing.
final class PlanTests: EndToEndTestCase {
    func testConvergedHostIsLeftAlone() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            try fleet.commit("Describe the fleet", ServiceText())
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let before = try await fleet.world.containers()
            XCTAssertEqual(before, ["prod-web-1", "prod-web-2"])

            let proxy = try RecordingProxy(to: fleet.world.docker.socketPath)
            defer { proxy.stop() }
            let nft = try RecordedProgram("nft")
            for command in ["plan", "apply", "drift", "status"] {
                let ended = try await fleet.berth(
                    command,
                    "--engine",
                    "unix://\(proxy.path)",
                    environment: ["PATH": nft.path]
                )
                XCTAssertEqual(ended.code, 0, "\(command): \(ended)")
                XCTAssertEqual(proxy.writes, [], command)
                if command == "plan" {
                    XCTAssertTrue(ended.output.contains("nothing to do"), "\(ended)")
                }
            }
            XCTAssertGreaterThan(proxy.requests.count, 4)
            XCTAssertGreaterThan(nft.calls.count, 1)
            XCTAssertEqual(nft.calls.filter { !$0.contains(" list ") }, [])
        }
    }

    func testPlanOfAnUpdateWritesNothing() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            try await fleet.world.push(TestImage(name: "web", version: "1.1.0"))
            try fleet.commit("Describe the fleet", ServiceText())
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            try fleet.commit("Promote", ServiceText(version: "1.1.0"))
            let proxy = try RecordingProxy(to: fleet.world.docker.socketPath)
            defer { proxy.stop() }
            let nft = try RecordedProgram("nft")
            let plan = try await fleet.berth(
                "plan",
                "--engine",
                "unix://\(proxy.path)",
                environment: ["PATH": nft.path]
            )
            XCTAssertEqual(plan.code, 1, "\(plan)")
            XCTAssertNotNil(
                plan.output.firstMatch(of: /update +prod-web-1 +1\.0\.0 +1\.1\.0 +version/),
                "\(plan)"
            )
            XCTAssertEqual(proxy.writes, [])
            XCTAssertEqual(nft.calls.filter { !$0.contains(" list ") }, [])
        }
    }
}
