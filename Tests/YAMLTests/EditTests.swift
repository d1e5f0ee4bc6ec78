import TestSupport
import XCTest
import YAML

final class EditTests: XCTestCase {
    private func edited(
        _ source: String,
        _ path: String,
        _ value: Edit.Value
    ) throws -> String {
        let path = path.split(separator: ".").map(String.init)
        let changed = try Edit(path: path, to: value).applied(to: source.utf8)
        return String(decoding: changed, as: UTF8.self)
    }

    func test_replacesValueInItsOwnStyle() throws {
        for (name, source, path, value, want) in [
            ("double", "a: \"1\" # c\n", "a", .text("1.4.2"), "a: \"1.4.2\" # c\n"),
            ("single", "a: '1'\nb: 2\n", "a", .text("it's"), "a: 'it''s'\nb: 2\n"),
            ("single cannot", "a: '1'\n", "a", .text("x\ny"), "a: \"x\\ny\"\n"),
            ("plain", "a:   v1   # c\n", "a", .text("v2"), "a:   v2   # c\n"),
            ("plain number stays plain", "a: 1.4\n", "a", .text("1.5"), "a: 1.5\n"),
            ("plain that would be rewritten", "a: 1.4\n", "a", .text("1.10"), "a: \"1.10\"\n"),
            ("plain text to number", "a: v1\n", "a", .text("15"), "a: \"15\"\n"),
            ("plain text to boolean", "a: v1\n", "a", .text("no"), "a: \"no\"\n"),
            ("plain with colon", "a: v1\n", "a", .text("x: new"), "a: \"x: new\"\n"),
            ("plain with comment sign", "a: v1\n", "a", .text("x #y"), "a: \"x #y\"\n"),
            ("base sixty", "a: x\n", "a", .text("22:22"), "a: \"22:22\"\n"),
            ("same plain text", "a: v1 # c\n", "a", .text("v1"), "a: v1 # c\n"),
            ("same text, at risk", "a: 1.10 # c\n", "a", .text("1.10"), "a: \"1.10\" # c\n"),
            ("null to the text null", "a: null\n", "a", .text("null"), "a: \"null\"\n"),
            ("empty text", "a: x\n", "a", .text(""), "a: \"\"\n"),
            (
                "control characters", "a: x\n", "a", .text("\u{1}\u{85}\u{FEFF}é"),
                "a: \"\\u0001\\u0085\\uFEFFé\"\n"
            ),
            ("absent", "a:\nb: 1\n", "a", .text("x"), "a: x\nb: 1\n"),
            ("absent before comment", "a: # c\n", "a", .text("x"), "a: x # c\n"),
            ("absent behind anchor", "a: &n # c\n", "a", .text("x"), "a: &n x # c\n"),
            ("absent, neighbour quoted", "a: 'new'\nb:\n", "b", .text("x"), "a: 'new'\nb: 'x'\n"),
            ("literal block", "a: |\n  x\n  y\n# c\nb: 1\n", "a", .text("z"), "a: z\n# c\nb: 1\n"),
            ("kept block", "a: |+\n  x\n\nb: 1\n", "a", .text("z"), "a: z\nb: 1\n"),
            ("folded block at the end", "a: >-\n  x\n  y", "a", .text("z"), "a: z"),
            ("several lines", "a: \"x\n  y\" # c\n", "a", .text("z"), "a: \"z\" # c\n"),
            ("CRLF", "a: 1\r\nb: 'x'\r\n", "b", .text("new"), "a: 1\r\nb: 'new'\r\n"),
            ("BOM", "\u{FEFF}a: b\n", "a", .text("c"), "\u{FEFF}a: c\n"),
            (
                "nested", "s:\n  w:\n    v: \"1\"\n  x: 2\n", "s.w.v", .text("2"),
                "s:\n  w:\n    v: \"2\"\n  x: 2\n"
            ),
            ("flow", "{a: b, c: 'd' }\n", "a", .text("x,y"), "{a: \"x,y\", c: 'd' }\n"),
            ("flow absent", "{a: , b: c}\n", "a", .text("x"), "{a: x , b: c}\n"),
            ("flow without colon", "{a, b: c}\n", "a", .text("x"), "{a: x, b: c}\n"),
            ("flow behind anchor", "{a: &n , b: c}\n", "a", .text("x"), "{a: &n x , b: c}\n"),
            ("literal number", "a: \"3\"\n", "a", .literal("4"), "a: 4\n"),
            ("literal same", "a: 4 # c\n", "a", .literal("4"), "a: 4 # c\n"),
            ("anchored but not aliased", "a: &n x\n", "a", .text("new"), "a: &n new\n"),
            (
                "explicit beside merge", "b: &b {v: 1}\na:\n  <<: *b\n  v: x\n", "a.v",
                .text("new"),
                "b: &b {v: 1}\na:\n  <<: *b\n  v: new\n"
            ),
        ] as [(String, String, String, Edit.Value, String)] {
            XCTAssertEqual(try edited(source, path, value), want, name)
        }
    }

