import Foundation
import TestSupport
import XCTest

/// Ways back that lead nowhere.
final class RollbackFailureTests: EndToEndTestCase {
    /// A commit that takes a commit back may ask for what failed before.
    func testRevertToABadVersion() async throws {
        try await withWeb(and: TestImage(name: "web", version: "exits-1", beforehand: "exit 1")) {
            fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try fleet.commit("Promote", ServiceText(version: "exits-1", replicas: 1))
                    try await fleet.assertFailed("exits-1", because: "exited", "restarted")
                    // Only now is it in the history, which outlives the container.
                    try await controller.says("exits-1 failed: ")
                    try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                    try await settled(fleet, on: "web 1.1.0")
                    let life = try await fleet.life()
                    try fleet.repository.git("revert", "--no-edit", "HEAD")
                    try await fleet.assertFailed(
                        "exits-1",
                        serving: "1.1.0",
                        because: "exited",
                        "restarted",
                        "failed"
                    )
                    let same = try await fleet.life()
                    XCTAssertEqual(life, same, "the one that serves was touched")
                }
                let tries: Set = ["1.g1", "1.g2", "1.g3"]
                XCTAssertEqual(controller.candidates, tries, "tried again: \(controller.story)")
            }
        }
    }

    /// The second slot fails, and so does the first one's way back: that one stays where it is.
    func testRollbackThatFails() async throws {
        let switches = try TemporaryDirectory("berth-switches")
        let isBroken = "[ ! -e /switches/$VERSION ] || exit 1"
        let text = { (version: String) in
            ServiceText(
                version: version,
                settings: """
                        volumes: ["\(switches.path):/switches:ro"]
                        environment: { VERSION: "\(version)" }
                    """
            )
        }
        let top = "policy: { host_paths: [\"\(switches.path):ro\"] }\n"
        try await withFleet { fleet in
            for version in ["1.0.0", "1.1.0"] {
                try await fleet.world.push(
                    TestImage(name: "broken", version: version, beforehand: isBroken)
                )
            }
            let service = { (version: String) in
                var service = text(version)
                service.image = "broken"
                return service
            }
            try fleet.commit("Describe the fleet", service("1.0.0"), top: top)
            try await withController(fleet) { controller in
                try await settled(fleet, on: "broken 1.0.0")
                let life = try await fleet.life(of: "prod-web-2")
                try await underLoad(fleet) {
                    try fleet.commit("Promote", service("1.1.0"), top: top)
                    try await controller.says("renamed prod-web-1.g2 to prod-web-1")
                    // From here on neither version starts.
                    try switches.write("1.0.0", "")
                    try switches.write("1.1.0", "")
                    try await controller.says("1.1.0 failed: ")
                    try await eventually("the way back failed, too") {
                        try await fleet.containers("bad").count == 2
                    }
                    let row = try await fleet.status()
                    XCTAssertEqual(row?.state, "failed")
                    XCTAssertEqual(row?.serving.sorted(), ["1.0.0", "1.1.0"], "\(row as Any)")
                    XCTAssertEqual(row?.ready, 2)
                    let codes = [
                        try await fleet.berth("status").code, try await fleet.berth("apply").code,
                    ]
                    XCTAssertEqual(codes, [1, 2], "apply has to find the controller's lock")
                    let same = try await fleet.life(of: "prod-web-2")
                    XCTAssertEqual(life, same)
                }
                let tries: Set = ["1.g1", "2.g1", "1.g2", "2.g2", "1.g3"]
                XCTAssertEqual(controller.candidates, tries, "a rollback never rolls back")
                // A way out: a version that works.
                try await underLoad(fleet) {
                    try await fleet.world.push(TestImage(name: "web", version: "1.1.0"))
                    try fleet.commit("Replace", ServiceText(version: "1.1.0"))
                    try await settled(fleet, on: "web 1.1.0")
                }
                try await fleet.assertLeft("prod-web-1", "prod-web-2")
            }
        }
    }
}
