import Foundation
import GitSource
import Model
import TestSupport
import XCTest

@testable import Controller

final class GitFleetTests: XCTestCase {
    private let manifest = """
        services:
          web:
            image: registry.example/web

        """

    private func environment(_ version: String) -> String {
        """
        services:
          web:
            version: "\(version)"

        """
    }

    private let broken = """
        services:
          web:
            version: "3"
            no_such_key: 1

        """

    private struct Scene {
        let repository: TemporaryRepository
        let state: TemporaryDirectory
        let fleet: GitFleet

        init() throws {
            repository = try TemporaryRepository()
            state = try TemporaryDirectory("berth-state")
            fleet = try Self.fleet(repository, state)
        }

        static func fleet(
            _ repository: TemporaryRepository,
            _ state: TemporaryDirectory,
            pinned: String? = nil
        ) throws -> GitFleet {
            let remote = try GitRemote(repository.path)
            let mirror = GitMirror(directory: state.file("mirror.git"), remote: remote)
            return GitFleet(mirror: mirror, pinned: pinned)
        }
    }

    func testTheNewestRevisionIsRead() async throws {
        let scene = try Scene()
        let first = try scene.repository.commit(
            "Begin",
            ["manifests/web.yaml": manifest, "environments/prod.yaml": environment("1")]
        )
        let refresh = try await scene.fleet.refresh()
        XCTAssertEqual(refresh.current.id, first)
        XCTAssertEqual(refresh.current.author, "First Author")
        XCTAssertEqual(refresh.current.subject, "Begin")
        XCTAssertTrue(refresh.isMoved)
        let again = try await scene.fleet.refresh()
        XCTAssertFalse(again.isMoved)
        let names = try await scene.fleet.environments()
        XCTAssertEqual(names, ["prod"])
        let wanted = try await scene.fleet.desired(for: "prod")
        XCTAssertEqual(wanted.problems, [])
        XCTAssertEqual(wanted.desired?.revision.id, first)
        XCTAssertEqual(wanted.desired?.services.map(\.version), ["1"])

        let second = try scene.repository.commit(
            "Promote",
            ["environments/prod.yaml": environment("2")]
        )
        let moved = try await scene.fleet.refresh()
        XCTAssertEqual(moved.previous, first)
        XCTAssertEqual(moved.current.id, second)
        XCTAssertFalse(moved.isRewritten)
        let next = try await scene.fleet.desired(for: "prod")
        XCTAssertEqual(next.desired?.services.map(\.version), ["2"])
        let older = try await scene.fleet.desired(for: "prod", at: first)
        XCTAssertEqual(older?.services.map(\.version), ["1"])
    }

    func testABrokenTipLeavesTheLastGoodRevision() async throws {
        let scene = try Scene()
        try scene.repository.commit(
            "Begin",
            ["manifests/web.yaml": manifest, "environments/prod.yaml": environment("1")]
        )
        let good = try scene.repository.commit(
            "Promote",
            [
                "environments/prod.yaml": environment("2"),
                "environments/staging.yaml": environment("2"),
            ]
        )
        try scene.repository.commit("Break", ["environments/prod.yaml": broken])
        let tip = try scene.repository.commit(
            "Break more",
            ["environments/prod.yaml": broken + "# still\n"]
        )
        _ = try await scene.fleet.refresh()
        let wanted = try await scene.fleet.desired(for: "prod")
        XCTAssertEqual(wanted.tip.id, tip)
        XCTAssertEqual(wanted.desired?.revision.id, good)
        XCTAssertEqual(wanted.desired?.services.map(\.version), ["2"])
        XCTAssertEqual(
            wanted.problems.first?.location,
            SourceLocation(file: "environments/prod.yaml", line: 4, column: 5),
            "\(wanted.problems)"
        )
        // The other environment goes on.
        let staging = try await scene.fleet.desired(for: "staging")
        XCTAssertEqual(staging.problems, [])
        XCTAssertEqual(staging.desired?.revision.id, tip)
        let older = try await scene.fleet.desired(for: "prod", at: tip)
        XCTAssertNil(older)
    }

