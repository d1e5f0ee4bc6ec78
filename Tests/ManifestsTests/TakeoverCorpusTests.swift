import Foundation
import Model
import TestSupport
import XCTest

@testable import Manifests

/// Real Compose files taken over: what runs is what ran, or a line of the file says why not.
final class TakeoverCorpusTests: XCTestCase {
    func testTakenOverFilesSayWhatTheySaid() throws {
        var taken = 0
        var refused = 0
        for (name, bytes) in try Self.composeFiles() {
            guard let takeover = takeover(bytes, name) else {
                refused += 1
                continue
            }
            taken += 1
            let fleet = Self.fleet(takeover)
            XCTAssertTrue(fleet.validate().allSatisfy { $0.severity == .warning }, name)
            let before = try ComposeFile.model(of: bytes, path: name, variables: Self.variables)
            let after = try fleet.model(of: "prod", at: SampleFleet.revision)
            compare(before.root["services"], after.root["services"], name)
            compare(before.root["volumes"], after.root["volumes"], name)
            compare(before.root["networks"], after.root["networks"], name)
        }
        print("\(taken) files taken over, \(refused) refused")
        XCTAssertGreaterThan(taken, 50)
    }

    /// What is cut off anywhere is taken over, or refused with a place inside the file.
    func testCutFiles() throws {
        let seed =
            ProcessInfo.processInfo.environment["BERTH_SEED"].flatMap { Int($0) }
            ?? Int.random(in: 0..<1 << 30)
        print("seed \(seed)")
        for (index, (name, bytes)) in try Self.composeFiles().enumerated() where !bytes.isEmpty {
            let count = (seed &+ index &* 7_919) % bytes.count
            _ = takeover(Array(bytes[..<count]), "\(name) of \(count)")
        }
    }

    private static let variables = ["SERVICE_USER_POSTGRES": "a", "VERSION": "1.2"]

    private static func composeFiles() throws -> [(name: String, bytes: [UInt8])] {
        let folder = try CorpusFile("compose/files").url
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix("ml") }
            .map { ($0, [UInt8](try Data(contentsOf: folder.appendingPathComponent($0)))) }
    }

    private func takeover(_ bytes: [UInt8], _ name: String) -> Takeover? {
        do throws(InvalidComposeFile) {
            return try Takeover(
                of: Takeover.Source(
                    bytes: bytes,
                    path: name,
                    folder: "",
                    variables: Self.variables,
                    other: { _ in Array("A=1\n".utf8) }
                )
            )
        } catch {
            let lines = bytes.count { $0 == 0x0A } + 2
            XCTAssertTrue(error.diagnostics.contains { $0.severity == .error }, name)
            for problem in error.diagnostics {
                XCTAssertEqual(problem.location?.file, name, "\(problem)")
                XCTAssertTrue((1...lines).contains(problem.location?.line ?? 0), "\(problem)")
            }
            return nil
        }
    }

    private static func fleet(_ takeover: Takeover) -> Fleet {
        let files = takeover.files.map { ($0.path, Array($0.text.utf8)) }
        return Fleet(
            FleetFiles(Dictionary(files) { $1 }) { _ in Array("A=1\n".utf8) }
        )
    }

    private func compare(_ before: ComposeValue?, _ after: ComposeValue?, _ name: String) {
        for (key, value) in before?.map ?? OrderedMap() {
            guard let other = after?[key] else {
                // What no service uses is in no environment's model.
                continue
            }
            for (field, part) in value.map ?? OrderedMap() {
                let theirs = other[field]
                switch field {
                case "image":
                    let image = part.string.flatMap { try? ImageName($0).withDefaultTag }
                    let now = theirs?.string.flatMap { try? ImageName($0).withDefaultTag }
                    XCTAssertEqual(image, now, "\(name): \(key)")
                case "volumes", "env_file":
                    XCTAssertEqual(part.list?.count, theirs?.list?.count, "\(name): \(key)")
                default: XCTAssertEqual(part, theirs, "\(name): \(key).\(field)")
                }
            }
        }
    }
}
