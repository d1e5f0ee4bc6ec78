package import Foundation
import XCTest

/// One file of the test corpora, which live beside the project and not in it.
///
/// The folder is `$BERTH_CORPUS`, else `../shared/corpus` next to the package.
/// A test goes on only where it is there (``RealParts``).
///
/// ```swift
/// for row in try CorpusFile("compose-go/port.jsonl").rows(as: PortRow.self) { … }
/// ```
package struct CorpusFile {
    /// Where the file is.
    package let url: URL

    /// Finds the file or folder at `path`, which is relative to the corpus folder.
    package init(_ path: String) throws {
        url = try Self.folder().appendingPathComponent(path)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: url.path])
        }
    }

    /// The whole file as it is.
    package func data() throws -> Data {
        try Data(contentsOf: url)
    }

    /// The whole file as UTF-8 text.
    package func text() throws -> String {
        try String(contentsOf: url, encoding: .utf8)
    }

    /// The first word of each line.
    package func words() throws -> [String] {
        try text().split(separator: "\n")
            .compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) }
    }

    /// One value for each line of a JSON Lines file.
    package func rows<Row: Decodable>(as type: Row.Type) throws -> [Row] {
        let decoder = JSONDecoder()
        return try lines().map { try decoder.decode(Row.self, from: $0) }
    }

    /// One untyped object for each line of a JSON Lines file, numbers and booleans as Foundation
    /// reads them.
    package func objects() throws -> [[String: Any]] {
        try lines().map { line in
            try XCTUnwrap(JSONSerialization.jsonObject(with: line) as? [String: Any])
        }
    }

    private func lines() throws -> [Data] {
        try data().split(separator: UInt8(ascii: "\n")).map { Data($0) }
    }

    private static func folder() throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder =
            environment["BERTH_CORPUS"].map { URL(fileURLWithPath: $0) }
            ?? packageRoot.appendingPathComponent("../shared/corpus").standardizedFileURL
        let isThere = FileManager.default.fileExists(atPath: folder.path)
        try RealParts.require(isThere, "the corpora at \(folder.path), or BERTH_CORPUS")
        return folder
    }
}