    func testALinkAmongTheManifestsLeavesTheLastGoodRevision() async throws {
        let scene = try Scene()
        let good = try scene.repository.commit(
            "Begin",
            ["manifests/web.yaml": manifest, "environments/prod.yaml": environment("1")]
        )
        let link = "\(scene.repository.path)/manifests/other.yaml"
        XCTAssertEqual(symlink("web.yaml", link), 0)
        let tip = try scene.repository.commit("Link")
        _ = try await scene.fleet.refresh()
        let names = try await scene.fleet.environments()
        XCTAssertEqual(names, ["prod"])
        let wanted = try await scene.fleet.desired(for: "prod")
        XCTAssertEqual(wanted.tip.id, tip)
        XCTAssertEqual(wanted.desired?.revision.id, good)
        XCTAssertEqual(
            wanted.problems.map(\.description),
            [
                "manifests/other.yaml:1:1: error: it is a symbolic link; commit a plain file in "
                    + "its place"
            ]
        )
    }

    func testWithoutAGoodRevisionThereIsNone() async throws {
        let scene = try Scene()
        try scene.repository.commit(
            "Begin",
            ["manifests/web.yaml": manifest, "environments/prod.yaml": broken]
        )
        _ = try await scene.fleet.refresh()
        let wanted = try await scene.fleet.desired(for: "prod")
        XCTAssertNil(wanted.desired)
        XCTAssertFalse(wanted.problems.isEmpty)
    }

    func testRewrittenHistoryIsNoticedAndFollowed() async throws {
        let scene = try Scene()
        try scene.repository.commit(
            "Begin",
            ["manifests/web.yaml": manifest, "environments/prod.yaml": environment("1")]
        )
        try scene.repository.commit("Promote", ["environments/prod.yaml": environment("2")])
        _ = try await scene.fleet.refresh()
        try scene.repository.git("reset", "--quiet", "--hard", "HEAD~1")
        let other = try scene.repository.commit(
            "Promote otherwise",
            ["environments/prod.yaml": environment("3")]
        )
        let refresh = try await scene.fleet.refresh()
        XCTAssertTrue(refresh.isRewritten)
        XCTAssertEqual(refresh.current.id, other)
        let wanted = try await scene.fleet.desired(for: "prod")
        XCTAssertEqual(wanted.desired?.services.map(\.version), ["3"])
    }

    func testALineHasAnAuthor() async throws {
        let scene = try Scene()
        let first = try scene.repository.commit(
            "Begin",
            ["manifests/web.yaml": manifest, "environments/prod.yaml": environment("1")]
        )
        let second = try scene.repository.commit(
            "Promote",
            ["environments/prod.yaml": environment("2")],
            author: "Second Author <second@example.org>"
        )
        _ = try await scene.fleet.refresh()
        let lines: [(line: Int, commit: String, author: String)] = [
            (2, first, "First Author"), (3, second, "Second Author"),
        ]
        for (line, commit, author) in lines {
            let place = SourceLocation(file: "environments/prod.yaml", line: line, column: 1)
            let found = await scene.fleet.author(of: place, at: second)
            XCTAssertEqual(found?.id, commit, "line \(line)")
            XCTAssertEqual(found?.author, author, "line \(line)")
        }
        let nowhere = SourceLocation(file: "environments/none.yaml", line: 1, column: 1)
        let nobody = await scene.fleet.author(of: nowhere, at: second)
        XCTAssertNil(nobody)
    }

    func testFilesThatManifestsNameComeFromTheCommit() async throws {
        let scene = try Scene()
        try scene.repository.commit(
            "Begin",
            [
                "manifests/web.yaml": manifest + "    env_file: ../config/web.env\n",
                "environments/prod.yaml": environment("1"), "config/web.env": "A=1\n",
            ]
        )
        _ = try await scene.fleet.refresh()
        let wanted = try await scene.fleet.desired(for: "prod")
        XCTAssertEqual(wanted.problems, [])
        XCTAssertEqual(wanted.desired?.services.first?.container.environment, ["A": "1"])
    }

