import Foundation
import Platform
import TestSupport
import XCTest

/// Host ports that are in use, and ports that Berth holds.
final class PortTests: EndToEndTestCase {
    func testAPortThatSomebodyListensAtIsRefusedAndOthersGoOn() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try await world.push(TestImage(name: "api", version: "1.0.0"))
            let api = ServiceText(name: "api", image: "api", port: 18081, replicas: 1)
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1), api)
            let thief = try await Listener(world, port: 18080)
            defer { thief.end() }
            let words = [
                "host port 18080/tcp is taken", "busybox (process \(thief.processID))",
                "listens at ::", "end process \(thief.processID)",
            ]

            let plan = try await fleet.berth("plan")
            XCTAssertEqual(plan.code, 1, "\(plan)")
            XCTAssertNotNil(plan.output.firstMatch(of: /blocked +web/), "\(plan)")
            XCTAssertNotNil(plan.output.firstMatch(of: /create +prod-api-1/), "\(plan)")
            let check = try await fleet.berth("check")
            XCTAssertEqual(check.code, 2, "\(check)")
            let apply = try await fleet.berth("apply")
            XCTAssertEqual(apply.code, 1, "\(apply)")
            for word in words {
                XCTAssertTrue(plan.output.contains(word), "\(word): \(plan)")
                XCTAssertTrue(check.output.contains(word), "\(word): \(check)")
                XCTAssertTrue(apply.output.contains(word), "\(word): \(apply)")
            }
            try await expect(world, ["prod-api-1"], "api 1.0.0", port: 18081)

            try await withController(fleet) { controller in
                try await controller.says("host port 18080/tcp is taken")
                let status = try await fleet.status()
                XCTAssertEqual(status?.state, "failed")
                XCTAssertTrue(status?.message.contains(words[1]) == true, "\(status as Any)")
                thief.end()
                try await settled(fleet, on: "web 1.0.0")
                try await controller.says("its host ports are free again")
                let said = controller.lines("is taken").map(\.message)
                XCTAssertEqual(said.count, 1, "\(said)")

                // From now on nobody else gets it.
                let late = try await world.run(Self.server(port: 18080))
                XCTAssertNotEqual(late.code, 0)
                XCTAssertTrue(late.errors.contains("ddress already in use"), "\(late)")
                let again = try await fleet.berth("plan")
                XCTAssertEqual(again.code, 0, "\(again)")
            }
            let held = try await Listener(world, port: 18080)
            defer { held.end() }
            // The port leads to the service already, and goes on to.
            let late = try await fleet.berth("plan")
            XCTAssertEqual(late.code, 1, "\(late)")
            let second = try await fleet.berth("apply")
            XCTAssertEqual(second.code, 1, "\(second)")
            try await expect(world, ["prod-api-1", "prod-web-1"], "web 1.0.0", port: 18080)
        }
    }

    func testContainersAndRulesOfOthersAreNamed() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
            try await world.docker(
                "run",
                "-d",
                "--name",
                "elder",
                "--label",
                "com.docker.compose.project=shop",
                "-p",
                "18080:8080",
                "localhost:5000/web:1.0.0"
            )
            let container = try await fleet.berth("plan")
            XCTAssertTrue(
                container.output.contains(
                    "the container elder of the Compose project shop publishes it"
                ),
                "\(container)"
            )
            try await world.docker("rm", "-f", "elder")

            let rules =
                "table ip theirs { chain in { type nat hook prerouting priority dstnat; "
                + "tcp dport 18080 dnat to 10.0.0.5:80; }; }"
            _ = try await world.run(["nft", "-f", "-"], input: rules)
            let rule = try await fleet.berth("plan")
            _ = try await world.run(["nft", "delete", "table", "ip", "theirs"])
            XCTAssertTrue(rule.output.contains("a rule in ip theirs in"), "\(rule)")

            let free = try await fleet.berth("plan")
            XCTAssertFalse(free.output.contains("blocked"), "\(free)")
        }
    }

    func testTwoControllersOnOneHost() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            let other = try Fleet(world, environment: "staging")
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
            try other.commit("Describe the fleet", ServiceText(port: 18081, replicas: 1))
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                try await withController(other) { second in
                    try await settled(other, on: "web 1.0.0", port: 18081)
                    XCTAssertEqual(second.lines("is taken").map(\.message), [])

                    try other.commit("Want the same port", ServiceText(port: 18080, replicas: 1))
                    try await second.says("prod/web publishes it at 0.0.0.0")
                    let status = try await other.status()
                    XCTAssertEqual(status?.state, "failed")
                    for port in [18080, 18081] {
                        let url = "http://127.0.0.1:\(port)/version"
                        let answer = try await world.get(url)
                        XCTAssertEqual(answer, "web 1.0.0", "\(port)")
                    }
                }
            }
        }
    }

    private func expect(
        _ world: World,
        _ containers: [String],
        _ answer: String,
        port: Int
    ) async throws {
        let there = try await world.containers()
        XCTAssertEqual(there, containers)
        let said = try await world.get("http://127.0.0.1:\(port)/version")
        XCTAssertEqual(said, answer)
    }

    fileprivate static func server(port: Int) -> [String] {
        ["busybox", "httpd", "-f", "-p", "\(port)", "-h", "/tmp"]
    }
}

/// A server on the host that has nothing to do with Docker.
private final class Listener: Sendable {
    private let child: ChildProcess
    let processID: Int32

    init(_ world: World, port: Int) async throws {
        child = try ChildProcess(
            "/usr/bin/nsenter",
            ["--net=\(world.docker.namespace.path)"] + PortTests.server(port: port)
        )
        var found: Int32?
        try await eventually("a process listens at \(port)") {
            let text = try await world.run(["ss", "-Hltnp", "sport = :\(port)"]).output
            found = text.firstMatch(of: /pid=(\d+)/).flatMap { Int32($0.1) }
            return found != nil
        }
        guard let found else { throw Missing("no process listens") }
        processID = found
    }

    func end() { child.end(SIGKILL) }
}
