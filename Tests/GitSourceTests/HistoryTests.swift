import TestSupport
import XCTest

@testable import GitSource

/// Asks who did what when, and compares with what `git` says.
final class HistoryTests: XCTestCase {
    func testCommit() async throws {
        let fixture = try Fixture()
        let root = try id(fixture.repository.commit("root"))
        let name = try id(
            fixture.repository.commit(
                "Raise web\nto 1.4\n\nBecause.",
                ["a": "1"],
                author: "Second Author Höpper <second@example.org>",
                at: 1_600_000_000
            )
        )
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        let commit = try await mirror.commit(name)
        XCTAssertEqual(commit.id, name)
        XCTAssertEqual(commit.subject, "Raise web to 1.4")
        XCTAssertEqual(commit.author, "Second Author Höpper")
        XCTAssertEqual(commit.authoredAt, 1_600_000_000)
        XCTAssertEqual(commit.parents, [root])
    }

    /// Anyone who may commit writes what others see on their terminals.
    func testWordsOfACommitPlayNoTricks() async throws {
        let fixture = try Fixture()
        let name = try id(
            fixture.repository.commit(
                "Raise \u{1B}[2Jweb\u{9B}1m \u{202E}now\r",
                author: "A\u{1B}]0;x\u{7} B <a\u{1B}b@example.org>"
            )
        )
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        let commit = try await mirror.commit(name)
        XCTAssertEqual(commit.subject, "Raise [2Jweb 1m now")
        XCTAssertEqual(commit.author, "A ]0;x B")
    }

    func testResolve() async throws {
        let fixture = try Fixture()
        let root = try id(fixture.repository.commit("root", ["a": "1"]))
        let middle = try id(fixture.repository.commit("middle", ["a": "2"]))
        try fixture.repository.git("tag", "-a", "-m", "release", "v1.0")
        let tip = try id(fixture.repository.commit("tip", ["a": "3"]))
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch(tags: true)
        let table = [
            (tip.hex, tip), (tip.hex.uppercased(), tip), (String(root.hex.prefix(8)), root),
            ("main", tip), ("main~1", middle), ("main^^", root), ("v1.0", middle), ("v1.0~1", root),
        ]
        for (text, want) in table {
            let found = try await mirror.resolve(text)
            XCTAssertEqual(found, want, text)
        }
        for text in [
            "", "nothing", "abc", "0123456789", "main~9", "main:a", "HEAD@{1}", "main^{tree}", "~1",
        ] {
            do {
                let found = try await mirror.resolve(text)
                XCTFail("\(text) became \(found)")
            } catch {
                guard case .revisionNotFound = error.problem else {
                    XCTFail("\(text): \(error)")
                    continue
                }
            }
        }
    }

    func testAmbiguousDigits() async throws {
        let fixture = try Fixture()
        // Among this many commits two share their first four digits (birthday bound: p > 0.9999).
        let mirror = try fixture.mirror()
        for _ in 0..<3 { try fixture.repository.commit("x") }
        try fixture.repository.makeCommits(1200)
        _ = try await mirror.fetch()
        let all = try fixture.repository.git("rev-list", "main").split(separator: "\n")
        let groups = Dictionary(grouping: all) { $0.prefix(4) }
        let twins = try XCTUnwrap(groups.first { $0.value.count > 1 }).key
        let text = String(twins)
        try await assertProblem(.ambiguousRevision(text)) { try await mirror.resolve(text) }
    }

    func testFirstParents() async throws {
        let fixture = try Fixture()
        let root = try id(fixture.repository.commit("root", ["m/a": "1", "m/b": "1"]))
        try fixture.repository.git("checkout", "--quiet", "-b", "side")
        try fixture.repository.commit("side", ["m/a": "2"])
        try fixture.repository.git("checkout", "--quiet", "main")
        let other = try id(fixture.repository.commit("other", ["n": "1"]))
        try fixture.repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "side")
        let merge = try id(fixture.repository.head())
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()

        let line = try await mirror.firstParents(of: merge, limit: 9)
        XCTAssertEqual(line.map(\.id), [merge, other, root])
        let two = try await mirror.firstParents(of: merge, limit: 2)
        XCTAssertEqual(two.count, 2)
    }

    func testBlame() async throws {
        let fixture = try Fixture()
        let first = try id(fixture.repository.commit("first", ["p.yaml": "a: 1\nb: 1\nc: 1\n"]))
        let second = try id(fixture.repository.commit("second", ["p.yaml": "a: 1\nb: 2\nc: 1\n"]))
        let third = try id(
            fixture.repository.commit("third", ["p.yaml": "a: 1\nb: 2\nx: 0\nc: 1\nz"])
        )
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        let lines = try await mirror.blame("p.yaml", at: third)
        XCTAssertEqual(lines.map(\.line), [1, 2, 3, 4, 5])
        XCTAssertEqual(lines.map(\.commit.id), [first, second, third, first, third])
        let one = try await mirror.blame("p.yaml", lines: 2...2, at: third)
        XCTAssertEqual(one.map(\.commit.subject), ["second"])
        let past = try await mirror.blame("p.yaml", lines: 4...99, at: third)
        XCTAssertEqual(past.map(\.line), [4, 5])
        for range in [0...0, 6...9, -3...0, 0...1] {
            let found = try await mirror.blame("p.yaml", lines: range, at: third)
            XCTAssertEqual(found.map(\.line), range == 0...1 ? [1] : [], "\(range)")
        }
        try await assertProblem(.pathNotFound("q.yaml")) {
            try await mirror.blame("q.yaml", at: third)
        }

        var limits = GitLimits()
        limits.historyDepth = 1
        let shallow = try await fixture.mirror(limits: limits).blame("p.yaml", at: third)
        XCTAssertEqual(shallow.map(\.commit.id), [second, second, third, second, third])
    }

    /// Random edits on two branches that merge, line by line against `git blame`.
    func testBlameAgreesWithGit() async throws {
        var random = SeededGenerator.reported()
        let seed = random.seed
        let fixture = try Fixture()
        var lines = (1...30).map { "key\($0): 0" }
        func edit(_ range: Range<Int>) {
            for _ in 1...3 {
                let index = Int.random(in: range, using: &random)
                lines[index] = "key\(index): \(UInt32.random(in: 1 ... .max, using: &random))"
            }
        }
        func text() -> String { lines.joined(separator: "\n") + "\n" }
        try fixture.repository.commit("root", ["p.yaml": text()])
        for round in 1...6 {
            let base = lines
            try fixture.repository.git("checkout", "--quiet", "-B", "side")
            edit(0..<12)
            try fixture.repository.commit("side \(round)", ["p.yaml": text()])
            try fixture.repository.git("checkout", "--quiet", "main")
            lines = base
            edit(18..<30)
            try fixture.repository.commit("main \(round)", ["p.yaml": text()])
            try fixture.repository.git(
                "merge",
                "--quiet",
                "--no-ff",
                "-m",
                "merge \(round)",
                "side"
            )
            lines = try String(contentsOfFile: fixture.repository.path + "/p.yaml", encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }
        let mirror = try fixture.mirror()
        let tip = try await mirror.fetch().commit
        let ours = try await mirror.blame("p.yaml", at: tip).map(\.commit.id.hex)
        let theirs = try fixture.repository.git("blame", "-l", "--root", "p.yaml")
            .split(separator: "\n").map { String($0.prefix(40)) }
        XCTAssertEqual(ours, theirs, "seed \(seed)")
    }
}
