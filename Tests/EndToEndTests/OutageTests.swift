import Foundation
import Platform
import TestSupport
import XCTest

/// What berth depends on goes away and comes back.
final class OutageTests: EndToEndTestCase {
    func testDockerStopsAndStartsAgain() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            try await fleet.world.push(TestImage(name: "web", version: "1.1.0"))
            try fleet.commit("Describe the fleet", ServiceText())
            let docker = fleet.world.docker
            try await withDaemon(docker, keepingContainers: true) { options in
                try await self.promoteWithoutDocker(fleet) { try await docker.launch(options) }
            }
        }
    }

    private func promoteWithoutDocker(
        _ fleet: Fleet,
        launch: () async throws -> Void
    ) async throws {
        let docker = fleet.world.docker
        try await withController(fleet) { controller in
            try await settled(fleet, on: "web 1.0.0")
            // Containers outlive this dockerd, and the rules are Berth's own.
            try await underLoad(fleet) {
                docker.end(.politely)
                try await controller.says("no answer at \(docker.socketPath)")
                try fleet.commit("Promote while Docker is away", ServiceText(version: "1.1.0"))
                let status = try await fleet.berth("status")
                XCTAssertEqual(status.code, 2, "\(status)")
                try await launch()
                try await controller.says("Docker is reachable again")
                try await settled(fleet, on: "web 1.1.0")
            }
            let complaints = controller.lines("no answer at", level: "error")
            // One from the stream of events, one from each kind of look: not one an attempt.
            XCTAssertLessThanOrEqual(complaints.count, 3, "\(complaints.map(\.message))")
        }
    }

    func testRegistryIsDown() async throws {
        try await withWeb(and: TestImage(name: "fresh", version: "1.0.0")) { fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let other = ServiceText(name: "other", image: "fresh", port: 18082, replicas: 1)
                try await underLoad(fleet) {
                    try await fleet.world.cutOff(port: 5000)
                    try fleet.commit("Add a service", ServiceText(replicas: 1), other)
                    try await controller.says("the registry is unreachable")
                    let row = try await fleet.status(of: "other")
                    XCTAssertEqual(row?.state, "failed")
                    XCTAssertTrue(row?.message.contains("localhost:5000") == true, "\(row as Any)")
                    try await fleet.world.reconnect()
                    try await controller.says("the registry is reachable again")
                    try await settled(fleet, on: "fresh 1.0.0", port: 18082)
                }
                let said = controller.lines("the registry is unreachable").map(\.message)
                XCTAssertEqual(said.count, 1, "\(said)")
            }
        }
    }

    func testRemoteIsDown() async throws {
        try await withWeb { fleet in
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let away = fleet.repository.path + ".away"
                try FileManager.default.moveItem(atPath: fleet.repository.path, toPath: away)
                try await underLoad(fleet) {
                    try await controller.says("there is no repository there")
                }
                // What runs is still looked after.
                try await fleet.world.docker("rm", "-f", "prod-web-1")
                try await controller.says("repaired: ")
                XCTAssertEqual(controller.lines("there is no repository", level: "error").count, 1)
                try FileManager.default.moveItem(atPath: away, toPath: fleet.repository.path)
                try await controller.says("the repository is reachable again")
                try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
                try await settled(fleet, on: "web 1.1.0")
            }
        }
    }
}
