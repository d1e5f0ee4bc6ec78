import Addresses
import Foundation
import Load
import Platform
import TestSupport
import XCTest

/// Containers that leave while callers keep connections to them, beside new ones that use the same
/// ports again: the callers' ports come from a small range, so that they meet for certain.
final class DepartureTests: EndToEndTestCase {
    /// `BERTH_E2E_DEPARTURES` says how many updates, `BERTH_E2E_KEPT` how many connections are kept
    /// from each side.
    private let rounds = dose("BERTH_E2E_DEPARTURES", 4)
    private let kept = dose("BERTH_E2E_KEPT", 16)

    private static func dose(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
    }

    /// How an old container's connections end.
    private struct End {
        var name: String
        /// More lines of the manifest's service.
        var settings = ""
        /// What is done to the container while it drains.
        var harm: ((World, _ container: String) async throws -> Void)?
    }

    func testNewConnectionsMeetNoContainerThatResetsItsOwn() async throws {
        let reset = End(name: "resets", settings: "    environment: { GOODBYE: reset }")
        try await update(rounds, ending: reset)
    }

    func testNewConnectionsMeetNoContainerHoweverItEnds() async throws {
        let ends = [
            End(name: "says goodbye"),
            End(name: "killed after its grace", settings: "    stop_signal: SIGWINCH"),
            End(name: "crashes while it drains") { world, container in
                kill(try await world.processID(of: container), SIGKILL)
            },
            End(name: "removed while it drains") { world, container in
                try await world.docker("rm", "--force", container)
            },
        ]
        for end in ends { try await update(2, ending: end) }
    }

