import TestSupport
import XCTest
import YAML

@testable import Manifests

/// The one editor of files: it changes a value, and every other byte stays.
final class TextChangesTests: XCTestCase {
    private func node(_ path: [String], in source: [UInt8]) throws -> Node? {
        try path.reduce(Document(parsing: source).root) { $0?[$1] }
    }

    func testAValueIsReplacedWhereItStands() throws {
        for (name, source, path, value, want) in [
            ("plain", "a:   v1   # c\n", "a", "v2", "a:   v2   # c\n"),
            ("plain number", "a: 1.4\n", "a", "1.10", "a: \"1.10\"\n"),
            ("in quotes", "a: \"1\" # c\n", "a", "1.4.2", "a: \"1.4.2\" # c\n"),
            ("in single quotes", "a: 'x'\nb: 2\n", "a", "z", "a: z\nb: 2\n"),
            ("a word of YAML 1.1", "a: v1\n", "a", "no", "a: \"no\"\n"),
            ("a colon", "a: v1\n", "a", "x: new", "a: \"x: new\"\n"),
            ("a dollar sign", "a: v1\n", "a", "$x", "a: \"$$x\"\n"),
            ("an empty text", "a: x\n", "a", "", "a: \"\"\n"),
            ("several lines", "a: \"x\n  y\" # c\n", "a", "z", "a: z # c\n"),
            ("absent", "a: # c\nb: 1\n", "a", "x", "a: x # c\nb: 1\n"),
            ("behind an anchor", "a: &n # c\n", "a", "x", "a: &n x # c\n"),
            ("null", "a: ~ # c\n", "a", "x", "a: x # c\n"),
            ("CRLF", "a: 1\r\nb: 'x'\r\n", "b", "new", "a: 1\r\nb: new\r\n"),
            ("a byte order mark", "\u{FEFF}a: b\n", "a", "c", "\u{FEFF}a: c\n"),
            ("in a flow map", "{a: b, c: 'd' }\n", "a", "x,y", "{a: \"x,y\", c: 'd' }\n"),
            (
                "deep inside", "s:\n  w: # d\n    v: \"1\"\n  x: 2\n", "s.w.v", "2",
                "s:\n  w: # d\n    v: \"2\"\n  x: 2\n"
            ),
            (
                "beside a merge", "b: &b {v: 1}\na:\n  <<: *b\n  v: x\n", "a.v", "new",
                "b: &b {v: 1}\na:\n  <<: *b\n  v: new\n"
            ),
        ] {
            let bytes = Array(source.utf8)
            var changes = TextChanges(bytes, path: "f")
            let path = path.split(separator: ".").map(String.init)
            changes.set(try XCTUnwrap(node(path, in: bytes), name), to: value)
            XCTAssertEqual(changes.text, want, name)
        }
    }

    /// Changes scalars of real files, chosen at random, and reads the files again.
    func testRealFilesChangeNowhereElse() throws {
        var random = SeededGenerator.reported()
        let texts = ["1.4.2", "1.10", "it's \"so\"", "a: b #c", "", "é\n\tx ", "-", "~", "[x]"]
        var changed = 0
        for expected in try CorpusFile("compose/expected-go-yaml.jsonl").objects() {
            let file = try XCTUnwrap(expected["file"] as? String)
            let source = [UInt8](try CorpusFile("compose/files/\(file)").data())
            guard let root = try? Document(parsing: source).root else { continue }
            let scalars = scalars(of: root)
            let own = scalars.filter { !$0.isShared }
            for _ in 0..<4 {
                guard let chosen = own.randomElement(using: &random) else { continue }
                let text = texts.randomElement(using: &random) ?? ""
                var changes = TextChanges(source, path: file)
                changes.set(chosen.node, to: text)
                let result = Array(changes.text.utf8)
                let range = chosen.node.range
                XCTAssertTrue(result.starts(with: source[..<range.lowerBound]), file)
                let tail = source[range.upperBound...]
                XCTAssertTrue(result.reversed().starts(with: tail.reversed()), file)
                let read = try self.scalars(of: XCTUnwrap(Document(parsing: result).root))
                let want = scalars.map { $0.path == chosen.path ? text : $0.text }
                // What an alias repeats changes with its anchor.
                let same = zip(read.map(\.text), want).allSatisfy { $0 == $1 }
                XCTAssertTrue(same && read.count == want.count, "\(file) \(chosen.path) \(text)")
                changed += 1
            }
        }
        print("edits of real files: \(changed)")
        XCTAssertGreaterThan(changed, 1_000)
    }

    private struct Place {
        var path: String
        var node: Node
        /// Whether an alias or a merge key repeats the scalar, or it is one of a repeated value.
        var isShared: Bool
        var text: String { node.scalar?.text ?? "" }
    }

    /// The scalars of a document; those that stand in it twice are shared.
    private func scalars(of root: Node) -> [Place] {
        var places: [Place] = []
        func add(_ node: Node, at path: String, _ isShared: Bool) {
            let isShared = isShared || node.isAlias
            for (index, item) in node.items.enumerated() {
                add(item, at: "\(path)/\(index)", isShared)
            }
            for entry in node.entries {
                add(entry.value, at: "\(path)/\(entry.name)", isShared || entry.isMerged)
            }
            if node.scalar != nil {
                places.append(Place(path: path, node: node, isShared: isShared))
            }
        }
        add(root, at: "", false)
        let counts = Dictionary(places.map { ($0.node.range.lowerBound, 1) }, uniquingKeysWith: +)
        return places.map { place in
            var place = place
            if counts[place.node.range.lowerBound] != 1 { place.isShared = true }
            return place
        }
    }
}
