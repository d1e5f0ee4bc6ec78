import Platform
import TestSupport
import XCTest

@testable import Commands

/// What commands say and do where another process acts already.
final class LockTests: XCTestCase {
    func testWhatCannotBeRetriedUnderAControllerSaysWhatToDo() async throws {
        let directory = try TemporaryDirectory("berth-commands")
        let environment = [
            "BERTH_REPO": directory.file("no-repository"), "BERTH_STATE_DIR": directory.path,
            "BERTH_LOG_LEVEL": "error",
        ]
        let lock = try FileLock(path: directory.file("lock"))
        defer { withExtendedLifetime(lock) {} }
        let asked = Terminal()
        let code = await asked.run("apply", "--retry-failed", environment: environment)
        XCTAssertEqual(code, 2)
        for words in [
            "process \(ProcessInfo.processInfo.processIdentifier) holds", "stop the controller",
            "berth apply --retry-failed", "commit a change",
        ] {
            XCTAssertTrue(asked.complaints.contains(words), "\(words): \(asked.complaints)")
        }
        let plain = Terminal()
        _ = await plain.run("apply", environment: environment)
        XCTAssertFalse(plain.complaints.contains("commit a change"), plain.complaints)
    }
}
