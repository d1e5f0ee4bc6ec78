import DockerEngine
import XCTest

@testable import Controller

final class StartIntervalTests: XCTestCase {
    private func check(_ interval: Int64, period: Int64 = 60, start: Int64? = nil) -> HealthCheck {
        var check = HealthCheck()
        check.interval = interval * 1_000_000_000
        check.startPeriod = period * 1_000_000_000
        check.startInterval = start.map { $0 * 1_000_000_000 }
        return check
    }

    func testNoLongerThanTheIntervalAndNoLongerThanDockersOwn() {
        var off = check(1)
        off.test = ["NONE"]
        let rows: [(name: String, check: HealthCheck?, image: HealthCheck?, want: Int64?)] = [
            ("shorter than Docker's", check(1), nil, 1), ("as long", check(5), nil, nil),
            ("longer", check(30), nil, nil), ("said", check(1, start: 2), nil, 2),
            ("no start period", check(1, period: 0), nil, nil), ("none at all", nil, nil, nil),
            ("the image's", nil, check(2), 2), ("the image says it", nil, check(2, start: 3), nil),
            ("both", check(1, period: 0), check(2), 1), ("turned off", off, nil, nil),
        ]
        for (name, check, image, want) in rows {
            let interval = StartInterval.added(to: check, of: image)?.startInterval
            XCTAssertEqual(interval, want.map { $0 * 1_000_000_000 }, name)
        }
        XCTAssertNil(StartInterval.added(to: nil, of: check(30)), "all is left to the image")
    }
}
