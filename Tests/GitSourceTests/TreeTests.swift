import TestSupport
import XCTest

@testable import GitSource

/// Reads committed files, and refuses what is not one.
final class TreeTests: XCTestCase {
    func testFoldersAreReadSortedAndWithoutFoldersBelow() async throws {
        let fixture = try Fixture()
        let commit = try id(
            fixture.repository.commit(
                "first",
                [
                    "manifests/web.yaml": "web", "manifests/data/db.yaml": "db",
                    "manifests/README.md": "read me", "environments/prod.yaml": "prod",
                    "elsewhere/x.yaml": "x", "top.yaml": "top",
                ]
            )
        )
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        let files = try await mirror.tree(commit, folders: ["manifests", "environments/", "none"]) {
            $0.hasSuffix(".yaml")
        }
        XCTAssertEqual(
            files.map { "\($0.path)=\(String(decoding: $0.bytes, as: UTF8.self))" },
            ["environments/prod.yaml=prod", "manifests/web.yaml=web"]
        )
        let below = try await mirror.tree(commit, folders: ["manifests/data"])
        XCTAssertEqual(below.map(\.path), ["manifests/data/db.yaml"])
        try await assertProblem(.pathNotFound("top.yaml/")) {
            try await mirror.tree(commit, folders: ["top.yaml"])
        }
        let missing = try id(String(repeating: "0", count: 39) + "1")
        try await assertProblem(.revisionNotFound(missing.hex)) {
            try await mirror.tree(missing, folders: ["manifests"])
        }
    }

