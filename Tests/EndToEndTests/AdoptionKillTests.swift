import Foundation
import TestSupport
import XCTest

/// `kill -9` during a takeover: the next run ends what was begun, and nothing is lost by it.
final class AdoptionKillTests: ShopTestCase {
    /// Kills at random moments; `BERTH_E2E_ADOPTION_KILLS` says how many.
    private let kills = dose("BERTH_E2E_ADOPTION_KILLS", 2)
    /// Calls that are met before and after; `BERTH_E2E_ADOPTION_CALLS` says how many at most.
    private let calls = dose("BERTH_E2E_ADOPTION_CALLS", 1)

    private static func dose(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
    }

    func testKilledAtRandomMoments() async throws {
        var dice = SeededGenerator.reported()
        let seed = dice.seed
        var left = kills
        while left > 0 {
            let count = min(left, Int.random(in: 1...6, using: &dice))
            let delays = (0..<count).map { _ in Int.random(in: 0...6000, using: &dice) }
            left -= count
            let when = "killed after \(delays) ms each, seed \(seed)"
            try await withShop { shop in
                try shop.commit("Take the shop over")
                try await serving(shop) {
                    for delay in delays {
                        let controller = try await Controller(shop.fleet)
                        try await Task.sleep(for: .milliseconds(delay))
                        controller.end(SIGKILL)
                    }
                    let applied = try await shop.fleet.berth("apply")
                    XCTAssertEqual(applied.code, 0, "\(when): \(applied)")
                }
                try await isTakenOver(shop, when)
            }
        }
    }

    private static let database =
        "  db:\n    image: localhost:5000/web:1.0.0\n    restart: always\n"
        + "    stop_grace_period: 1s\n    volumes: [\"data:/data\"]\n"
    private static let file = AdoptionScene.file(
        "ports: [\"18080:8080\"]",
        services: database,
        end: "volumes: { data: }\n"
    )

    func testKilledBeforeAndAfterCalls() async throws {
        var dice = SeededGenerator.reported()
        let counted = try await takeOver(killedAt: nil)
        let docker = (0..<counted.docker).map { (KillSwitch.Moment.Peer.docker, $0 + 1) }
        let nft = (0..<counted.nft).map { (KillSwitch.Moment.Peer.nft, $0 + 1) }
        print("a takeover makes \(counted.docker) calls of Docker and \(counted.nft) of nft")
        for (peer, call) in (docker + nft).shuffled(using: &dice).prefix(calls) {
            for isBefore in [true, false] {
                _ = try await takeOver(killedAt: .init(peer: peer, call: call, isBefore: isBefore))
            }
        }
    }

    /// Takes a small project over, killed at a call and then not any more.
    private func takeOver(
        killedAt moment: KillSwitch.Moment?
    ) async throws -> (docker: Int, nft: Int) {
        let when = moment.map(\.description) ?? "unharmed"
        var counted = (docker: 0, nft: 0)
        try await withProject(Self.file) { scene in
            let world = scene.fleet.world
            let old = ComposeProject.container("db")
            try await world.docker("exec", old, "touch", "/data/kept")
            try scene.commit("Take it over", Self.file, "web db")
            let events = try await ContainerEvents(world)
            defer { events.end() }
            try await underLoad(scene.fleet) {
                let killSwitch = try KillSwitch(moment, docker: world.docker.socketPath)
                let controller = try await Controller(
                    scene.fleet,
                    more: killSwitch.options,
                    environment: killSwitch.environment
                )
                defer { controller.end(SIGKILL) }
                try killSwitch.aim(at: controller.processID)
                try await eventually("killed \(when), or done") {
                    if moment != nil { return killSwitch.isOver }
                    return try await scene.fleet.berth("plan").code == 0
                }
                controller.end(SIGKILL)
                counted = (killSwitch.dockerCalls.count, killSwitch.nftCalls)
                try await scene.apply()
            }
            try await scene.runs("prod-db-1", "prod-web-1", when: when)
            try await world.docker("exec", "prod-db-1", "cat", "/data/kept")
            XCTAssertTrue(events.runsOnce("db"), "\(when): \(events.actions(of: "db"))")
        }
        return counted
    }
}