    /// A folder, a link or a giant that one environment names is its own affair.
    func testWhatCannotBeReadConcernsWhoNamesItOnly() async throws {
        let scene = try Scene()
        let names = ["folder", "large", "link"]
        let services = names.map { name in
            "  \(name):\n    image: registry.example/web:1\n"
                + "    volumes: [\"../config/\(name):/d:ro\"]\n"
        }
        try scene.repository.commit(
            "Begin",
            [
                "manifests/web.yaml": manifest + services.joined(),
                "environments/prod.yaml": environment("1"),
                "environments/dev.yaml": "services: { folder: , large: , link: }\n",
                "config/folder/file": "x",
                "config/large": String(repeating: "x", count: (4 << 20) + 1),
            ]
        )
        try FileManager.default.createSymbolicLink(
            atPath: scene.repository.path + "/config/link",
            withDestinationPath: "folder/file"
        )
        try scene.repository.commit("Link")
        _ = try await scene.fleet.refresh()
        let prod = try await scene.fleet.desired(for: "prod")
        XCTAssertEqual(prod.problems, [])
        XCTAssertEqual(prod.desired?.services.map(\.version), ["1"])
        let dev = try await scene.fleet.desired(for: "dev")
        XCTAssertNil(dev.desired)
        XCTAssertEqual(
            dev.problems.map(\.description),
            [
                "manifests/web.yaml:6:15: error: services.folder.volumes[0]: "
                    + "config/folder cannot be read: it is a folder; put it on the host and "
                    + "write its absolute path",
                "manifests/web.yaml:9:15: error: services.large.volumes[0]: "
                    + "config/large cannot be read: it is too large; put it on the host and "
                    + "write its absolute path",
                "manifests/web.yaml:12:15: error: services.link.volumes[0]: "
                    + "config/link cannot be read: it is a symbolic link; put it on the host "
                    + "and write its absolute path",
            ]
        )
    }

    func testACommitThatIsNotThereSaysNothing() async throws {
        let scene = try Scene()
        try scene.repository.commit(
            "Begin",
            ["manifests/web.yaml": manifest, "environments/prod.yaml": environment("1")]
        )
        _ = try await scene.fleet.refresh()
        let gone = String(repeating: "7", count: 40)
        let desired = try await scene.fleet.desired(for: "prod", at: gone)
        XCTAssertNil(desired)
    }

    func testWithoutTheRemoteTheMirrorIsRead() async throws {
        let scene = try Scene()
        let first = try scene.repository.commit(
            "Begin",
            ["manifests/web.yaml": manifest, "environments/prod.yaml": environment("1")]
        )
        _ = try await scene.fleet.refresh()
        let next = try Scene.fleet(scene.repository, scene.state)
        let wanted = try await next.desired(for: "prod")
        XCTAssertEqual(wanted.desired?.revision.id, first)
    }

    func testAPinnedRevisionStays() async throws {
        let scene = try Scene()
        let first = try scene.repository.commit(
            "Begin",
            ["manifests/web.yaml": manifest, "environments/prod.yaml": environment("1")]
        )
        try scene.repository.commit("Promote", ["environments/prod.yaml": environment("2")])
        let pinned = try Scene.fleet(scene.repository, scene.state, pinned: first)
        let refresh = try await pinned.refresh()
        XCTAssertEqual(refresh.current.id, first)
        let wanted = try await pinned.desired(for: "prod")
        XCTAssertEqual(wanted.desired?.services.map(\.version), ["1"])
    }

    func testNothingFetchedIsAnErrorThatSaysWhatToDo() async throws {
        let scene = try Scene()
        do {
            _ = try await scene.fleet.desired(for: "prod")
            XCTFail("there is nothing to read")
        } catch {
            XCTAssertTrue("\(error)".contains("check --repo and --branch"), "\(error)")
        }
    }
}
