import Foundation
import Platform
import Synchronization
import TestSupport
import XCTest

/// Locks exclude others, name who has them, and go with their holder.
final class LockTests: XCTestCase {
    func testHostLock() throws {
        let name = "berth-test/\(UUID().uuidString)"
        var lock: HostLock? = try HostLock(name)
        XCTAssertThrowsError(try HostLock(name)) { error in
            XCTAssertEqual(error as? HostLockError, .held(name: name, owner: getpid()))
            XCTAssertTrue("\(error)".contains("process \(getpid())"), "\(error)")
        }
        let other = try HostLock(name + "2")
        withExtendedLifetime((lock, other)) {}
        lock = nil
        XCTAssertNoThrow(try HostLock(name))
    }

    func testFileLock() throws {
        let folder = try TemporaryDirectory("berth-lock")
        let path = folder.file("lock")
        XCTAssertNil(FileLock.holder(path: path))
        var lock: FileLock? = try FileLock(path: path)
        XCTAssertEqual(FileLock.holder(path: path), getpid())
        XCTAssertThrowsError(try FileLock(path: path)) { error in
            XCTAssertEqual(error as? FileLockError, .held(path: path, owner: getpid()))
        }
        withExtendedLifetime(lock) {}
        lock = nil
        XCTAssertNil(FileLock.holder(path: path))
        XCTAssertThrowsError(try FileLock(path: folder.file("no/such/folder")))
    }

    /// Nobody accepts, so every process that is refused and asks for the owner stays in the queue.
    func testAFullQueueDoesNotHoldUpWhoIsRefused() throws {
        let name = "berth-test/\(UUID().uuidString)"
        let lock = try HostLock(name)
        let refused = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            for _ in 0..<64 { _ = try? HostLock(name) }
            refused.signal()
        }
        XCTAssertEqual(refused.wait(timeout: .now() + 20), .success, "it waits to be accepted")
        XCTAssertThrowsError(try HostLock(name)) { error in
            XCTAssertEqual(error as? HostLockError, .held(name: name, owner: nil))
            XCTAssertTrue("\(error)".contains("ss -xlp"), "\(error)")
        }
        withExtendedLifetime(lock) {}
    }

    func testWhoLooksForTheHolderDoesNotKeepItOut() throws {
        let folder = try TemporaryDirectory("berth-lock")
        let path = folder.file("lock")
        withExtendedLifetime(try FileLock(path: path)) {}
        // As `holder` does, only that this one stays until it is told to go.
        let reader = open(path, O_RDONLY | O_CLOEXEC)
        XCTAssertEqual(flock(reader, LOCK_SH | LOCK_NB), 0)
        let failure = Mutex<String?>(nil)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            do { withExtendedLifetime(try FileLock(path: path)) {} } catch {
                failure.withLock { $0 = "\(error)" }
            }
            ended.signal()
        }
        XCTAssertEqual(ended.wait(timeout: .now() + .milliseconds(50)), .timedOut)
        close(reader)
        XCTAssertEqual(ended.wait(timeout: .now() + 10), .success)
        XCTAssertNil(failure.withLock { $0 })
    }

    func testErrorsOfLocksAreSentences() {
        let rows: [(any Error, String)] = [
            (
                HostLockError.unusable(name: "n", reason: "Too many open files"),
                "cannot take the lock n on this host: Too many open files; see whether the "
                    + "limits of open files and memory leave room (ulimit -a), then try again"
            ),
            (
                HostLockError.held(name: "n", owner: 7),
                "process 7 on this host already has n; stop it first, and if it is no berth, see "
                    + "what it is: any process of this host can hold the name (ss -xlp)"
            ),
        ]
        for (error, want) in rows { XCTAssertEqual("\(error)", want) }
    }
}
