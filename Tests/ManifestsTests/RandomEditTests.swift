import Model
import TestSupport
import XCTest

@testable import Manifests

/// Random edits of valid files: always a state, or diagnostics with a place inside a file.
final class RandomEditTests: XCTestCase {
    private static let pieces: [String] = [
        "null", "~", "{}", "[]", "-1", "0", "1.10", "0777", "true", "${X}", "${", "$$",
        "${A:-${B}}",
        "\"", "'", ":", "- ", "  ", "\n", "#", "&a ", "*a", "<<: *a", "!x", "é", "\u{1F600}",
        "a: b",
        "services:", "image:", "ports:", "65536", "2001-01-01", "x-berth:", "latest", "@", "/",
        "..",
        "99999999999999999999", "1e9", ".", ",",
    ]

    func testRandomEditsNeverCrash() throws {
        var random = SeededGenerator.reported()
        let seed = random.seed
        let files = try SampleFleet.ownFiles().filter { $0.key.hasSuffix(".yaml") }
        let paths = files.keys.sorted()
        var valid = 0
        for round in 0..<400 {
            var edited = files
            let path = paths.randomElement(using: &random) ?? ""
            var bytes = edited[path] ?? []
            for _ in 0...Int.random(in: 0...2, using: &random) { edit(&bytes, &random) }
            edited[path] = bytes
            let fleet = Fleet(FleetFiles(edited))
            let diagnostics = fleet.validate()
            if !diagnostics.contains(where: { $0.severity == .error }) { valid += 1 }
            for diagnostic in diagnostics {
                guard let place = diagnostic.location else {
                    XCTFail("seed \(seed) round \(round): no place: \(diagnostic)")
                    continue
                }
                let lines = edited[place.file]?.count { $0 == 10 } ?? -1
                XCTAssertTrue(
                    (1...(lines + 2)).contains(place.line) && place.column >= 1,
                    "seed \(seed) round \(round): \(diagnostic)"
                )
            }
        }
        print("\(valid) of 400 edits left the fleet valid")
    }

    private func edit(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let position = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, position + Int.random(in: 0...12, using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeSubrange(position..<end)
        case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
        default:
            let piece = Self.pieces.randomElement(using: &random) ?? ""
            bytes.replaceSubrange(position..<end, with: Array(piece.utf8))
        }
    }
}
