import Foundation
import TestSupport
import XCTest

/// Services come, go, grow and move as the environment says.
final class ServiceTests: EndToEndTestCase {
    func testServicesComeGoGrowAndMove() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try await world.push(TestImage(name: "api", version: "1.0.0"))
            let api = ServiceText(name: "api", image: "api", port: nil, replicas: 1)
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")

                try fleet.commit("Add a service, and grow", ServiceText(replicas: 3), api)
                try await becomes(
                    fleet,
                    ["prod-api-1", "prod-web-1", "prod-web-2", "prod-web-3"]
                )
                let byName = try await world.docker(
                    "exec",
                    "prod-web-1",
                    "wget",
                    "-q",
                    "-O",
                    "-",
                    "http://api:8080/version"
                )
                XCTAssertEqual(byName, "api 1.0.0\n")

                try await underLoad(fleet) {
                    try fleet.commit("Shrink", ServiceText(replicas: 1), api)
                    try await becomes(fleet, ["prod-api-1", "prod-web-1"])
                }
                let web = try await world.docker("inspect", "-f", "{{.Id}}", "prod-web-1")
                try fleet.commit("Move", ServiceText(port: 18090, replicas: 1), api)
                try await settled(fleet, on: "web 1.0.0", port: 18090)
                let old = try await world.get("http://127.0.0.1:18080/version")
                XCTAssertNil(old)
                let outside = try await world.get("http://\(World.hostAddress):18090/version")
                XCTAssertEqual(outside, "web 1.0.0")
                let same = try await world.docker("inspect", "-f", "{{.Id}}", "prod-web-1")
                XCTAssertEqual(web, same, "a host port is no part of a container")

                try fleet.commit("Remove the service", api)
                try await becomes(fleet, ["prod-api-1"])
            }
        }
    }

    /// A network that somebody else made leads in from everywhere, too, and stays when we go.
    func testServiceOnAnExternalNetwork() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            for version in ["1.0.0", "1.1.0"] {
                try await world.push(TestImage(name: "web", version: version))
            }
            try await world.docker("network", "create", "--subnet", "172.29.7.0/24", "outside")
            let manifest = """
                services:
                  web:
                    image: web
                    expose: ["8080"]
                    networks: [outside]
                    deploy: { update_config: { monitor: 500ms } }
                networks:
                  outside: { external: true }

                """
            let environment = { (version: String) in
                """
                registry: localhost:5000
                services:
                  web: { version: "\(version)", ports: ["18080:8080"] }
                policy: { external_networks: [outside] }

                """
            }
            try fleet.repository.commit(
                "Describe the fleet",
                ["manifests/web.yaml": manifest, "environments/prod.yaml": environment("1.0.0")]
            )
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                try await underLoad(fleet) {
                    try fleet.repository.commit(
                        "Promote",
                        ["environments/prod.yaml": environment("1.1.0")]
                    )
                    try await settled(fleet, on: "web 1.1.0")
                }
                let gateway = try await world.docker(
                    "inspect",
                    "-f",
                    "{{.NetworkSettings.Networks.outside.Gateway}}",
                    "prod-web-1"
                )
                XCTAssertEqual(gateway, "172.29.7.1\n")
            }
            try await world.clear()
            try await world.docker("network", "rm", "outside")
        }
    }

    private func becomes(_ fleet: Fleet, _ names: [String]) async throws {
        var last: [String] = []
        do {
            try await eventually("the containers are \(names)") {
                last = try await fleet.world.containers()
                return last == names
            }
        } catch {
            throw Missing("\(error): \(last)")
        }
        try await settled(fleet)
    }
}
