import Foundation
import TestSupport
import XCTest

@testable import Commands

/// `berth schema`, and `berth validate --format github`.
final class SchemaCommandTests: XCTestCase {
    func testPrintsBothSchemas() async throws {
        for (word, key) in [("manifest", "image"), ("environment", "registry")] {
            let run = await CommandRun("schema", word)
            XCTAssertEqual(run.code, 0, word)
            let json = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
            XCTAssertNotNil((json as? [String: Any])?["$schema"], word)
            XCTAssertTrue(run.output.contains("\"\(key)\""), word)
        }
    }

    func testWrongInputs() async {
        for (words, want) in [
            ([], "missing argument: expected manifest or environment"),
            (["x"], "invalid argument 'x': expected manifest or environment"),
            (
                ["manifest", "x"],
                "unexpected argument 'x'; usage: berth schema manifest|environment"
            ),
        ] as [([String], String)] {
            let run = await CommandRun(["schema"] + words)
            XCTAssertEqual(run.code, 64, "\(words)")
            XCTAssertTrue(run.complaint.contains(want), "\(words): \(run.complaint)")
        }
    }

    func testAnnotatesProblemsForGitHub() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("environments/a,b.yaml", "services: { w: { image: '50%:1' } }\n")
        let run = await CommandRun("validate", "--format", "github", folder.path)
        XCTAssertEqual(run.code, 2)
        let start = "::error file=\(folder.path)/environments/a%2Cb.yaml,line=1,col="
        let lines = run.output.split(separator: "\n")
        XCTAssertEqual(lines.count, 2, run.output)
        XCTAssertTrue(lines.allSatisfy { $0.hasPrefix(start) }, run.output)
        XCTAssertTrue(
            lines.contains { $0.contains(",title=services.w.image::") && $0.contains("50%25") },
            run.output
        )
    }
}
