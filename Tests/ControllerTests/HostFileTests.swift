import Digests
import Foundation
import Model
import TestSupport
import XCTest

@testable import Controller

/// Files of the host that specs depend on.
final class HostFileTests: XCTestCase {
    private func folder() throws -> TemporaryDirectory { try TemporaryDirectory("berth-files") }

    private func within(_ folder: TemporaryDirectory) -> GrantedPaths {
        GrantedPaths([.init(path: folder.path, isReadOnly: true), .init(path: "/dev")])
    }

    func testTheDigestIsThatOfTheContent() throws {
        let folder = try folder()
        for size in [0, 1, 256 << 10, (256 << 10) + 1, 1_000_000] {
            let text = String(repeating: "x", count: size)
            let file = HostFile(path: try folder.write("file", text))
            XCTAssertEqual(
                try file.digest(in: within(folder)),
                Digest(hashing: Array(text.utf8)),
                "\(size)"
            )
            XCTAssertEqual(try file.bytes(in: within(folder), atMost: size)?.count, size)
        }
    }

    func testAMissingFileIsAnErrorWhereItIsNeeded() throws {
        let folder = try folder()
        let path = folder.file("missing")
        XCTAssertNil(try HostFile(path: path, isRequired: false).digest(in: within(folder)))
        XCTAssertThrowsError(try HostFile(path: path).digest(in: within(folder))) { error in
            XCTAssertEqual(
                "\(error)",
                "\(path) of this host cannot be read: No such file or directory; put it there, "
                    + "or take it out of the service"
            )
        }
    }

    func testWhatIsNoFileIsRefusedAtOnce() throws {
        let folder = try folder()
        XCTAssertEqual(mkfifo(folder.file("pipe"), 0o600), 0)
        for path in [folder.path, folder.file("pipe"), "/dev/zero"] {
            XCTAssertThrowsError(
                try HostFile(path: path, isRequired: false).digest(in: within(folder)),
                path
            ) {
                XCTAssertEqual($0 as? HostFileError, HostFileError(path: path, reason: .notRegular))
            }
        }
    }

    func testAFileIsNotReadHalf() throws {
        let folder = try folder()
        let file = HostFile(path: try folder.write("big", "12345"))
        XCTAssertThrowsError(try file.bytes(in: within(folder), atMost: 4))
    }

    /// What runs stays as it is when a file that it was made with is gone.
    func testAServiceWithoutItsFileIsLeftAlone() async throws {
        let scene = try LoopScene(Sample.desired([try Sample.service()]))
        scene.host.add(Sample.container(try Sample.service()))
        scene.host.change { $0.missingFile = "/etc/secret" }
        try await scene.run { try await scene.look(times: 5) }
        XCTAssertEqual(scene.host.now.calls, [])
        XCTAssertEqual(scene.lines.count("/etc/secret of this host cannot be read"), 1)
    }
}