    /// Nothing can spare callers that meet it before the table has changed; it says how many.
    func testOneOfTwoIsRemovedByHand() async throws {
        try await withFleet { fleet in
            try await push(to: fleet.world)
            let end = End(name: "removed")
            try fleet.commit("Describe the fleet", web("1.0.0", end), .caller)
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let targets = try await sides(fleet)
                for round in 1...3 {
                    let reports = try await underLoad(targets, pause: .milliseconds(1)) {
                        try await fleet.world.docker("rm", "--force", "prod-web-2")
                        try await settled(fleet, on: "web 1.0.0")
                    } judge: { name, report in
                        // A first packet that met nothing comes again after a second.
                        XCTAssertLessThan(report.longestOutage, .milliseconds(2_500), name)
                    }
                    let failed = reports.values.reduce(0) { $0 + $1.failed }
                    let times = reports.values.flatMap(\.incidents).map(\.time)
                    let span = (times.max() ?? .now).timeIntervalSince(times.min() ?? .now)
                    print(
                        "removed by hand, \(round): \(failed) connections failed "
                            + "within \(Int(span * 1000)) ms"
                    )
                    XCTAssertLessThan(span, 1.5)
                }
            }
        }
    }

    private func update(_ rounds: Int, ending end: End) async throws {
        try await withFleet { fleet in
            try await push(to: fleet.world)
            try fleet.commit("Describe the fleet", web("1.0.0", end), .caller)
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                let sides = try await sides(fleet)
                let started = ContinuousClock.now
                let keeper = LoadGenerator(keepers(sides), pause: .milliseconds(500))
                let result = await Result {
                    try await underLoad(sides, pause: .milliseconds(1)) {
                        for round in 1...rounds {
                            let version = round % 2 == 1 ? "1.1.0" : "1.0.0"
                            try fleet.commit("Run \(version)", web(version, end), .caller)
                            if let harm = end.harm { try await harmOne(of: fleet, round, harm) }
                            try await settled(fleet, on: "web \(version)")
                        }
                    } judge: { name, report in
                        XCTAssertEqual(report.failures, [:], "\(end.name): \(name)")
                        XCTAssertLessThan(report.slowest, .seconds(1), "\(end.name): \(name)")
                    }
                }
                let keeping = await keeper.stop()
                let reports = try result.get()
                if reports.values.contains(where: { $0.failed > 0 }) { print(controller.story) }
                tell(end, rounds, reports, keeping, ContinuousClock.now - started)
            }
        }
    }

    private func tell(
        _ end: End,
        _ rounds: Int,
        _ reports: [String: Report],
        _ keeping: [String: Report],
        _ time: Duration
    ) {
        for (name, report) in reports.sorted(by: { $0.key < $1.key }) {
            print("\(name): \(report.succeeded) new, slowest \(report.slowest)")
        }
        let sum = reports.values.reduce(0) { $0 + $1.succeeded + $1.failed }
        let failed = reports.values.reduce(0) { $0 + $1.failed }
        let asked = keeping.values.reduce(0) { $0 + $1.succeeded }
        let cut = keeping.values.reduce(0) { $0 + $1.failed }
        print(
            "\(end.name): \(rounds) updates, \(kept) kept from each of \(reports.count) sides: "
                + "\(sum) new connections, \(Int(Double(sum) / (time / .seconds(1)))) a second, "
                + "\(failed) failed; \(asked) requests on kept ones, \(cut) met an end"
        )
    }

    /// Harms a replaced container as soon as there is one.
    private func harmOne(
        of fleet: Fleet,
        _ round: Int,
        _ harm: (World, String) async throws -> Void
    ) async throws {
        var container: String?
        try await eventually("a container drains in round \(round)") {
            // By its id: it gets its name just then.
            let draining = try await fleet.world.docker(
                "ps",
                "--quiet",
                "--filter",
                "name=prod-web-.\\.old"
            )
            container = draining.split(separator: "\n").first.map(String.init)
            return container != nil
        }
        if let container { try await harm(fleet.world, container) }
    }

    private func push(to world: World) async throws {
        for version in ["1.0.0", "1.1.0"] {
            try await world.push(TestImage(name: "web", version: version, server: .sample))
        }
        try await world.push(TestImage(name: "caller", version: "1"))
    }

    private func web(_ version: String, _ end: End) -> ServiceText {
        var web = ServiceText(version: version, monitor: "200ms", grace: "2s", drainTimeout: "1s")
        web.settings = end.settings + "\nnetworks:\n  default: { enable_ipv6: true }"
        return web
    }

    /// Everybody who may call, each with a small range of ports to call from.
    private func sides(_ fleet: Fleet) async throws -> [Target] {
        let world = fleet.world
        let address = try XCTUnwrap(IPv4Address(World.hostAddress))
        let address6 = Target.Host.address6(try XCTUnwrap(IPv6Address(World.hostAddress6)))
        let host = world.docker.namespace
        let caller = try await world.processID(of: "prod-caller-1")
        let inside = NetworkNamespace(path: "/proc/\(caller)/ns/net")
        let name = Target.Host.name("web", hostsFile: "/proc/\(caller)/root/etc/hosts")
        for namespace in [host, world.client, inside] { try await narrow(namespace) }
        let path = "/version"
        return [
            Target("loopback", from: host, to: .loopback, port: 18080, path: path),
            Target("host address", from: host, to: address, port: 18080, path: path),
            Target("client", from: world.client, to: address, port: 18080, path: path),
            Target("client of IPv6", from: world.client, to: address6, port: 18080, path: path),
            Target("same network, by name", from: inside, to: name, port: 8080, path: path),
        ]
    }

    private func narrow(_ namespace: NetworkNamespace) async throws {
        let range = "net.ipv4.ip_local_port_range"
        let former = try await RealParts.run(namespace, "sysctl", "-n", range)
        addTeardownBlock {
            let bounds = former.split { $0.isWhitespace }.joined(separator: " ")
            _ = try? await RealParts.run(namespace, "sysctl", "-qw", "\(range)=\(bounds)")
        }
        let last = 42_000 + 4 * kept + 127
        _ = try await RealParts.run(namespace, "sysctl", "-qw", "\(range)=42000 \(last)")
    }

    /// So many callers from each side that keep their connections.
    private func keepers(_ sides: [Target]) -> [Target] {
        sides.flatMap { side in
            (0..<kept).map { _ in
                var keeper = side
                keeper.name = "kept: \(side.name)"
                keeper.connections = .kept
                return keeper
            }
        }
    }
}
