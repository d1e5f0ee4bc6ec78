import Foundation
import GitSource
import Model
import TestSupport
import XCTest

@testable import Controller

/// A folder that is checked and its commit that is read get the same answer.
final class SameAnswerTests: XCTestCase {
    private static let manifest =
        "services: { web: { image: registry.example/web:1, env_file: conf/app.env } }\n"

    func testFolderAndCommitAgree() async throws {
        for (subject, links, want) in [
            ("plain files", [:], nil),
            ("a link that no one reads", ["manifests/NOTES.md": "/etc/passwd"], nil),
            ("a folder of links", ["manifests/docs/a.yaml": "../web.yaml"], nil),
            (
                "a manifest", ["manifests/other.yaml": "web.yaml"],
                "manifests/other.yaml:1:1: error: it is a symbolic link; commit a plain file"
            ),
            (
                "an environment", ["environments/dev.yml": "prod.yaml"],
                "environments/dev.yml:1:1: error: it is a symbolic link"
            ),
            (
                "a file that is read", ["manifests/conf/app.env": "../real.env"],
                "manifests/conf/app.env cannot be read: it is a symbolic link"
            ),
            (
                "a folder on the way", ["manifests/conf": "../elsewhere"],
                "manifests/conf/app.env cannot be read: it is a symbolic link"
            ),
        ] as [(String, [String: String], String?)] {
            let repository = try TemporaryRepository()
            var files = [
                "manifests/web.yaml": Self.manifest, "manifests/real.env": "A=1\n",
                "environments/prod.yaml": "services: { web: }\n", "elsewhere/app.env": "A=1\n",
            ]
            if links.keys.allSatisfy({ !$0.hasPrefix("manifests/conf") }) {
                files["manifests/conf/app.env"] = "A=1\n"
            }
            try repository.commit("Begin", files)
            for (path, target) in links {
                let url = URL(fileURLWithPath: "\(repository.path)/\(path)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                XCTAssertEqual(symlink(target, url.path), 0)
            }
            if !links.isEmpty { try repository.commit("Link") }

            let folder = try CheckedFolder(path: repository.path).problems.map(\.description)
            let state = try TemporaryDirectory("berth-state")
            let mirror = GitMirror(
                directory: state.file("mirror.git"),
                remote: try GitRemote(repository.path)
            )
            let fleet = GitFleet(mirror: mirror)
            _ = try await fleet.refresh()
            let commit = try await fleet.desired(for: "prod").problems.map(\.description)
            for (answer, found) in [("folder", folder), ("commit", commit)] {
                XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(subject), \(answer): \(found)")
                guard let want else { continue }
                XCTAssertTrue(
                    found.first?.contains(want) == true,
                    "\(subject), \(answer): \(found)"
                )
            }
        }
    }

    /// A slash is one whatever stands behind it, as it is to git.
    func testALinkBeforeASlashWithAMarkIsNotFollowed() throws {
        let folder = try TemporaryDirectory("berth-tree")
        try folder.write("elsewhere/\u{301}app.env", "A=1\n")
        try folder.write("conf/\u{301}app.env", "A=1\n")
        XCTAssertEqual(symlink("elsewhere", folder.file("link")), 0)
        let tree = WorkingTree(path: folder.path)
        XCTAssertNotNil(try tree.committed("conf/\u{301}app.env"))
        XCTAssertThrowsError(try tree.committed("link/\u{301}app.env"))
    }
}
