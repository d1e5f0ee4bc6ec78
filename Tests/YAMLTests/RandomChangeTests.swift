import TestSupport
import XCTest
import YAML

/// Valid documents, changed at random: the reader answers with a value or with an error whose place
/// lies in the source.
final class RandomChangeTests: XCTestCase {
    private static let pieces = [
        "\n", " ", "  ", "\t", ":", ": ", "- ", "#", " # ", "\"", "'", "{", "}", "[", "]", ",",
        "&a ",
        "*a", "|", ">-", "\\", "<<: *a", "~", "---", "é", "\r\n", "\u{FEFF}", "\0", "a", "? ",
        "!x ", "%",
    ].map { Array($0.utf8) }

    private func documents() throws -> [[UInt8]] {
        let seeds = URL(fileURLWithPath: "\(#filePath)")
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fuzz/seeds/yaml")
        let files = try FileManager.default.contentsOfDirectory(
            at: seeds,
            includingPropertiesForKeys: nil
        )
        XCTAssertFalse(files.isEmpty)
        return try files.sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
    }

    private func changed(_ source: [UInt8], by random: inout SeededGenerator) -> [UInt8] {
        var source = source
        for _ in 0...Int.random(in: 0...3, using: &random) {
            let start = Int.random(in: 0...source.count, using: &random)
            let end = min(source.count, start + Int.random(in: 0...4, using: &random))
            let piece = Self.pieces.randomElement(using: &random) ?? []
            switch Int.random(in: 0...3, using: &random) {
            case 0: source.replaceSubrange(start..<end, with: piece)
            case 1: source.removeSubrange(start..<end)
            case 2 where start < end: source[start] = UInt8.random(in: 0...255, using: &random)
            default: source.insert(contentsOf: piece, at: start)
            }
        }
        return source
    }

    func test_aValueOrAnErrorInsideTheSource() throws {
        var random = SeededGenerator.reported()
        let documents = try documents()
        var read = 0
        for _ in 0..<4000 {
            let source = changed(
                try XCTUnwrap(documents.randomElement(using: &random)),
                by: &random
            )
            do throws(YAMLError) {
                guard let root = try Document(parsing: source).root else { continue }
                read += 1
                checkRanges(of: root, in: source)
            } catch {
                XCTAssertLessThanOrEqual(error.mark.offset, source.count)
                let lines = source.count { $0 == UInt8(ascii: "\n") } + 1
                XCTAssertLessThanOrEqual(error.mark.line, lines)
                XCTAssertGreaterThan(error.mark.column, 0)
                XCTAssertFalse(error.remedy.isEmpty, error.message)
            }
        }
        XCTAssertGreaterThan(read, 400)
    }

    private func checkRanges(of node: Node, in source: [UInt8]) {
        XCTAssertLessThanOrEqual(node.range.upperBound, source.count)
        switch node.content {
        case .scalar(let scalar):
            if scalar.style == .plain, !scalar.text.contains(where: { $0 == " " || $0 == "\n" }) {
                XCTAssertEqual(String(decoding: source[node.range], as: UTF8.self), scalar.text)
            }
        case .sequence(let items):
            for item in items { checkRanges(of: item, in: source) }
        case .mapping(let mapping):
            for entry in mapping.entries {
                checkRanges(of: entry.key, in: source)
                checkRanges(of: entry.value, in: source)
            }
        }
    }
}
