import Addresses
import Foundation
import Load
import Platform
import TestSupport
import XCTest

/// Updates and rollbacks while callers on every side open connections by the thousand.
final class UpdateTests: EndToEndTestCase {
    /// Updates and rollbacks together; `BERTH_E2E_UPDATES` says how many.
    private var rounds: Int {
        ProcessInfo.processInfo.environment["BERTH_E2E_UPDATES"].flatMap { Int($0) } ?? 6
    }

    func testUpdatesLoseNoConnection() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            for version in ["1.0.0", "1.1.0"] {
                try await world.push(TestImage(name: "web", version: version, server: .sample))
            }
            try await world.push(TestImage(name: "caller", version: "1"))
            try commit(fleet, "1.0.0")
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                try await withForeignContainer(world) { foreign in
                    let targets = try await targets(fleet, foreign)
                    let started = ContinuousClock.now
                    let reports = try await underLoad(targets, pause: .microseconds(300)) {
                        for round in 1...max(rounds, 1) {
                            let version = round % 2 == 1 ? "1.1.0" : "1.0.0"
                            if round % 2 == 1 {
                                try commit(fleet, version)
                            } else {
                                try fleet.repository.git("revert", "--no-edit", "HEAD")
                            }
                            try await settled(fleet, on: "web \(version)")
                        }
                    }
                    let time = (ContinuousClock.now - started) / .seconds(1)
                    let sum = reports.values.reduce(0) { $0 + $1.succeeded + $1.failed }
                    let failed = reports.values.reduce(0) { $0 + $1.failed }
                    for (name, report) in reports.sorted(by: { $0.key < $1.key }) {
                        print("\(name): \(report.succeeded), slowest \(report.slowest)")
                    }
                    // To be set against the times of the failures.
                    if failed > 0 { print(controller.text.suffix(200_000)) }
                    print(
                        "\(rounds) updates in \(Int(time)) s: \(sum) connections, "
                            + "\(Int(Double(sum) / time)) a second, \(failed) failed"
                    )
                }
            }
            let left = try await world.containers()
            XCTAssertEqual(left, ["prod-caller-1", "prod-web-1", "prod-web-2"])
        }
    }

    func testKeptConnectionsDownloadsAndDatagramsGoOn() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            for version in ["1.0.0", "1.1.0"] {
                try await world.push(TestImage(name: "web", version: version, server: .sample))
            }
            var web = ServiceText(datagramPort: 18081, monitor: "300ms", drainTimeout: "2s")
            try fleet.commit("Run \(web.version)", web)
            try await withController(fleet) { _ in
                try await settled(fleet, on: "web 1.0.0")
                let address = try XCTUnwrap(IPv4Address(World.hostAddress))
                let caller = try DatagramCaller(in: world.client, to: address, port: 18081)
                let reports = try await underLoad(
                    keptTargets(world, address),
                    pause: .milliseconds(5)
                ) {
                    for _ in 1...4 {
                        web.version = web.version == "1.0.0" ? "1.1.0" : "1.0.0"
                        try fleet.commit("Run \(web.version)", web)
                        // It goes on asking while the update runs, so the kernel keeps its entry.
                        try await eventually("the last replica is replaced") {
                            _ = caller.ask()
                            let row = try await fleet.status()
                            return row?.serving == [web.version] && row?.state == "ready"
                        }
                        try await eventually(
                            "datagrams come to \(web.version)",
                            within: .seconds(2)
                        ) {
                            caller.ask() == "web \(web.version)\n"
                        }
                        for _ in 0..<50 { XCTAssertEqual(caller.ask(), "web \(web.version)\n") }
                    }
                }
                for (name, report) in reports.sorted(by: { $0.key < $1.key }) {
                    print("\(name): \(report.succeeded), slowest \(report.slowest)")
                }
            }
        }
    }

    /// Connections that last: longer than they are drained for, so each meets the server's end.
    private func keptTargets(_ world: World, _ address: IPv4Address) -> [Target] {
        let host = world.docker.namespace
        let targets = [
            Target("kept from loopback", from: host, to: .loopback, port: 18080),
            Target("kept from the client", from: world.client, to: address, port: 18080),
        ]
        let kept = targets.map { target in
            var kept = target
            kept.connections = .kept
            return kept
        }
        let path = "/download/5"
        return kept + [
            Target("download", from: world.client, to: address, port: 18080, path: path)
        ]
    }

    private func commit(_ fleet: Fleet, _ version: String) throws {
        let web = ServiceText(version: version, monitor: "200ms")
        try fleet.commit("Run \(version)", web, .caller)
    }

    /// Everybody who may call: the host, its neighbour, a container beside it, and a stranger's.
    private func targets(_ fleet: Fleet, _ foreign: NetworkNamespace) async throws -> [Target] {
        let world = fleet.world
        let address = try XCTUnwrap(IPv4Address(World.hostAddress))
        let host = world.docker.namespace
        let caller = try await world.processID(of: "prod-caller-1")
        let inside = NetworkNamespace(path: "/proc/\(caller)/ns/net")
        let name = Target.Host.name("web", hostsFile: "/proc/\(caller)/root/etc/hosts")
        let path = "/version"
        return [
            Target("loopback", from: host, to: .loopback, port: 18080, path: path),
            Target("host address", from: host, to: address, port: 18080, path: path),
            Target("client", from: world.client, to: address, port: 18080, path: path),
            Target("same network, by name", from: inside, to: name, port: 8080, path: path),
            Target("another network", from: foreign, to: address, port: 18080, path: path),
        ]
    }

    /// Runs a container that is not Berth's, in a network that is not Berth's.
    private func withForeignContainer(
        _ world: World,
        _ body: (NetworkNamespace) async throws -> Void
    ) async throws {
        try await world.docker("network", "create", "strangers")
        try await world.docker(
            "run",
            "--detach",
            "--name",
            "stranger",
            "--network",
            "strangers",
            "localhost:5000/caller:1",
            "/bin/sleep",
            "3600"
        )
        let process = try await world.processID(of: "stranger")
        let result = await Result {
            try await body(NetworkNamespace(path: "/proc/\(process)/ns/net"))
        }
        try await world.docker("rm", "--force", "stranger")
        try await world.docker("network", "rm", "strangers")
        try result.get()
    }
}
