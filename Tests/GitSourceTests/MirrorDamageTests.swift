import TestSupport
import XCTest

@testable import GitSource

/// Breaks mirrors in the ways that disks, crashes and people do.
final class MirrorDamageTests: XCTestCase {
    func testDamageIsFoundAndRepairedByTheNextFetch() async throws {
        let table: [(String, (String) throws -> Void)] = [
            (
                "no pack",
                { try Self.eachPack($0) { try FileManager.default.removeItem(atPath: $0) } }
            ),
            ("short pack", { try Self.eachPack($0) { _ = truncate($0, 40) } }),
            ("flipped bits", { try Self.eachPack($0, Self.flip) }),
            ("no HEAD", { _ = unlink("\($0)/HEAD") }),
            ("no objects", { try FileManager.default.removeItem(atPath: "\($0)/objects") }),
            ("empty reference", { _ = truncate("\($0)/refs/remotes/origin/main", 0) }),
            (
                "odd configuration",
                { try Data("[[[".utf8).write(to: URL(fileURLWithPath: "\($0)/config")) }
            ),
            ("no mirror", { try FileManager.default.removeItem(atPath: $0) }),
        ]
        for (name, damage) in table {
            let fixture = try Fixture()
            let text = (1...200).map { "key\($0): \(UInt32.random(in: 0 ... .max))" }
            let files = ["manifests/a.yaml": text.joined(separator: "\n")]
            let commit = try id(fixture.repository.commit("first", files))
            let mirror = try fixture.mirror()
            _ = try await mirror.fetch()
            try damage("\(mirror.directory)/1.git")

            // The controller's order: look and fetch, then read; what reading finds, the next
            // round mends.
            var isMended = false
            for _ in 1...2 where !isMended {
                let fetched = try await mirror.fetch()
                XCTAssertEqual(fetched.commit, commit, name)
                do {
                    let read = try await mirror.tree(commit, folders: ["manifests"])
                    XCTAssertEqual(
                        read.first?.bytes.count,
                        files["manifests/a.yaml"]?.utf8.count,
                        name
                    )
                    isMended = true
                } catch {
                    XCTAssertEqual(error.problem, .damagedMirror, "\(name): \(error)")
                }
            }
            XCTAssertTrue(isMended, name)
        }
    }

    func testDamagedMirrorStaysWhileTheRemoteIsDown() async throws {
        let fixture = try Fixture()
        let commit = try id(fixture.repository.commit("first", ["m/a": "1", "m/b": "2"]))
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        let store = MirrorStore(directory: mirror.directory, remote: mirror.remote.description)
        store.markDamaged()
        let away = fixture.repository.path + ".away"
        try FileManager.default.moveItem(atPath: fixture.repository.path, toPath: away)
        try await assertProblem(.repositoryNotFound) { try await mirror.fetch() }
        try await assertProblem(.damagedMirror) { try await mirror.tree(commit, folders: ["m"]) }
        XCTAssertTrue(FileManager.default.fileExists(atPath: "\(mirror.directory)/1.git/HEAD"))

        try FileManager.default.moveItem(atPath: away, toPath: fixture.repository.path)
        let fetched = try await mirror.fetch()
        XCTAssertEqual(fetched.recreatedBecause, "it was found damaged")
        let files = try await mirror.tree(commit, folders: ["m"])
        XCTAssertEqual(files.count, 2)
    }

    func testForcedPushIsReportedAlsoWhenTheMirrorIsRecreated() async throws {
        let fixture = try Fixture()
        let root = try fixture.repository.commit("root", ["a": "1"])
        let old = try id(fixture.repository.commit("old", ["a": "2"]))
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        let store = MirrorStore(directory: mirror.directory, remote: mirror.remote.description)
        store.markDamaged()
        let forward = try id(fixture.repository.commit("forward", ["a": "3"]))
        let moved = try await mirror.fetch()
        XCTAssertEqual([moved.previous, moved.commit], [old, forward])
        XCTAssertFalse(moved.isRewritten)
        store.markDamaged()
        try fixture.repository.git("reset", "--quiet", "--hard", root)
        let rewritten = try await mirror.fetch()
        XCTAssertEqual(rewritten.previous, forward)
        XCTAssertTrue(rewritten.isRewritten)
    }

