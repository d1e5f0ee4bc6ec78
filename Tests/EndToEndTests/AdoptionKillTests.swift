import Foundation
import TestSupport
import XCTest

/// `kill -9` during a takeover: the next run ends what was begun, and nothing is lost by it.
final class AdoptionKillTests: ShopTestCase {
    /// Kills at random moments; `BERTH_E2E_ADOPTION_KILLS` says how many.
    private let kills = dose("BERTH_E2E_ADOPTION_KILLS", 2)
    /// Calls at which one is killed, or the power fails; `BERTH_E2E_ADOPTION_CALLS` says how many.
    private let calls = dose("BERTH_E2E_ADOPTION_CALLS", 1)

    private static func dose(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
    }

    func testKilledAtRandomMoments() async throws {
        var dice = SeededGenerator.reported()
        let seed = dice.seed
        var left = kills
        while left > 0 {
            let count = min(left, Int.random(in: 2...6, using: &dice))
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
        for (peer, call) in try await someCalls(&dice) {
            for isBefore in [true, false] {
                let moment = KillSwitch.Moment(peer: peer, call: call, isBefore: isBefore)
                _ = try await takeOver(killedAt: moment)
            }
        }
    }

    /// The power fails, too: Docker starts by itself what has `restart: always`.
    func testThePowerFailsAtCalls() async throws {
        var dice = SeededGenerator.reported()
        for (peer, call) in try await someCalls(&dice) {
            let isBefore = Bool.random(using: &dice)
            let moment = KillSwitch.Moment(peer: peer, call: call, isBefore: isBefore)
            try await withSmallProject { scene in
                let when = "the power failed \(moment)"
                let docker = scene.fleet.world.docker
                _ = try await run(scene, killedAt: moment)
                try await docker.powerCut()
                try await withController(scene.fleet) { controller in
                    try await controller.says("no answer at \(docker.socketPath)")
                    try await docker.launch()
                    let events = try await ContainerEvents(
                        scene.fleet.world,
                        sinceDaemonStart: true
                    )
                    defer { events.end() }
                    try await eventually("\(when): it is taken over", within: .seconds(60)) {
                        try await scene.fleet.berth("plan").code == 0
                    }
                    try await isTakenOver(scene, events, when)
                }
            }
        }
    }

    /// Calls that a takeover makes, as many as are wanted.
    private func someCalls(
        _ dice: inout SeededGenerator
    ) async throws -> [(KillSwitch.Moment.Peer, Int)] {
        let counted = try await takeOver(killedAt: nil)
        print("a takeover makes \(counted.docker) calls of Docker and \(counted.nft) of nft")
        let docker = (0..<counted.docker).map { (KillSwitch.Moment.Peer.docker, $0 + 1) }
        let nft = (0..<counted.nft).map { (KillSwitch.Moment.Peer.nft, $0 + 1) }
        return Array((docker + nft).shuffled(using: &dice).prefix(calls))
    }

    /// Takes a small project over under load, killed at a call and then not any more.
    private func takeOver(
        killedAt moment: KillSwitch.Moment?
    ) async throws -> (docker: Int, nft: Int) {
        var counted = (docker: 0, nft: 0)
        try await withSmallProject { scene in
            let events = try await ContainerEvents(scene.fleet.world)
            defer { events.end() }
            try await underLoad(scene.fleet) {
                counted = try await run(scene, killedAt: moment)
                try await scene.apply()
            }
            try await isTakenOver(scene, events, moment?.description ?? "unharmed")
        }
        return counted
    }

    /// A service with a port, and a database, which Docker always starts again.
    private func withSmallProject(_ body: (AdoptionScene) async throws -> Void) async throws {
        try await withProject(Self.file) { scene in
            let old = ComposeProject.container("db")
            try await scene.fleet.world.docker("exec", old, "touch", "/data/kept")
            try scene.commit("Take it over", Self.file, "web db")
            try await body(scene)
        }
    }

    /// Runs a controller until it is killed, or until nothing is left to do.
    private func run(
        _ scene: AdoptionScene,
        killedAt moment: KillSwitch.Moment?
    ) async throws -> (docker: Int, nft: Int) {
        let killSwitch = try KillSwitch(moment, docker: scene.fleet.world.docker.socketPath)
        let controller = try await Controller(
            scene.fleet,
            more: killSwitch.options,
            environment: killSwitch.environment
        )
        defer { controller.end(SIGKILL) }
        try killSwitch.aim(at: controller.processID)
        // The number of nft's calls varies a little.
        try await eventually("killed, or done") {
            if killSwitch.isOver { return true }
            return try await scene.fleet.berth("plan").code == 0
        }
        return (killSwitch.dockerCalls.count, killSwitch.nftCalls)
    }

    private func isTakenOver(
        _ scene: AdoptionScene,
        _ events: ContainerEvents,
        _ when: String
    ) async throws {
        try await scene.runs("prod-db-1", "prod-web-1", when: when)
        try await scene.fleet.world.docker("exec", "prod-db-1", "cat", "/data/kept")
        XCTAssertTrue(events.runsOnce("db"), "\(when): \(events.actions(of: "db"))")
    }
}
