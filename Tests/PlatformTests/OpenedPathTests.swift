import Foundation
import Synchronization
import TestSupport
import XCTest

@testable import Platform

/// Paths that are followed name by name.
final class OpenedPathTests: XCTestCase {
    /// `real/file`, and links to it by every way.
    private func tree() throws -> TemporaryDirectory {
        let tree = try TemporaryDirectory("berth-path")
        try tree.write("real/file", "content")
        let links = [
            ("file", "real/file"), ("folder", "real"), ("absolute", tree.file("real")),
            ("chain", "folder/../absolute/./file"), ("real/up", "../real"), ("out", "/"),
            ("deep", "../../../../../../../../.."), ("loop", "loop"), ("dangling", "nothing"),
        ]
        for (name, target) in links { XCTAssertEqual(symlink(target, tree.file(name)), 0) }
        return tree
    }

    func testWhereAPathReallyIs() throws {
        let tree = try tree()
        let (folder, file) = (tree.file("real"), tree.file("real/file"))
        let rows: [(path: String, want: String)] = [
            ("real/file", file), ("file", file), ("folder/file", file), ("absolute/file", file),
            ("chain", file), ("real/up/up/up/file", file), ("real//./file", file),
            ("real/../real", folder), ("absolute", folder), ("real/", folder), ("out", "/"),
            ("deep", "/"), ("out/../../..", "/"),
        ]
        for (path, want) in rows {
            let opened = try OpenedPath.open(tree.file(path))
            XCTAssertEqual(opened.path, want, path)
            XCTAssertEqual(opened.isFolder, want != file, path)
            var (have, expected) = (stat(), stat())
            XCTAssertEqual(stat(opened.handle, &have), 0)
            XCTAssertEqual(stat(want, &expected), 0)
            XCTAssertEqual(have.st_ino, expected.st_ino, path)
        }
        let folders = try OpenedPath.open(tree.file("chain")).folders
        XCTAssertTrue(folders.isSuperset(of: ["/", "/tmp", tree.path, folder]), "\(folders)")
    }

    func testWhatCannotBeFollowed() throws {
        let tree = try tree()
        let rows: [(path: String, code: Int32)] = [
            (tree.file("loop"), ELOOP), (tree.file("dangling"), ENOENT),
            (tree.file("real/file/more"), ENOTDIR), (tree.file("real/file/.."), ENOTDIR),
            (tree.file("missing"), ENOENT), ("relative", EINVAL), ("", EINVAL),
            ("/tmp/\0", EINVAL), ("/" + String(repeating: "a", count: 300), ENAMETOOLONG),
            ("/proc/self/fd/../fd/x", ENOENT),
        ]
        for (path, code) in rows {
            XCTAssertThrowsError(try OpenedPath.open(path), path) { error in
                XCTAssertEqual((error as? PathError)?.code, code, path)
            }
        }
    }

    /// A slash is one whatever stands behind it.
    func testASlashWithAMarkBehindIt() throws {
        let tree = try tree()
        try tree.write("real/\u{301}mark/file", "inside")
        XCTAssertEqual(symlink("/\u{301}/../etc", tree.file("real/link")), 0)
        XCTAssertEqual(symlink("\(tree.path)/real", tree.file("real/\u{301}self")), 0)
        let inside = { (path: String) in path.hasPrefix(tree.path) }
        for path in ["folder/\u{301}mark/file", "real/\u{301}self/\u{301}mark/file"] {
            let opened = try OpenedPath.open(tree.file(path), mayCreate: inside)
            XCTAssertEqual(opened.path, tree.file("real/\u{301}mark/file"), path)
        }
        XCTAssertThrowsError(try OpenedPath.open(tree.file("real/link"), mayCreate: inside))
        XCTAssertFalse(FileManager.default.fileExists(atPath: "/\u{301}"))
    }

    /// A path that is far too deep is refused before it takes every descriptor.
    func testTheDepthIsBounded() throws {
        let tree = try TemporaryDirectory("berth-path")
        let deep = (0..<200).map { _ in "d" }.joined(separator: "/")
        try tree.write("\(deep)/file", "")
        XCTAssertThrowsError(try OpenedPath.open(tree.file("\(deep)/file"))) { error in
            XCTAssertEqual((error as? PathError)?.code, ENAMETOOLONG)
        }
    }

    func testFoldersAreCreatedOnlyWhereTheyMayBe() throws {
        let tree = try tree()
        XCTAssertEqual(symlink(tree.file("elsewhere"), tree.file("real/away")), 0)
        let inside = { (path: String) in path.hasPrefix(tree.file("real") + "/") }
        let created = try OpenedPath.open(tree.file("folder/new/er"), mayCreate: inside)
        XCTAssertEqual(created.path, tree.file("real/new/er"))
        XCTAssertThrowsError(try OpenedPath.open(tree.file("real/away/x"), mayCreate: inside))
        XCTAssertFalse(FileManager.default.fileExists(atPath: tree.file("elsewhere")))
    }

    /// While names are swapped without a pause, the walk ends where it says, or not at all.
    func testAPathThatIsSwappedMeanwhile() throws {
        let tree = try tree()
        try tree.write("real/inner/mark", "inside")
        XCTAssertEqual(symlink("/etc", tree.file("real/link")), 0)
        let (name, other) = (tree.file("real/inner"), tree.file("real/link"))
        let state = Swapping()
        let swapper = Thread {
            while !state.isOver.load(ordering: .relaxed) {
                guard Self.exchange(name, other) == 0 else { break }
            }
            state.ended.open()
        }
        swapper.start()
        defer {
            state.isOver.store(true, ordering: .relaxed)
            state.ended.wait()
        }
        var (inside, outside) = (0, 0)
        let deadline = ContinuousClock.now + .seconds(20)
        while inside < 50 || outside < 50, ContinuousClock.now < deadline {
            let opened = try OpenedPath.open(name)
            let isInside = FileManager.default.fileExists(atPath: opened.handle + "/mark")
            XCTAssertEqual(isInside, opened.path != "/etc", opened.path)
            if isInside { inside += 1 } else { outside += 1 }
        }
        XCTAssertGreaterThanOrEqual(min(inside, outside), 50)
    }

    private final class Swapping: Sendable {
        let isOver = Atomic(false)
        let ended = Gate()
    }

    /// Swaps two names in one step, renameat2(2) with `RENAME_EXCHANGE`.
    private static func exchange(_ one: String, _ other: String) -> Int32 {
        typealias Rename =
            @convention(c) (
                Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
            ) -> Int32
        guard let address = dlsym(nil, "renameat2") else { return -1 }
        return unsafeBitCast(address, to: Rename.self)(AT_FDCWD, one, AT_FDCWD, other, 2)
    }
}
