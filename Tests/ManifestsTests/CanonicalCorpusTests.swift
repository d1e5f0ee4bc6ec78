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
            CanonicalComparison.compare(
                row.file,
                read: { try CanonicalComparison.read(bytes, row.env) },
                theirs: row.project,
                error: row.error,
                in: &tally
            )
        }
        tally.report()
    }
}
