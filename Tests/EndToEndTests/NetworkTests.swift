import TestSupport
import XCTest

/// Networks that are taken from containers by hand.
final class NetworkTests: EndToEndTestCase {
    func testContainersThatLostTheirNetworkAreReplaced() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0", server: .sample))
            try fleet.commit("Describe the fleet", ServiceText())
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                // The other replica serves meanwhile.
                let first = try await id(of: "prod-web-1", in: world)
                try await world.docker("network", "disconnect", "prod_default", "prod-web-1")
                try await eventually("it is replaced") {
                    let new = try? await self.id(of: "prod-web-1", in: world)
                    return new != nil && new != first
                }
                try await settled(fleet, on: "web 1.0.0")
            }
            try await world.docker("stop", "prod-web-1", "prod-web-2")
            try await world.docker("network", "rm", "prod_default")
            let apply = try await fleet.berth("apply")
            XCTAssertEqual(apply.code, 0, "\(apply)")
            let answer = try await world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "web 1.0.0")
            let containers = try await world.containers()
            XCTAssertEqual(containers, ["prod-web-1", "prod-web-2"])
            let plan = try await fleet.berth("plan")
            XCTAssertEqual(plan.code, 0, "\(plan)")
        }
    }

    private func id(of container: String, in world: World) async throws -> String {
        try await world.docker("inspect", "--format", "{{.Id}}", container)
    }
}
