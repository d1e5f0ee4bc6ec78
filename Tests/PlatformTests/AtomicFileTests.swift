import Foundation
import Platform
import TestSupport
import XCTest

/// Files get the mode that was asked for, and nothing is left of what failed.
final class AtomicFileTests: XCTestCase {
    func testModesDoNotDependOnTheMask() throws {
        let folder = try TemporaryDirectory("berth-atomic")
        let old = umask(0o077)
        defer { umask(old) }
        for mode: UInt32 in [0o644, 0o600, 0o755] {
            try AtomicFile.replace(folder.file("replaced"), with: [1], mode: mode)
            XCTAssertEqual(try self.mode(of: folder.file("replaced")), mode)
        }
        try AtomicFile.overwrite(folder.file("hosts"), with: [1])
        XCTAssertEqual(try self.mode(of: folder.file("hosts")), 0o644)
    }

    func testAFailedReplaceLeavesNothing() throws {
        let folder = try TemporaryDirectory("berth-atomic")
        try FileManager.default.createDirectory(
            atPath: folder.file("target/inside"),
            withIntermediateDirectories: true
        )
        XCTAssertThrowsError(try AtomicFile.replace(folder.file("target"), with: [1]))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        XCTAssertEqual(left, ["target"])
    }

    func testTwoAtOnceDoNotMix() throws {
        let folder = try TemporaryDirectory("berth-atomic")
        let path = folder.file("file")
        let contents = (0..<8).map { [UInt8](repeating: $0, count: 100_000) }
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            do {
                try AtomicFile.replace(path, with: contents[index % contents.count])
                let read = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                if !contents.contains(read) { failures.add("mixed") }
            } catch {
                failures.add("\(error)")
            }
        }
        XCTAssertEqual(failures.all, [])
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        XCTAssertEqual(left, ["file"])
    }

    func testAFileIsNoFolder() throws {
        let folder = try TemporaryDirectory("berth-atomic")
        let file = try folder.write("file", "")
        XCTAssertThrowsError(try AtomicFile.createFolder(file)) { error in
            XCTAssertTrue("\(error)".contains("Not a directory"), "\(error)")
        }
        XCTAssertThrowsError(try AtomicFile.createFolder(file + "/below"))
        try AtomicFile.createFolder(folder.file("a/b/c"))
        try AtomicFile.createFolder(folder.file("a/b/c"))
        symlink(folder.file("a"), folder.file("link"))
        try AtomicFile.createFolder(folder.file("link"))
    }

    private func mode(of path: String) throws -> UInt32 {
        var status = stat()
        guard stat(path, &status) == 0 else { throw CocoaError(.fileReadNoSuchFile) }
        return status.st_mode & 0o777
    }

    private final class Failures: @unchecked Sendable {
        private let lock = NSLock()
        private var texts: [String] = []

        func add(_ text: String) { lock.withLock { texts.append(text) } }

        var all: [String] { lock.withLock { texts } }
    }
}
