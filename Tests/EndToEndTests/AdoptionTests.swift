import Foundation
import TestSupport
import XCTest

/// A Compose project that runs is taken over without a lost connection or row.
final class AdoptionTests: ShopTestCase {
    /// The project alone: what the other cases build on answers, and damage would be seen.
    func testTheProjectServesAndItsLogTellsDamage() async throws {
        try await withShop { shop in
            let running = try await shop.project.running()
            let want = Shop.containers.map { ComposeProject.container($0, $1) } + [Shop.bystander]
            XCTAssertEqual(running, want.sorted())
            try await serving(shop) {
                try await eventually("the stores have everything") {
                    try await shop.stock() == Shop.stock
                }
            }

            // A second server on the volume is what must never be, and the log tells of it.
            let secret = ["-v", "\(shop.fleet.state.path).secret:/run/secrets/db_password"]
            let volume = ["-v", "shop_db-data:/var/lib/postgresql/data"]
            let rival = ["-d", "--name", "rival", "localhost:5000/postgres:1.0.0"]
            try await shop.world.docker(["run"] + secret + volume + rival)
            try await eventually("two servers are seen") {
                !Shop.disorder(in: try await shop.serverLog()).isEmpty
            }
        }
    }

    func testARunningProjectIsTakenOverAndOutlivesAReboot() async throws {
        try await withShop { shop in
            let (world, fleet) = (shop.world, shop.fleet)
            let run = ["run", "--detach", "--no-deps", "--name", Shop.errand]
            try await shop.project.compose(run + ["--entrypoint", "sleep 100000", "worker"])
            let before = try await fleet.life(of: Shop.bystander)
            try shop.commit("Take the shop over")
            try await plans(shop)
            try await serving(shop) {
                let applied = try await fleet.berth("apply")
                XCTAssertEqual(applied.code, 0, "\(applied)")
            }
            try await isTakenOver(shop)
            let left = try await shop.project.running()
            XCTAssertEqual(left, [Shop.errand, Shop.bystander].sorted())
            let after = try await fleet.life(of: Shop.bystander)
            XCTAssertEqual(after, before, "it is left alone")

            try await world.docker.powerCut()
            try await world.docker.launch()
            let start = ContinuousClock.now
            try await withController(fleet) { _ in
                try await eventually("everything is there again", within: .seconds(90)) {
                    try await shop.stock() == Shop.stock
                }
                print("reboot: served after \(ContinuousClock.now - start)")
                try await settled(fleet, on: "api 1.0.0")
            }
            try await isTakenOver(shop, "after the reboot")
        }
    }

    /// The plan says of each container how it is replaced, and what is left alone.
    private func plans(_ shop: Shop) async throws {
        let plan = try await shop.fleet.berth("plan")
        XCTAssertEqual(plan.code, 1, "\(plan)")
        let volumes = ["redis": "redis-data", "postgres": "db-data"]
        for (service, number) in Shop.containers {
            let name = ComposeProject.container(service, number)
            let reason = volumes[service].map { "stop-first: .*\($0)" } ?? "start-first"
            let line = try Regex("adopt +\(name) +1\\.0\\.0 .*\(reason)")
            XCTAssertNotNil(plan.output.firstMatch(of: line), "\(name): \(plan)")
        }
        for name in [Shop.bystander, Shop.errand] {
            let words = "\(name) of the Compose project shop belongs to no service"
            XCTAssertTrue("\(plan)".contains(words), "\(name): \(plan)")
        }
    }

    /// An api that never is healthy and a PostgreSQL that exits: what served before serves again.
    func testATakeoverThatFailsLeavesTheOldContainers() async throws {
        try await withShop { shop in
            let fleet = shop.fleet
            let old = [("api", 1), ("api", 2), ("postgres", 1)].map(ComposeProject.container)
            var ids: [String] = []
            for name in old { ids.append(try await fleet.inspect(name, "{{.Id}}")) }
            try await serving(shop, as: ["1.0.0", "1.1.0"]) {
                try shop.commit("Fail", ["api": "1.1.1", "postgres": "1.1.1"])
                let failed = try await fleet.berth("apply")
                XCTAssertEqual(failed.code, 1, "\(failed)")
                let format = "{{.Id}} {{.State.Running}} {{.HostConfig.RestartPolicy.Name}}"
                for (name, id) in zip(old, ids) {
                    let facts = try await fleet.inspect(name, format)
                    XCTAssertEqual(facts, "\(id) true always", "\(name): \(failed)")
                }
                try await eventually("customers are served") {
                    try await shop.stock() == Shop.stock
                }
                let plan = try await fleet.berth("plan")
                XCTAssertTrue(plan.output.contains("failed before"), "\(plan)")

                try shop.commit("Take it over", ["api": "1.1.0"])
                let applied = try await fleet.berth("apply")
                XCTAssertEqual(applied.code, 0, "\(applied)")
            }
            try await isTakenOver(shop)
        }
    }
}
