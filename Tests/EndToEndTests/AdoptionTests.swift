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
}
