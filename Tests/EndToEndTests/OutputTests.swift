import Foundation
import Platform
import XCTest

/// Nowhere to write to is no reason to crash; data that is lost is.
final class OutputTests: XCTestCase {
    func testAFullDeviceIsNoCrash() async throws {
        let rows: [(words: String, want: Subprocess.Ending)] = [
            ("status --state-dir /proc/none 2> /dev/full", .status(2)),
            ("no-such-command 2> /dev/full", .status(64)),
            ("no-such-command 2>&-", .status(64)),
            ("help > /dev/full", .status(2)),
            ("help > /dev/full 2> /dev/full", .status(2)),
            ("help > /dev/null", .status(0)),
        ]
        let berth = Bundle.main.bundleURL.appendingPathComponent("berth").path
        for (words, want) in rows {
            do throws(CommandError) {
                try await Command("sh", ["-c", "\"$0\" \(words)", berth]).run()
                XCTAssertEqual(.status(0), want, words)
            } catch {
                guard case .failed(_, let ending, _) = error else { throw error }
                XCTAssertEqual(ending, want, "\(words): \(error)")
            }
        }
    }

    func testLostDataIsSaid() async throws {
        let berth = Bundle.main.bundleURL.appendingPathComponent("berth").path
        do throws(CommandError) {
            try await Command("sh", ["-c", "\"$0\" help > /dev/full", berth]).run()
            XCTFail("must not end well")
        } catch {
            XCTAssertTrue("\(error)".contains("cannot write to stdout"), "\(error)")
        }
    }
}