    func test_addsMissingKeyInTheStyleOfItsNeighbours() throws {
        for (name, source, path, value, want) in [
            (
                "at the end of its map", "s:\n  w:\n    i: x # c\n    # d\n  z:\n    i: new\n",
                "s.w.v",
                .text("1.2.3"), "s:\n  w:\n    i: x # c\n    v: 1.2.3\n    # d\n  z:\n    i: new\n"
            ),
            (
                "as its cousins are quoted", "s:\n  w:\n    i: x\n  z:\n    v: '1'\n", "s.w.v",
                .text("2"), "s:\n  w:\n    i: x\n    v: '2'\n  z:\n    v: '1'\n"
            ),
            (
                "as its neighbours are quoted", "a: \"x\"\n", "b", .text("new"),
                "a: \"x\"\nb: \"new\"\n"
            ),
            ("no line break at the end", "a: x", "b", .text("new"), "a: x\nb: new"),
            ("CRLF", "a: x\r\n", "b", .text("new"), "a: x\r\nb: new\r\n"),
            ("below a list", "a:\n- x\nb:\n", "c", .text("new"), "a:\n- x\nb:\nc: new\n"),
            ("below a block", "a: |+\n  x\n\n", "c", .text("new"), "a: |+\n  x\n\nc: new\n"),
            (
                "below an alias", "a: &a x\nb: *a # c\n", "c", .text("new"),
                "a: &a x\nb: *a # c\nc: new\n"
            ),
            (
                "beside a merge", "b: &b {v: 1}\na:\n  <<: *b\n", "a.w", .text("new"),
                "b: &b {v: 1}\na:\n  <<: *b\n  w: new\n"
            ),
            ("literal", "a: \"x\"\n", "b", .literal("3"), "a: \"x\"\nb: 3\n"),
            ("key to be quoted", "a: x\n", "on", .text("new"), "a: x\n\"on\": new\n"),
            (
                "missing maps", "s:\n    w:\n        i: x\n", "s.w.d.r", .literal("2"),
                "s:\n    w:\n        i: x\n        d:\n            r: 2\n"
            ),
            (
                "missing at the root", "a: x\n", "s.w.v", .text("new"),
                "a: x\ns:\n  w:\n    v: new\n"
            ),
            (
                "absent map", "s:\n  w: # c\n  z:\n", "s.w.v", .text("new"),
                "s:\n  w: # c\n    v: new\n  z:\n"
            ),
            (
                "empty map", "s:\n  w: {} # c\n  z:\n", "s.w.v", .text("new"),
                "s:\n  w: # c\n    v: new\n  z:\n"
            ),
            ("null map", "s:\n  w: ~\n", "s.w.v", .text("new"), "s:\n  w:\n    v: new\n"),
            (
                "flow", "w: {a: 1, b: 'x' } # c\n", "w.v", .text("new"),
                "w: {a: 1, b: 'x', v: 'new' } # c\n"
            ),
            ("flow, trailing comma", "w: {a: x,}\n", "w.v", .text("new"), "w: {a: x, v: new,}\n"),
            (
                "flow, several lines", "w: {\n  a: x, # c\n  }\n", "w.v", .text("new"),
                "w: {\n  a: x, v: new, # c\n  }\n"
            ),
            (
                "flow, alias last", "a: &a x\nw: {b: *a }\n", "w.v", .text("new"),
                "a: &a x\nw: {b: *a, v: new }\n"
            ),
            (
                "flow, missing maps", "w: {a: x}\n", "w.d.r", .literal("2"),
                "w: {a: x, d: {r: 2}}\n"
            ),
            ("flow, absent map", "{w: , a: x}\n", "w.v", .text("new"), "{w: {v: new} , a: x}\n"),
            ("flow, empty map", "{w: {}, a: x}\n", "w.v", .text("new"), "{w: {v: new}, a: x}\n"),
            ("empty root map", "{}\n", "a.b", .text("new"), "{a: {b: new}}\n"),
            ("empty document", "", "a.b", .text("new"), "a:\n  b: new\n"),
            ("comment only", "# c\n---\n", "a", .text("new"), "# c\n---\na: new\n"),
        ] as [(String, String, String, Edit.Value, String)] {
            XCTAssertEqual(try edited(source, path, value), want, name)
        }
    }

