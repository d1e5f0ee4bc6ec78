import Foundation
import Load
import TestSupport
import XCTest

/// A case with the shop's project that runs, full of data.
class ShopTestCase: EndToEndTestCase {
    override func setUpWithError() throws {
        try super.setUpWithError()
        try ShopImage.requireParts()
    }

    func withShop(_ body: (Shop) async throws -> Void) async throws {
        try await withFleet { fleet in
            try await ShopImage.pushAll()
            let shop = try Shop(fleet)
            try await shop.open()
            try await body(shop)
        }
    }

    /// Keeps the shop busy while the body runs: no caller is refused or gets a wrong answer, no
    /// customer is told something wrong, and PostgreSQL never runs twice.
    ///
    /// Prints for how long customers were not served.
    func serving(
        _ shop: Shop,
        as versions: Set<String> = ["1.0.0"],
        _ body: () async throws -> Void
    ) async throws {
        let events = try await ContainerEvents(shop.world)
        defer { events.end() }
        let began = ContinuousClock.now
        let load = LoadGenerator(shop.customers(), pause: .milliseconds(50))
        let result = await Result {
            try await underLoad(try shop.callers(), pause: .milliseconds(10), body)
        }
        let customers = await load.stop()
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        for (name, report) in try result.get() {
            let wrong = Set(report.answers.keys).subtracting(versions.map { "api \($0)" })
            XCTAssertEqual(wrong, [], name)
            let rate = Int(Double(report.succeeded) / seconds)
            print("\(name): \(report.succeeded) callers, \(rate)/s, slowest \(report.slowest)")
        }
        for (name, report) in customers {
            let wrong = Set(report.answers.keys).subtracting(Shop.stock)
            XCTAssertEqual(wrong, [], name)
            print(
                "\(name): \(report.succeeded) customers, \(report.failed) not served, "
                    + "for \(report.longestOutage) at a time"
            )
        }
        for service in ["postgres", "redis"] {
            XCTAssertTrue(events.runsOnce(service), "\(events.actions(of: service))")
        }
        let log = try await shop.serverLog()
        XCTAssertEqual(Shop.disorder(in: log), [])
    }

    /// Berth's containers have replaced the project's, no data is lost, and nothing is left to do.
    func isTakenOver(_ shop: Shop, _ when: String = "", line: UInt = #line) async throws {
        for command in ["plan", "drift"] {
            let ended = try await shop.fleet.berth(command)
            XCTAssertEqual(ended.code, 0, "\(when) \(ended)", line: line)
        }
        let stock = try await shop.stock()
        XCTAssertEqual(stock, Shop.stock, when, line: line)
        let left = try await shop.project.running()
        XCTAssertEqual(left.filter { $0 != Shop.errand }, [Shop.bystander], when, line: line)
        let want = (Shop.containers + [("migrate", 1)]).map { "prod-\($0)-\($1)" }.sorted()
        let ours = try await shop.world.containers()
        XCTAssertEqual(ours, want, when, line: line)
    }
}