    func testOneFile() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["manifests/conf/app.ini": "x=1"])
        let commit = try id(fixture.repository.head())
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        for path in ["manifests/conf/app.ini", "./manifests//x/../conf/app.ini"] {
            let file = try await mirror.file(path, at: commit)
            XCTAssertEqual(file.path, "manifests/conf/app.ini")
            XCTAssertEqual(file.bytes, Array("x=1".utf8))
        }
        for path in ["manifests/none", "../manifests/conf/app.ini", "/etc/passwd", "", "a\0b"] {
            try await assertProblem(.pathNotFound(path)) {
                try await mirror.file(path, at: commit)
            }
        }
        try await assertProblem(.refusedEntry(path: "manifests/conf", .folder)) {
            try await mirror.file("manifests/conf", at: commit)
        }
    }

    func testSymbolicLinksAndSubmodulesAreRefusedWithTheirPath() async throws {
        let fixture = try Fixture()
        let first = try fixture.repository.commit("first", ["manifests/web.yaml": "web"])
        try fixture.repository.git(
            "update-index",
            "--add",
            "--cacheinfo",
            "160000,\(first),manifests/sub"
        )
        try fixture.repository.git("commit", "--quiet", "-m", "submodule")
        let submodule = try id(fixture.repository.head())
        try fixture.repository.git("reset", "--quiet", "--hard", first)
        try FileManager.default.createSymbolicLink(
            atPath: fixture.repository.path + "/manifests/link.yaml",
            withDestinationPath: "/etc/passwd"
        )
        try FileManager.default.createSymbolicLink(
            atPath: fixture.repository.path + "/conf",
            withDestinationPath: "manifests"
        )
        let link = try id(fixture.repository.commit("links"))
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        // The branch no longer has it, so it is fetched under a name of its own.
        try fixture.repository.git("branch", "submodule", submodule.hex)
        _ = try await mirror.fetch("submodule")

        let table: [(CommitID, String, GitError.Entry)] = [
            (submodule, "manifests/sub", .submodule),
            (link, "manifests/link.yaml", .symbolicLink),
        ]
        for (commit, path, entry) in table {
            let error = try await assertProblem(.refusedEntry(path: path, entry)) {
                try await mirror.tree(commit, folders: ["manifests"], where: { $0 == path })
            }
            // What is not asked for does not count.
            let others = try await mirror.tree(commit, folders: ["manifests"]) { $0 != path }
            XCTAssertEqual(others.map(\.path), ["manifests/web.yaml"])
            XCTAssertTrue(
                error.description.contains("\"\(path)\" is \(entry.rawValue)"),
                "\(error)"
            )
        }
        try await assertProblem(.refusedEntry(path: "conf", .symbolicLink)) {
            try await mirror.file("conf/web.yaml", at: link)
        }
        try await assertProblem(.refusedEntry(path: "conf", .symbolicLink)) {
            try await mirror.tree(link, folders: ["conf"])
        }
    }

    func testNamesThatNoFileSystemShouldBeGiven() async throws {
        let fixture = try Fixture()
        try fixture.repository.commit("first", ["a": "1"])
        let blob = try fixture.repository.git("rev-parse", "HEAD:a")
        let mirror = try fixture.mirror()
        let names = [
            "..", ".git", "a/b", ".GIT", "a\nb", "a\r\nb", "\u{1B}[2Ja", "a\tb", "a\u{7F}",
            "caf\u{00e9}",
        ]
        for name in names {
            let tree = try fixture.repository.makeTree([("100644", blob, name)])
            let root = try fixture.repository.makeTree([("40000", tree, "manifests")])
            let commit = try fixture.repository.git("commit-tree", "-m", "x", root)
            try fixture.repository.git("update-ref", "refs/heads/main", commit)
            let fetched = try await mirror.fetch("main").commit
            if name == "caf\u{00e9}" {
                let files = try await mirror.tree(fetched, folders: ["manifests"])
                XCTAssertEqual(files.map(\.path), ["manifests/caf\u{00e9}"])
                continue
            }
            try await assertProblem(.refusedEntry(path: "manifests/\(name)", .badName)) {
                try await mirror.tree(fetched, folders: ["manifests"])
            }
        }
    }

    func testLimits() async throws {
        let fixture = try Fixture()
        let files = (1...5).map {
            ("manifests/f\($0).yaml", String(repeating: "x", count: 100))
        }
        let commit = try id(
            fixture.repository.commit("first", Dictionary(uniqueKeysWithValues: files))
        )
        _ = try await fixture.mirror().fetch()
        let table: [(WritableKeyPath<GitLimits, Int>, Int, String)] = [
            (\.files, 4, "the number of files"),
            (\.bytesPerFile, 99, "\"manifests\", with"),
            (\.bytesInAll, 499, "all files together, in bytes,"),
        ]
        for (limit, value, what) in table {
            var limits = GitLimits()
            limits[keyPath: limit] = value
            let mirror = try fixture.mirror(limits: limits)
            do {
                _ = try await mirror.tree(commit, folders: ["manifests"])
                XCTFail(what)
            } catch {
                guard case .tooLarge(let found, value) = error.problem else {
                    XCTFail("\(error)")
                    continue
                }
                XCTAssertTrue(found.hasPrefix(what) || limit == \.bytesPerFile, "\(error)")
            }
        }
        var exact = GitLimits()
        (exact.files, exact.bytesInAll) = (5, 500)
        let read = try await fixture.mirror(limits: exact).tree(commit, folders: ["manifests"])
        XCTAssertEqual(read.count, 5, "a limit is what is still allowed")
    }

    func testTooLargeFileIsNamed() async throws {
        let fixture = try Fixture()
        let text = String(repeating: "x", count: 5000)
        let commit = try id(fixture.repository.commit("first", ["manifests/large.yaml": text]))
        var limits = GitLimits()
        limits.bytesPerFile = 4999
        let mirror = try fixture.mirror(limits: limits)
        _ = try await mirror.fetch()
        let problem = GitError.Problem.tooLarge(
            what: "\"manifests/large.yaml\", with 5000 bytes,",
            limit: 4999
        )
        try await assertProblem(problem) { try await mirror.tree(commit, folders: ["manifests"]) }
        try await assertProblem(problem) {
            try await mirror.file("manifests/large.yaml", at: commit)
        }
    }
}