    func test_refuses() throws {
        for (name, source, path, value, want) in [
            (
                "alias", "a: &a x\nb: *a\n", "b", .text("new"),
                "2:1: b comes from an anchor which others share; "
                    + "edit it there, or write the value out instead of the alias"
            ),
            (
                "inside alias", "a: &a {x: 1}\nb: *a\n", "b.x", .text("new"),
                "2:1: b comes from an anchor which others share; "
                    + "edit it there, or write the value out instead of the alias"
            ),
            (
                "merge", "a: &a {x: 1}\nb:\n  <<: *a\n", "b.x", .text("new"),
                "1:8: b.x comes by << from another map; "
                    + "edit it there, or write the key out beside the <<"
            ),
            (
                "anchored and aliased", "a: &a x\nb: *a\n", "a", .text("new"),
                "changing a would change something else in the file too; edit the file"
            ),
            (
                "list", "a:\n  b: [x]\n", "a.b", .text("new"),
                "2:6: a.b is a list or a map; name a key inside it, or edit the file"
            ),
            (
                "through a scalar", "a: x\n", "a.b", .text("new"),
                "1:4: a is no map; name a path through maps only"
            ),
            (
                "root is a list", "- x\n", "a", .text("new"),
                "1:1: the document is no map; name a path through maps only"
            ),
            (
                "comment in a block", "a: | # c\n  x\n", "a", .text("new"),
                "1:4: a comment stands inside the value of a; edit the file"
            ),
            (
                "no literal", "a: 1\n", "a", .literal("1x"),
                "1x is no number, boolean or null; give it as a text"
            ),
            (
                "empty path", "a: 1\n", "", .text("new"),
                "the path is empty; name the keys that lead to the value"
            ),
            ("document end", "a: x\n...\n", "b", .text("new"), nil),
            (
                "behind an end", "---\n...\n", "b", .text("new"),
                "changing b would change something else in the file too; edit the file"
            ),
            (
                "broken source", "a: [\n", "a", .text("new"),
                "1:4: the bracket is never closed\na: [\n   ^\n"
                    + "Close it, or quote the text if it is meant to start like this."
            ),
        ] as [(String, String, String, Edit.Value, String?)] {
            guard let want else {
                XCTAssertNoThrow(try edited(source, path, value), name)
                continue
            }
            XCTAssertThrowsError(try edited(source, path, value), name) { error in
                XCTAssertEqual("\(error)", want, name)
            }
        }
    }

    /// Changes scalars of real files, chosen at random, and adds keys beside them.
    func test_realFilesChangeNowhereElse() throws {
        var random = SeededGenerator.reported()
        let texts = ["1.4.2", "1.10", "it's \"so\"", "a: b #c", "", "é\n\tx ", "-", "~", "[x]"]
        var refused = 0
        var changed = 0
        for expected in try CorpusFile("compose/expected-go-yaml.jsonl").objects() {
            let file = try XCTUnwrap(expected["file"] as? String)
            let source = [UInt8](try CorpusFile("compose/files/\(file)").data())
            guard let root = try? Document(parsing: source).root else { continue }
            let paths = scalarPaths(in: root)
            for _ in 0..<4 {
                guard var path = paths.randomElement(using: &random) else { continue }
                let isNew = Bool.random(using: &random)
                if isNew { path[path.count - 1] += "-new" }
                let text = texts.randomElement(using: &random) ?? ""
                do throws(EditError) {
                    let result = try Edit(path: path, to: .text(text)).applied(to: source)
                    let node = try? path.reduce(Document(parsing: result).root) { $0?[$1] }
                    XCTAssertEqual(node?.scalar?.text, text, "\(file) \(path)")
                    let prefix = zip(source, result).prefix { $0 == $1 }.count
                    let suffix = zip(source.reversed(), result.reversed()).prefix { $0 == $1 }.count
                    if isNew { XCTAssertGreaterThanOrEqual(prefix + suffix, source.count, file) }
                    changed += 1
                } catch {
                    switch error {
                    case .aliased, .merged, .commentInside, .notLocal: refused += 1
                    default: XCTFail("\(file) \(path) \(text): \(error)")
                    }
                }
            }
        }
        print("edits of real files: \(changed) made, \(refused) refused")
        XCTAssertLessThan(refused * 20, changed)
    }

    private func scalarPaths(in node: Node, at path: [String] = []) -> [[String]] {
        (node.mapping?.entries ?? []).flatMap { entry -> [[String]] in
            let path = path + [entry.name]
            return entry.value.scalar != nil ? [path] : scalarPaths(in: entry.value, at: path)
        }
    }
}
