import Foundation
import Platform
import Synchronization
import TestSupport
import XCTest

/// Locks exclude others, name who has them, and go with their holder.
final class LockTests: XCTestCase {
    func testHostLock() throws {
        let folder = try TemporaryDirectory("berth-lock").file("locks")
        var lock: HostLock? = try HostLock("prod", in: folder)
        XCTAssertThrowsError(try HostLock("prod", in: folder)) { error in
            XCTAssertEqual(error as? HostLockError, .held(name: "prod", owner: getpid()))
            XCTAssertTrue("\(error)".contains("process \(getpid())"), "\(error)")
        }
        let other = try HostLock("staging", in: folder)
        withExtendedLifetime((lock, other)) {}
        lock = nil
        XCTAssertNoThrow(try HostLock("prod", in: folder))
        for name in ["a/b", "..\0"] {
            XCTAssertThrowsError(try HostLock(name, in: folder), name)
        }
    }

    /// Each network namespace has rules, and so a lock, of its own.
    func testHostLocksOfOtherNamespacesAreOthers() async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let folder = try TemporaryDirectory("berth-lock").file("locks")
        let here = try HostLock("prod", in: folder)
        let there = try lab.host.visit { () throws(HostLockError) in
            try HostLock("prod", in: folder)
        }
        XCTAssertThrowsError(
            try lab.host.visit { () throws(HostLockError) in try HostLock("prod", in: folder) }
        )
        withExtendedLifetime((here, there)) {}
    }

    func testNoOtherUserCanHoldAHostLock() throws {
        try RealParts.requireRoot()
        let parent = try TemporaryDirectory("berth-lock")
        chmod(parent.path, 0o755)
        let folder = parent.file("locks")
        withExtendedLifetime(try HostLock("prod", in: folder)) {}
        let file = try XCTUnwrap(FileManager.default.contentsOfDirectory(atPath: folder).first)
        // As root the same command gets the lock, so that its refusal below means something.
        let attempt = ["flock", "--nonblock", "\(folder)/\(file)", "true"]
        XCTAssertNoThrow(try Command("env", attempt).runBlocking())
        let stranger = ["--reuid", "65534", "--regid", "65534", "--clear-groups"]
        for words in [
            attempt, ["touch", "\(folder)/planted"], ["mv", folder, parent.file("away")],
        ] {
            XCTAssertThrowsError(try Command("setpriv", stranger + words).runBlocking(), words[0])
        }
        XCTAssertNoThrow(try HostLock("prod", in: folder))
        // The file of a state directory is no less root's, be it that an older version created it.
        let path = parent.file("lock")
        XCTAssertTrue(FileManager.default.createFile(atPath: path, contents: nil))
        chmod(path, 0o644)
        withExtendedLifetime(try FileLock(path: path)) {}
        XCTAssertThrowsError(
            try Command("setpriv", stranger + ["flock", "--nonblock", path, "true"]).runBlocking()
        )
    }

    func testAFolderThatOthersCanWriteToHoldsNoHostLock() throws {
        try RealParts.requireRoot()
        let parent = try TemporaryDirectory("berth-lock")
        let (shared, theirs) = (parent.file("shared"), parent.file("theirs"))
        for folder in [shared, theirs] {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false
            )
        }
        chmod(shared, 0o777)
        chown(theirs, 65534, 65534)
        symlink(parent.path, parent.file("link"))
        for folder in [shared, theirs, parent.file("link")] {
            XCTAssertThrowsError(try HostLock("prod", in: folder), folder)
        }
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
                HostLockError.unusable(name: "n", reason: "Permission denied"),
                "cannot take the lock for n in /run/berth: Permission denied; run as root, and see "
                    + "that the folder can be created and written"
            ),
            (
                HostLockError.held(name: "n", owner: 7),
                "process 7 on this host keeps n already; stop it first"
            ),
        ]
        for (error, want) in rows { XCTAssertEqual("\(error)", want) }
    }
}
