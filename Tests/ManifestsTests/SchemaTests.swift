import Foundation
import Manifests
import XCTest

/// The JSON Schemas that editors use, beside the files they are about.
///
/// With `BERTH_UPDATE_SCHEMAS=1` the test writes the files instead of comparing them.
final class SchemaTests: XCTestCase {
    func testTheCommittedSchemasAreTheGeneratedOnes() throws {
        for (path, schema) in [
            ("manifests/manifest.schema.json", Schema.manifest),
            ("environments/environment.schema.json", Schema.environment),
        ] {
            let url = SampleFleet.root.appendingPathComponent(path)
            if ProcessInfo.processInfo.environment["BERTH_UPDATE_SCHEMAS"] == "1" {
                try Data(schema.utf8).write(to: url)
            }
            let committed = try String(contentsOf: url, encoding: .utf8)
            XCTAssertTrue(committed == schema, "\(path): set BERTH_UPDATE_SCHEMAS=1 and run again")
            XCTAssertNoThrow(try JSONSerialization.jsonObject(with: Data(schema.utf8)), path)
        }
    }

    func testTheSamplesNameTheirSchema() throws {
        for (path, bytes) in try SampleFleet.ownFiles() where path.hasSuffix(".yaml") {
            let name = path.hasPrefix("manifests/") ? "manifest" : "environment"
            let line = "# yaml-language-server: $schema=\(name).schema.json\n"
            XCTAssertTrue(String(decoding: bytes, as: UTF8.self).hasPrefix(line), path)
        }
    }
}
