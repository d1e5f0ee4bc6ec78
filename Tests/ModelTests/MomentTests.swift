import Foundation
import Model
import XCTest

final class MomentTests: XCTestCase {
    func testArithmetic() {
        let noon = Moment(milliseconds: 1_800_000_000_000)
        let table: [(name: String, duration: Duration, milliseconds: Int64)] = [
            ("nothing", .zero, 0),
            ("a second", .seconds(1), 1_000),
            ("a millisecond", .milliseconds(1), 1),
            ("backwards", .seconds(-2), -2_000),
            ("a day", .seconds(86_400), 86_400_000),
            ("less than a millisecond is cut off", .microseconds(1_999), 1),
            ("towards zero on the other side, too", .microseconds(-1_999), -1),
        ]
        for (name, duration, milliseconds) in table {
            XCTAssertEqual(duration.milliseconds, milliseconds, name)
            let later = noon + duration
            XCTAssertEqual(later.milliseconds, 1_800_000_000_000 + milliseconds, name)
            XCTAssertEqual(later - noon, .milliseconds(milliseconds), name)
            XCTAssertEqual(noon < later, milliseconds > 0, name)
        }
    }

    func testNanosecondsAreTheEnginesUnit() {
        let table: [(duration: Duration, nanoseconds: Int64)] = [
            (.zero, 0), (.milliseconds(500), 500_000_000), (.seconds(90), 90_000_000_000),
            (.nanoseconds(1), 1),
        ]
        for (duration, nanoseconds) in table {
            XCTAssertEqual(duration.nanoseconds, nanoseconds, "\(duration)")
        }
    }

    func testIsEncodedAsABareNumber() throws {
        let moment = Moment(milliseconds: 1_700_000_000_123)
        let data = try JSONEncoder().encode([moment])
        XCTAssertEqual(String(decoding: data, as: UTF8.self), "[1700000000123]")
        XCTAssertEqual(try JSONDecoder().decode([Moment].self, from: data), [moment])
    }
}
