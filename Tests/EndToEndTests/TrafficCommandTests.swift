import Foundation
import Platform
import TestSupport
import XCTest

/// `berth traffic` shows what the kernel does.
final class TrafficCommandTests: EndToEndTestCase {
    func testWhereTrafficGoes() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try fleet.commit("Describe the fleet", ServiceText())
            let nothing = try await fleet.berth("traffic")
            XCTAssertEqual(nothing.code, 0, "there is no container to route to: \(nothing)")
            let apply = try await fleet.berth("apply")
            XCTAssertEqual(apply.code, 0, "\(apply)")

            let right = try await fleet.berth("traffic")
            XCTAssertEqual(right.code, 0, "\(right)")
            XCTAssertTrue(right.output.hasPrefix("prod: in sync\n"), "\(right)")
            let row = /\*:18080\/tcp +web +prod-web-1 +172\.[0-9.]+:8080 +serves +0 +20/
            XCTAssertNotNil(right.output.firstMatch(of: row), "\(right)")
            XCTAssertNotNil(right.output.firstMatch(of: /172\.[0-9.]+ +web +prod-web-2/))
            let markdown = try await fleet.berth("traffic", "--format", "markdown")
            XCTAssertTrue(markdown.output.contains("| \\*:18080/tcp | web |"), "\(markdown)")

            let open = try OpenConnections(world, port: 18080, count: 3)
            try await eventually("three connections are counted") {
                let rows = try await fleet.report([TrafficRows].self, "traffic").first?.rows ?? []
                return rows.filter { $0.entryPoint == "*:18080/tcp" }
                    .compactMap(\.connections).reduce(0, +) == 3
            }
            open.end()

            try await expect(fleet, "foreign object: chain stranger in table ip berth") {
                _ = try await world.run(["nft", "add", "chain", "ip", "berth", "stranger"])
            }
            _ = try await world.run(["nft", "delete", "chain", "ip", "berth", "stranger"])
            try await expect(fleet, "shared rules are out of sync") {
                let way = ["map", "ip", "berth", "ports"]
                _ = try await world.run(["nft", "flush"] + way)
            }
            try await expect(fleet, "web routes to no backend instead of 1.g1, 2.g1") {
                for chain in ["svc/prod/web", "svc/prod/web/8080-tcp"] {
                    _ = try await world.run(["nft", "flush", "chain", "ip", "berth", chain])
                }
            }
            try await expect(fleet, "there is no table ip berth") {
                _ = try await world.run(["nft", "delete", "table", "ip", "berth"])
            }
            let rules = try await world.rules()
            XCTAssertFalse(rules.contains("table ip berth"), "looking changes nothing")
        }
    }

    private func expect(
        _ fleet: Fleet,
        _ problem: String,
        after change: () async throws -> Void
    ) async throws {
        try await change()
        let seen = try await fleet.berth("traffic")
        XCTAssertEqual(seen.code, 1, "\(seen)")
        XCTAssertTrue(seen.output.contains(problem), "\(problem): \(seen)")
    }
}

/// `berth traffic --format json`, as far as tests look.
private struct TrafficRows: Decodable {
    struct Row: Decodable {
        var entryPoint: String
        var connections: Int?
    }

    var rows: [Row]
}

/// Connections from the host to itself that say nothing.
private final class OpenConnections: Sendable {
    private let children: [ChildProcess]

    init(_ world: World, port: Int, count: Int) throws {
        children = try (0..<count).map { _ in
            try ChildProcess(
                "/usr/bin/nsenter",
                ["--net=\(world.docker.namespace.path)", "bash", "-c"]
                    + ["exec 3<>/dev/tcp/127.0.0.1/\(port); exec sleep 60"]
            )
        }
    }

    func end() { for child in children { child.end(SIGKILL) } }
}
