import Addresses
import Foundation
import Load
import Platform
import TestSupport
import XCTest

/// Ports that are served over IPv6, too, where the network has it.
final class IPv6Tests: EndToEndTestCase {
    private func web(_ version: String) -> ServiceText {
        var text = ServiceText(version: version, grace: "1s", drainTimeout: "20s")
        text.settings = "networks:\n  default: { enable_ipv6: true }"
        return text
    }

    func testUpdatesLoseNoConnectionOfEitherFamily() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            for version in ["1.0.0", "1.1.0"] {
                try await world.push(TestImage(name: "web", version: version, server: .sample))
            }
            try await world.push(TestImage(name: "caller", version: "1"))
            try fleet.commit("Describe the fleet", web("1.0.0"), .caller)
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                try await eventually("somebody to call from inside") {
                    try await fleet.status(of: "caller")?.state == "ready"
                }
                let targets = try await targets(world)
                let reports = try await underLoad(targets, pause: .milliseconds(2)) {
                    for version in ["1.1.0", "1.0.0"] {
                        try fleet.commit("Run \(version)", web(version), .caller)
                        try await settled(fleet, on: "web \(version)")
                    }
                }
                for change in [["delete", "table"], ["flush", "map"]] {
                    let place = ["ip6", "berth"] + (change[1] == "map" ? ["ports"] : [])
                    let ended = try await world.run(["nft"] + change + place)
                    XCTAssertEqual(ended.code, 0, "\(ended)")
                    try await eventually("\(change) is made good") {
                        let url = "http://[\(World.hostAddress6)]:18080/version"
                        return try await world.get(url) == "web 1.0.0"
                    }
                }
                let answers = try XCTUnwrap(reports["client of IPv6"]?.answers)
                XCTAssertEqual(Set(answers.keys), ["web 1.0.0", "web 1.1.0"])
            }
            let traffic = try await fleet.berth("traffic")
            let row = /\[::\]:18080\/tcp +web +prod-web-1 +\[fd[0-9a-f:]+\]:8080 +serves +\d/
            XCTAssertNotNil(traffic.output.firstMatch(of: row), "\(traffic)")
            XCTAssertTrue(traffic.output.hasPrefix("prod: in sync\n"), "\(traffic)")
        }
    }

    func testAddressesOfOneFamilyAreNotTheOthers() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            var text = web("1.0.0")
            text.port = nil
            let ports = ["0.0.0.0:18080:8080", "[\(World.hostAddress6)]:18081:8080"]
            text.more = "    ports: \(ports)\n"
            try fleet.commit("Describe the fleet", text)
            let apply = try await fleet.berth("apply")
            XCTAssertEqual(apply.code, 0, "\(apply)")
            let (four, six) = (World.hostAddress, "[\(World.hostAddress6)]")
            for (url, answer) in [
                ("http://\(four):18080", "web 1.0.0"), ("http://\(six):18080", nil),
                ("http://\(six):18081", "web 1.0.0"), ("http://\(four):18081", nil),
                ("http://[::1]:18080", nil), ("http://[::1]:18081", nil),
            ] {
                let call = ["curl", "-sS", "--fail", "--max-time", "2", "\(url)/version"]
                let ended = try await world.run(call)
                // 7: refused, and not left to wait.
                XCTAssertEqual(ended.code, answer == nil ? 7 : 0, "\(url): \(ended)")
                XCTAssertEqual(ended.output, answer.map { "\($0)\n" } ?? "", url)
            }
        }
    }

    private func targets(_ world: World) async throws -> [Target] {
        let caller = try await world.processID(of: "prod-caller-1")
        let inside = NetworkNamespace(path: "/proc/\(caller)/ns/net")
        let four = try XCTUnwrap(IPv4Address(World.hostAddress))
        let six = Target.Host.address6(try XCTUnwrap(IPv6Address(World.hostAddress6)))
        let host = world.docker.namespace
        let path = "/version"
        // Longer than a container stays that seems to have no connection.
        let downloads = (1...3).map {
            Target("download \($0)", from: world.client, to: six, port: 18080, path: "/download/8")
        }
        return [
            Target("client of IPv4", from: world.client, to: four, port: 18080, path: path),
            Target("client of IPv6", from: world.client, to: six, port: 18080, path: path),
            Target("host of IPv6", from: host, to: six, port: 18080, path: path),
            Target("same network", from: inside, to: six, port: 18080, path: path),
        ] + downloads
    }
}
