import Foundation
import XCTest

@testable import Platform

final class KernelFileTests: XCTestCase {
    func testMoreThanAPageIsRead() throws {
        let text = try XCTUnwrap(KernelFile.text(of: "/proc/kallsyms"))
        XCTAssertGreaterThan(text.utf8.count, 100_000)
        XCTAssertEqual(text.utf8.last, UInt8(ascii: "\n"), "not cut in a line")
    }

    func testWhatIsNotThere() {
        XCTAssertNil(KernelFile.text(of: "/proc/no-such-file"))
        XCTAssertNil(KernelFile.text(of: "/proc"))
    }
}
