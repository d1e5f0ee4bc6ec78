import Foundation
import Model
import TestSupport
import XCTest
import YAML

@testable import Manifests

/// Whole files that compose-go was given, against our canonical model of them.
final class CanonicalCorpusTests: XCTestCase {
    private struct FileRow: Decodable {
        var file: String
        var env: [String: String]
        var project: JSON?
        var error: String?
    }

    func testRealFiles() throws {
        var tally = CorpusTally("expected-compose-go")
        for row in try CorpusFile("compose/expected-compose-go.jsonl").rows(as: FileRow.self) {
            let bytes = [UInt8](try CorpusFile("compose/files/\(row.file)").data())
            let comparison = CanonicalComparison(bytes, row.env)
            comparison.count(row.file, theirs: row.project, error: row.error, in: &tally)
        }
        tally.report()
    }

    /// Whatever single thing our model of a real file loses is found; one of ten is tried, and all
    /// with `BERTH_LOSSES=1`.
    func testLossesInRealFilesAreFound() throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["BERTH_SEED"].flatMap { Int($0) } ?? Int.random(in: 0..<1 << 30)
        print("seed \(seed)")
        let share = environment["BERTH_LOSSES"].flatMap { Int($0) } ?? 10
        var losses = PlantedLosses(oneOf: max(1, share), seed: seed)
        for row in try CorpusFile("compose/expected-compose-go.jsonl").rows(as: FileRow.self) {
            guard let theirs = row.project else { continue }
            let bytes = [UInt8](try CorpusFile("compose/files/\(row.file)").data())
            losses.plant(in: CanonicalComparison(bytes, row.env), against: theirs, row.file)
        }
        losses.report()
    }
}
