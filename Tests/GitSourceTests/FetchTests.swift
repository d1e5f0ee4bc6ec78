import Foundation
import TestSupport
import XCTest

@testable import GitSource

/// Fetches from a plain path; what goes over the wire is in `HTTPTests` and `SSHTests`.
final class FetchTests: XCTestCase {
    func testTipThenFetchThenNothingNew() async throws {
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["manifests/web.yaml": "a"]))
        let mirror = try fixture.mirror()

        let tip = try await mirror.tip()
        XCTAssertEqual(tip, GitTip(branch: "main", commit: first))
        let before = try await mirror.current("main")
        XCTAssertNil(before, "a look fetches nothing")

        let fetched = try await mirror.fetch()
        XCTAssertEqual(fetched.commit, first)
        XCTAssertNil(fetched.previous)
        XCTAssertFalse(fetched.isRewritten)

        let again = try await mirror.fetch("main")
        XCTAssertEqual([again.previous, again.commit], [first, first])

        let second = try id(fixture.repository.commit("second", ["manifests/web.yaml": "b"]))
        let moved = try await mirror.fetch("main")
        XCTAssertEqual([moved.previous, moved.commit], [first, second])
        XCTAssertFalse(moved.isRewritten)
        let current = try await mirror.current("main")
        XCTAssertEqual(current, second)
    }

    func testForcedPushIsFollowedAndSaidAndTheOldEndStaysReadable() async throws {
        let fixture = try Fixture()
        let root = try fixture.repository.commit("root", ["a": "1"])
        let old = try id(fixture.repository.commit("old", ["a": "2"]))
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch("main")

        try fixture.repository.git("reset", "--quiet", "--hard", root)
        let new = try id(fixture.repository.commit("new", ["a": "3"]))
        let fetched = try await mirror.fetch("main")
        XCTAssertTrue(fetched.isRewritten)
        XCTAssertEqual([fetched.previous, fetched.commit], [old, new])
        let kept = try await mirror.file("a", at: old)
        XCTAssertEqual(kept.bytes, Array("2".utf8))

        try fixture.repository.git("reset", "--quiet", "--hard", root)
        let back = try await mirror.fetch("main")
        XCTAssertTrue(back.isRewritten, "going back drops a commit too")
        XCTAssertEqual(back.commit.hex, root)
    }

    func testOnlyTheWantedBranchIsFetched() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("main", ["a": "1"])
        try fixture.repository.git("checkout", "--quiet", "-b", "other")
        let other = try id(fixture.repository.commit("other", ["a": "2"]))
        try fixture.repository.git("tag", "-a", "-m", "tagged", "v1")
        try fixture.repository.git("checkout", "--quiet", "main")
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        try await assertProblem(.revisionNotFound(other.hex)) { try await mirror.commit(other) }
        try await assertProblem(.revisionNotFound("v1")) { try await mirror.resolve("v1") }

        _ = try await mirror.fetch(tags: true)
        let tagged = try await mirror.resolve("v1")
        XCTAssertEqual(tagged, other)
        let commit = try await mirror.commit(other)
        XCTAssertEqual(commit.subject, "other")
        let history = try await mirror.firstParents(of: other, limit: 9)
        XCTAssertEqual(history.count, 2, "a tag comes with its history")
    }

    func testDefaultBranchFollowsHEAD() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("main", ["a": "1"])
        try fixture.repository.git("checkout", "--quiet", "-b", "trunk")
        let trunk = try id(fixture.repository.commit("trunk", ["a": "2"]))
        let tip = try await fixture.mirror().tip()
        XCTAssertEqual(tip, GitTip(branch: "trunk", commit: trunk))
    }

    func testWhatIsNotThere() async throws {
        let fixture = try Fixture()
        let mirror = try fixture.mirror()
        try await assertProblem(.emptyRepository) { try await mirror.fetch() }
        let first = try id(fixture.repository.commit("first", ["a": "1"]))
        try await assertProblem(.branchNotFound("prod")) { try await mirror.fetch("prod") }
        try await assertProblem(.branchNotFound("prod")) { try await mirror.tip(of: "prod") }

        try fixture.repository.git("checkout", "--quiet", "-b", "prod")
        _ = try await mirror.fetch("prod")
        try fixture.repository.git("checkout", "--quiet", "main")
        try fixture.repository.git("branch", "--quiet", "-D", "prod")
        try await assertProblem(.branchNotFound("prod")) { try await mirror.fetch("prod") }
        let kept = try await mirror.current("prod")
        XCTAssertEqual(kept, first, "a deleted branch keeps the last good revision")

        let odd = try await mirror.current("a..b")
        XCTAssertNil(odd)
        let missing = try fixture.mirror(fixture.state.file("nothing"))
        try await assertProblem(.repositoryNotFound) { try await missing.tip() }
    }

    func testABranchThatIsNoCommitIsSaidAndCostsNoNewMirror() async throws {
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["a": "1"]))
        let blob = try fixture.repository.git("rev-parse", "HEAD:a")
        try fixture.repository.git("tag", "--annotate", "-m", "x", "v1")
        let tag = try fixture.repository.git("rev-parse", "v1")
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch("main")
        let generation = try generation(fixture)

        for (name, object) in [("a blob", blob), ("a tag", tag)] {
            // `git update-ref` refuses this; a server that is not git need not.
            try Data("\(object)\n".utf8).write(
                to: URL(fileURLWithPath: "\(fixture.repository.path)/.git/refs/heads/odd")
            )
            for _ in 0..<3 {
                let error = try await assertProblem(.branchIsNoCommit("odd")) {
                    try await mirror.fetch("odd")
                }
                XCTAssertTrue("\(error)".contains(name), "\(error)")
            }
            XCTAssertEqual(try self.generation(fixture), generation, name)
            let packs = try FileManager.default.contentsOfDirectory(
                atPath: fixture.state.file("git/current/objects/pack")
            )
            XCTAssertLessThanOrEqual(packs.count { $0.hasSuffix(".pack") }, 3, name)
        }
        let current = try await mirror.fetch("main").commit
        XCTAssertEqual(current, first)
    }

    private func generation(_ fixture: Fixture) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(
            atPath: fixture.state.file("git/current")
        )
    }

    func testRemoteThatIsDownKeepsTheLastGoodRevision() async throws {
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["a": "1"]))
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch("main")
        try FileManager.default.removeItem(atPath: fixture.repository.path)
        try await assertProblem(.repositoryNotFound) { try await mirror.fetch("main") }
        let current = try await mirror.current("main")
        XCTAssertEqual(current, first)
        let file = try await mirror.file("a", at: first)
        XCTAssertEqual(file.bytes, Array("1".utf8))
    }

    func testRepositoryOfAnotherUserMayBeARemote() async throws {
        try RealParts.requireRoot()
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["a": "1"]))
        for path in [fixture.repository.path, "\(fixture.repository.path)/.git"] {
            XCTAssertEqual(chown(path, 65534, 65534), 0)
        }
        let mirror = try fixture.mirror()
        let fetched = try await mirror.fetch()
        XCTAssertEqual(fetched.commit, first)
    }

    func testMirrorOfAnotherUserIsNotTouched() async throws {
        try RealParts.requireRoot()
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "1"])
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        XCTAssertEqual(chown(mirror.directory, 65534, 65534), 0)
        let error = try await assertProblem(.storage) { try await mirror.fetch() }
        XCTAssertTrue(error.description.contains("who runs Berth; remove it"), "\(error)")
    }

    func testMirrorOfAnotherRemoteIsRecreated() async throws {
        let (one, two) = (try Fixture(), try Fixture())
        let old = try id(one.repository.commit("one", ["a": "1"]))
        let new = try id(two.repository.commit("two", ["a": "2"]))
        _ = try await one.mirror().fetch()

        let mirror = try one.mirror(two.repository.path)
        let before = try await mirror.current("main")
        XCTAssertNil(before, "another remote's branch is not this one's")
        let fetched = try await mirror.fetch()
        XCTAssertEqual(fetched.commit, new)
        XCTAssertEqual(fetched.recreatedBecause, "it mirrors another remote")
        try await assertProblem(.revisionNotFound(old.hex)) { try await mirror.commit(old) }
    }

    func testManyFetchesDoNotPileUpPacks() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "0"])
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        let dropped = try id(fixture.repository.commit("dropped", ["a": "dropped"]))
        _ = try await mirror.fetch()
        try fixture.repository.git("reset", "--quiet", "--hard", "HEAD^")
        var last: GitFetched?
        for number in 1...40 {
            try fixture.repository.commit("number \(number)", ["a": "\(number)"])
            last = try await mirror.fetch()
        }
        let folder = mirror.directory + "/current/objects/pack"
        let packs = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".pack") }
        XCTAssertLessThan(packs.count, 32)
        let commit = try XCTUnwrap(last).commit
        let history = try await mirror.firstParents(of: commit, limit: 100)
        XCTAssertEqual(history.count, 41)
        let kept = try await mirror.commit(dropped)
        XCTAssertEqual(kept.subject, "dropped", "a superseded end outlives the copying")
        let generations = try FileManager.default.contentsOfDirectory(atPath: mirror.directory)
            .filter { $0.hasSuffix(".git") }
        XCTAssertEqual(generations, ["2.git"])
        let current = try await mirror.lastFetched()
        XCTAssertEqual(current, GitTip(branch: "main", commit: commit))
    }

    func testTipAndTreeAreQuick() async throws {
        let fixture = try Fixture()
        let files = (1...50).map { ("manifests/service-\($0).yaml", "services: {web\($0): {}}\n") }
        try fixture.repository.commit("many", Dictionary(uniqueKeysWithValues: files))
        let mirror = try fixture.mirror()
        let commit = try await mirror.fetch().commit
        let clock = ContinuousClock()
        var best = (tip: Duration.seconds(9), tree: Duration.seconds(9))
        for _ in 1...10 {
            best.tip = min(best.tip, try await clock.measure { _ = try await mirror.tip() })
            let tree = try await clock.measure {
                let read = try await mirror.tree(commit, folders: ["manifests"])
                XCTAssertEqual(read.count, 50)
            }
            best.tree = min(best.tree, tree)
        }
        print("tip \(best.tip), tree of 50 files \(best.tree)")
        XCTAssertLessThan(best.tip, .milliseconds(50))
        XCTAssertLessThan(best.tree, .milliseconds(50))
    }
}
