import Foundation
import TestSupport
import XCTest

/// `kill -9` at every call and at any moment: the next controller ends what was begun.
final class KillTests: EndToEndTestCase {
    /// Kills at random moments; `BERTH_E2E_KILLS` says how many.
    private var kills: Int {
        ProcessInfo.processInfo.environment["BERTH_E2E_KILLS"].flatMap { Int($0) } ?? 8
    }

    /// Replicas where every call is killed at; each doubles the time.
    private var replicas: Int {
        ProcessInfo.processInfo.environment["BERTH_E2E_KILL_REPLICAS"].flatMap { Int($0) } ?? 1
    }

    func testKilledBeforeAndAfterEveryCall() async throws {
        try await withFleet { fleet in
            try await start(fleet, replicas: replicas)
            try await underLoad(fleet) {
                var version = "1.0.0"
                let counted = try await roll(fleet, from: &version, killedAt: nil)
                let names = counted.calls.map {
                    $0.split(separator: " ").prefix(2).joined(separator: " ")
                }
                print("a rollout makes \(counted.nft) transactions and", names)
                for word in [
                    "/images/create", "/containers/create", "/start", "/rename", "/stop", "DELETE",
                ] {
                    XCTAssertTrue(counted.calls.contains { $0.contains(word) }, "\(names)")
                }
                XCTAssertGreaterThan(counted.nft, 0)
                let docker = (1...max(counted.calls.count, 1)).map {
                    (KillSwitch.Moment.Peer.docker, $0)
                }
                let nft = (1...max(counted.nft, 1)).map { (KillSwitch.Moment.Peer.nft, $0) }
                for (peer, call) in docker + nft {
                    for isBefore in [true, false] {
                        let moment = KillSwitch.Moment(peer: peer, call: call, isBefore: isBefore)
                        _ = try await roll(fleet, from: &version, killedAt: moment)
                    }
                }
            }
        }
    }

    func testKilledAtRandomMoments() async throws {
        var dice = SeededGenerator.reported()
        let seed = dice.seed
        try await withFleet { fleet in
            try await start(fleet, replicas: 2)
            try await underLoad(fleet) {
                var version = "1.0.0"
                var left = kills
                while left > 0 {
                    version = version == "1.0.0" ? "1.1.0" : "1.0.0"
                    try commit(fleet, version, replicas: 2)
                    // Some rollouts are met once, some again and again.
                    for _ in 0..<min(left, Int.random(in: 1...8, using: &dice)) {
                        left -= 1
                        let controller = try await Controller(fleet)
                        let delay = Int.random(in: 0...2500, using: &dice)
                        try await Task.sleep(for: .milliseconds(delay))
                        controller.end(SIGKILL)
                    }
                    try await converge(
                        fleet,
                        on: version,
                        replicas: 2,
                        "after a kill, seed \(seed)"
                    )
                }
            }
        }
    }

    private func start(_ fleet: Fleet, replicas: Int) async throws {
        for version in ["1.0.0", "1.1.0"] {
            try await fleet.world.push(TestImage(name: "web", version: version, server: .sample))
        }
        try commit(fleet, "1.0.0", replicas: replicas)
        let ended = try await fleet.berth("apply")
        guard ended.code == 0 else { throw Missing("\(ended)") }
    }

    private func commit(_ fleet: Fleet, _ version: String, replicas: Int) throws {
        let web = ServiceText(
            version: version,
            replicas: replicas,
            monitor: "300ms",
            drainTimeout: "2s"
        )
        try fleet.commit("Run \(version)", web)
    }

    /// Makes an update that is killed somewhere, and lets another controller finish it.
    private func roll(
        _ fleet: Fleet,
        from version: inout String,
        killedAt moment: KillSwitch.Moment?
    ) async throws -> (calls: [String], nft: Int) {
        let killSwitch = try KillSwitch(moment, docker: fleet.world.docker.socketPath)
        let next = version == "1.0.0" ? "1.1.0" : "1.0.0"
        // Without the image a pull is part of it.
        try await fleet.world.docker("image", "prune", "--all", "--force")
        try commit(fleet, next, replicas: replicas)
        let controller = try await Controller(
            fleet,
            more: killSwitch.options,
            environment: killSwitch.environment
        )
        defer { controller.end(SIGKILL) }
        try killSwitch.aim(at: controller.processID)
        if let moment {
            try await eventually("killed \(moment)") { killSwitch.isOver }
        } else {
            try await settled(fleet, on: "web \(next)")
        }
        controller.end(SIGKILL)
        try await converge(fleet, on: next, replicas: replicas, "\(moment, default: "unharmed")")
        version = next
        return (killSwitch.dockerCalls, killSwitch.nftCalls)
    }

    private func converge(_ fleet: Fleet, on version: String, replicas: Int, _ when: String)
        async throws
    {
        try await withController(fleet) { _ in
            do {
                try await settled(fleet, on: "web \(version)")
            } catch {
                throw Missing("\(when): \(error)")
            }
        }
        let left = try await fleet.world.containers()
        XCTAssertEqual(left, (1...replicas).map { "prod-web-\($0)" }, when)
    }
}
