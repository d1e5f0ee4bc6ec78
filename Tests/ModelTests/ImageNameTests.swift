import Digests
import Model
import TestSupport
import XCTest

final class ImageNameTests: XCTestCase {
    private let digest = "sha256:" + String(repeating: "f", count: 64)

    /// A question put to distribution/reference, and its answer.
    private struct Row: Decodable {
        let input: String
        let error: String?
        let canonical: String?
        let domain: String?
        let familiar: String?
        let path: String?
        let tag: String?
        let digest: String?
        let with_default_tag: String?
    }

    func testAgreesWithDistributionReference() throws {
        let rows = try CorpusFile("compose-go/image_reference.jsonl").rows(as: Row.self)
        XCTAssertGreaterThan(rows.count, 100)
        var counts = (equal: 0, refused: 0, otherAlgorithm: 0)
        for row in rows {
            // The one difference on purpose: digests are SHA-256, as registries and the Engine
            // have them, and no other algorithm.
            let isOtherAlgorithm = row.digest.map { !$0.hasPrefix("sha256:") } ?? false
            guard row.error == nil, !isOtherAlgorithm else {
                XCTAssertThrowsError(try ImageName(row.input), row.input)
                if row.error != nil { counts.refused += 1 } else { counts.otherAlgorithm += 1 }
                continue
            }
            let name = try ImageName(row.input)
            XCTAssertEqual(name.registry, row.domain, row.input)
            XCTAssertEqual(name.path, row.path, row.input)
            XCTAssertEqual(name.tag, row.tag, row.input)
            XCTAssertEqual(name.digest?.description, row.digest, row.input)
            XCTAssertEqual(name.canonical, row.canonical, row.input)
            XCTAssertEqual(name.familiar, row.familiar, row.input)
            XCTAssertEqual(name.withDefaultTag.canonical, row.with_default_tag, row.input)
            XCTAssertEqual(try ImageName(name.canonical), name, row.input)
            XCTAssertEqual(try ImageName(name.familiar), name, row.input)
            counts.equal += 1
        }
        print(
            "image_reference: \(counts.equal) equal, \(counts.refused) refused by both; by rule: "
                + "\(counts.otherAlgorithm) digests are SHA-256"
        )
    }

    func testReadsAndNormalises() throws {
        for (text, canonical, familiar) in [
            ("redis", "docker.io/library/redis", "redis"),
            ("index.docker.io/redis:7", "docker.io/library/redis:7", "redis:7"),
            ("docker.io/team/app", "docker.io/team/app", "team/app"),
            ("localhost/app", "localhost/app", "localhost/app"),
            ("localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"),
            ("Registry/app", "Registry/app", "Registry/app"),
            ("[::1]:5000/app:1", "[::1]:5000/app:1", "[::1]:5000/app:1"),
            ("ghcr.io/a/b:1@\(digest)", "ghcr.io/a/b:1@\(digest)", "ghcr.io/a/b:1@\(digest)"),
        ] {
            let name = try ImageName(text)
            XCTAssertEqual(name.canonical, canonical, text)
            XCTAssertEqual(name.familiar, familiar, text)
            XCTAssertEqual("\(name)", familiar, text)
        }
    }

    func testFamiliarFormReadsBackAsTheSameName() throws {
        let hex = String(repeating: "0", count: 64)
        for text in ["docker.io/team.one/app", "docker.io/localhost/app", "library/\(hex)"] {
            let name = try ImageName(text)
            XCTAssertEqual(try ImageName(name.familiar), name, text)
        }
    }

    func testSpellingsOfOneImageAreEqual() throws {
        let names = try ["redis:7", "library/redis:7", "docker.io/redis:7"].map {
            try ImageName($0)
        }
        XCTAssertEqual(Set(names).count, 1)
    }

    func testErrorNamesPlaceAndReason() {
        let long = String(repeating: "a", count: 256)
        let identifier = String(repeating: "0", count: 64)
        for (text, reason, position) in [
            ("", .empty, 0),
            (String(repeating: "a", count: 1025), .tooLong, 0),
            (identifier, .imageID, 0),
            ("https://ghcr.io/a", .scheme, 0),
            ("ghcr.io:x/a", .registry, 8),
            ("ghcr..io/a", .registry, 5),
            ("-ghcr.io/a", .registry, 0),
            ("gh_cr.io/a", .registry, 2),
            ("[::1/a", .registry, 0),
            ("[::g]/a", .registry, 1),
            ("[::1]5/a", .registry, 5),
            ("ghcr.io/", .missingPath, 8),
            (":1.0", .missingPath, 0),
            ("ghcr.io/Owner/app", .uppercase, 8),
            ("Redis", .uppercase, 0),
            ("a//b", .path, 2),
            ("a___b", .path, 1),
            ("a..b", .path, 1),
            ("a-", .path, 2),
            ("a b", .path, 1),
            ("caf\u{e9}", .path, 3),
            ("ghcr.io/\(long)", .pathTooLong, 8),
            (String(repeating: "a", count: 248), .pathTooLong, 0),
            ("a:", .tag, 2),
            ("a:-x", .tag, 2),
            ("a:1.0 ", .tag, 5),
            ("a:" + String(repeating: "t", count: 129), .tag, 130),
            ("a:1@", .digest, 4),
            ("a@sha256:ff", .digest, 2),
            ("a@sha256:" + String(repeating: "F", count: 64), .digest, 2),
            ("a@sha512:" + String(repeating: "f", count: 128), .digest, 2),
        ] as [(String, ImageNameError.Reason, Int)] {
            XCTAssertThrowsError(try ImageName(text), text) { error in
                let error = error as? ImageNameError
                XCTAssertEqual(error?.reason, reason, text)
                XCTAssertEqual(error?.position, position, text)
            }
        }
    }

    func testErrorIsASentenceWithTheRemedy() {
        XCTAssertThrowsError(try ImageName("ghcr.io/Owner/app")) { error in
            XCTAssertEqual(
                "\(error)",
                "\"ghcr.io/Owner/app\" is not an image name: at character 9, the repository has "
                    + "an upper-case letter; write it in lower case"
            )
        }
        XCTAssertThrowsError(try ImageName("a\u{1b}[31m")) { error in
            XCTAssertFalse("\(error)".contains("\u{1b}"))
        }
    }

    func testNamesRegistry() {
        for (text, want) in [
            ("redis", false), ("redis:7", false), ("team/app", false), ("localhost:5000", false),
            ("localhost/app", true), ("ghcr.io/a", true), ("a:5000/b", true), ("FOO/bar", true),
            ("docker.io/redis", true),
        ] {
            XCTAssertEqual(ImageName.namesRegistry(text), want, text)
        }
    }

    func testOtherTagsAndDigests() throws {
        let content = Digest(hashing: "content".utf8)
        let name = try ImageName("ghcr.io/a/b:1@\(digest)")
        XCTAssertEqual(try name.withTag("2").canonical, "ghcr.io/a/b:2")
        XCTAssertEqual(name.withDigest(content).canonical, "ghcr.io/a/b:1@\(content)")
        XCTAssertEqual(name.pinned(to: content).canonical, "ghcr.io/a/b@\(content)")
        XCTAssertEqual(try ImageName("redis").withDefaultTag.familiar, "redis:latest")
        XCTAssertEqual(name.withDefaultTag, name)
        XCTAssertThrowsError(try name.withTag("a b")) { error in
            XCTAssertEqual((error as? ImageNameError)?.position, 1)
        }
    }
}
