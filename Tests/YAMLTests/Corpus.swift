import Foundation
import XCTest

/// The third-party test data that lies beside the package.
struct Corpus {
    let root: URL

    /// Finds the corpus, or skips the test; with `BERTH_REQUIRE_REAL=1` its absence is a failure.
    init(file: StaticString = #filePath, line: UInt = #line) throws {
        let environment = ProcessInfo.processInfo.environment
        let package = URL(fileURLWithPath: "\(#filePath)")
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let root =
            environment["BERTH_CORPUS"].map { URL(fileURLWithPath: $0) }
            ?? package.appendingPathComponent("../shared/corpus").standardized
        guard FileManager.default.fileExists(atPath: root.path) else {
            let reason = "no corpus at \(root.path); set BERTH_CORPUS to its folder"
            if environment["BERTH_REQUIRE_REAL"] == "1" {
                XCTFail(reason, file: file, line: line)
            }
            throw XCTSkip(reason)
        }
        self.root = root
    }

    func data(_ path: String) throws -> Data {
        try Data(contentsOf: root.appendingPathComponent(path))
    }

    /// The first words of a file's lines.
    func words(_ path: String) throws -> [String] {
        String(decoding: try data(path), as: UTF8.self).split(separator: "\n")
            .compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) }
    }

    /// The objects of a file with one JSON object a line.
    func objects(_ path: String) throws -> [[String: Any]] {
        try data(path).split(separator: UInt8(ascii: "\n")).map { line in
            try XCTUnwrap(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        }
    }
}
