import TestSupport
import XCTest

/// A host port whose service is called otherwise from now on.
final class HandoverTests: EndToEndTestCase {
    func testAPortMovesWhenItsNewOwnerIsReady() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0", server: .sample))
            try fleet.commit("Describe the fleet", ServiceText())
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try fleet.commit(
                        "Call it otherwise, in a version that is not there",
                        ServiceText(name: "site", version: "9.9.9")
                    )
                    try await eventually("it waits for its image") {
                        try await fleet.status(of: "site")?.state == "failed"
                    }
                    let there = try await world.containers()
                    XCTAssertEqual(there, ["prod-web-1", "prod-web-2"])
                    try fleet.commit("In one that is", ServiceText(name: "site"))
                    try await eventually("the former ones have gone") {
                        try await world.containers() == ["prod-site-1", "prod-site-2"]
                    }
                    let status = try await fleet.status(of: "site")
                    XCTAssertEqual(status?.state, "ready")
                }
            }
        }
    }

    func testDataChangesHandsOneAfterTheOther() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0", server: .sample))
            var text = ServiceText(replicas: 1, order: "stop-first", grace: "2s")
            text.settings = "    volumes: [\"data:/data\"]\nvolumes: { data: {} }"
            try fleet.commit("Describe the fleet", text)
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            text.name = "site"
            try fleet.commit("Call it otherwise", text)
            let second = try await fleet.berth("apply")
            XCTAssertEqual(second.code, 0, "\(second)")
            let containers = try await world.containers()
            XCTAssertEqual(containers, ["prod-site-1"])
            let answer = try await world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "web 1.0.0")
        }
    }
}