    func testLeftoversOfAKilledProcessAreSweptAway() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "1"])
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        let leftovers = [
            "1.git/refs/remotes/origin/main.lock", "1.git/packed-refs.lock", "1.git/config.lock",
            "1.git/objects/pack/pack_git2_0a1b2c", "2.git/HEAD", "9.git/objects/x",
        ]
        for name in leftovers { try fixture.state.write("git/\(name)", "") }
        XCTAssertEqual(symlink("9.git", "\(mirror.directory)/next"), 0)
        let second = try id(fixture.repository.commit("second", ["a": "2"]))
        let fetched = try await mirror.fetch()
        XCTAssertEqual(fetched.commit, second)
        XCTAssertNil(fetched.recreatedBecause)
        for name in leftovers + ["next", "2.git", "9.git"] {
            let path = "\(mirror.directory)/\(name)"
            XCTAssertFalse(FileManager.default.fileExists(atPath: path), name)
        }
    }

    func testOneWriterAtATime() async throws {
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["a": "1"]))
        var timeouts = GitTimeouts()
        timeouts.fetch = .milliseconds(300)
        let mirror = try fixture.mirror(timeouts: timeouts)
        _ = try await mirror.fetch()
        let attempt = NetworkAttempt(
            remote: mirror.remote,
            timeouts: timeouts,
            total: .seconds(1),
            bytes: 0,
            objects: 0
        )
        do {
            let lock = try MirrorLock(in: mirror.directory, attempt: attempt)
            try await assertProblem(.busy) { try await mirror.fetch() }
            let current = try await mirror.current("main")
            XCTAssertEqual(current, first, "reading goes on")
            _ = consume lock
        }
        let fetched = try await mirror.fetch()
        XCTAssertEqual(fetched.commit, first)
    }

    func testReadersDoNotNoticeThatTheMirrorIsReplaced() async throws {
        let fixture = try Fixture()
        let commit = try id(fixture.repository.commit("first", ["m/a": "1", "m/b": "2"]))
        let (writer, reader) = (try fixture.mirror(), try fixture.mirror())
        _ = try await writer.fetch()
        let store = MirrorStore(directory: writer.directory, remote: writer.remote.description)
        let reading = Task {
            var count = 0
            while !Task.isCancelled {
                let files = try await reader.tree(commit, folders: ["m"])
                XCTAssertEqual(files.count, 2)
                count += 1
            }
            return count
        }
        for _ in 1...30 {
            // What replaces a mirror, without its reason.
            store.markDamaged()
            _ = try? await writer.fetch()
        }
        reading.cancel()
        let result = await reading.result
        if case .failure(let error as GitError) = result {
            // Between the mark and the new mirror a reader may be told so; nothing else may happen.
            XCTAssertEqual(error.problem, .damagedMirror, "\(error)")
        }
    }

    private static func eachPack(_ mirror: String, _ body: (String) throws -> Void) throws {
        let folder = "\(mirror)/objects/pack"
        let packs = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".pack") }
        XCTAssertFalse(packs.isEmpty)
        for pack in packs { try body("\(folder)/\(pack)") }
    }

    /// Spoils the middle of a file, where the large file's content is.
    private static func flip(_ path: String) throws {
        let url = URL(fileURLWithPath: path)
        var data = try Data(contentsOf: url)
        for index in (data.count / 2)..<(data.count / 2 + 64) { data[index] ^= 0xFF }
        try FileManager.default.removeItem(at: url)
        try data.write(to: url)
    }
}
