import XCTest
import YAML

final class ReaderTests: XCTestCase {
    /// A tree in one line: plain texts bare, other texts quoted, merged keys behind `<<`.
    private func sketch(_ node: Node?) -> String {
        switch node?.content {
        case nil: return "none"
        case .scalar(let scalar):
            return scalar.isPlain ? scalar.text : scalar.text.debugDescription
        case .sequence(let items):
            return "[" + items.map(sketch).joined(separator: ",") + "]"
        case .mapping(let mapping):
            let entries = mapping.entries.map { entry in
                "\(entry.isMerged ? "<<" : "")\(entry.name):\(sketch(entry.value))"
            }
            return "{" + entries.joined(separator: ",") + "}"
        }
    }

    private func check(_ rows: [(String, String)], line: UInt = #line) {
        for (source, want) in rows {
            XCTAssertEqual(
                try sketch(Document(parsing: source).root),
                want,
                source.debugDescription,
                line: line
            )
        }
    }

    func test_documents() {
        check([
            ("", "none"), ("# c\n", "none"), ("---\n", "none"), ("...\n", "none"),
            ("--- a\n...\n# c\n...\n", "a"), ("---\ta", "a"), ("---a\n", "---a"),
            ("\u{FEFF}a: b", "{a:b}"), ("a: b\r\nc:\r\n  - d\r\n", "{a:b,c:[d]}"),
            ("---\nscalar\n%YAML 1.2", "scalar %YAML 1.2"),
        ])
    }

    func test_blockCollections() {
        check([
            ("a:\n- b\n- c\nd: e", "{a:[b,c],d:e}"),
            ("- - - a\n    - b\n  - c\n- d", "[[[a,b],c],d]"),
            (
                "a:\n  - b\n  -\n    c: d\n    e:\n    - f\n  - g: h\n    i: j",
                "{a:[b,{c:d,e:[f]},{g:h,i:j}]}"
            ),
            ("-\n-\n  a", "[,a]"), ("a:\nb: # c\nc:\n  d", "{a:,b:,c:d}"),
            ("a:\tb\t\nc:\n- d\t#x", "{a:b,c:[d]}"), ("a:\n \tb", "{a:b}"), ("-\t-1", "[-1]"),
            ("  a: b\n  c: d", "{a:b,c:d}"),
            ("a:\n# c\n     # c\n  b: c\n # c\n  d: e", "{a:{b:c,d:e}}"),
            ("'a b' : c\n\"d\\te\": f\n:g: h\n-i: j\n?k: l", "{a b:c,d\te:f,:g:h,-i:j,?k:l}"),
        ])
    }

    func test_plainScalars() {
        check([
            ("a: b#c # d", "{a:b#c}"), ("a: b  c   ", "{a:b  c}"), ("a: b:c", "{a:b:c}"),
            ("a: http://b:80/c", "{a:http://b:80/c}"), ("::", "{::}"), ("a: -b", "{a:-b}"),
            ("a: b\n c\n\n\n  d\n", "{a:b c\n\nd}"), ("a\nb", "a b"),
            ("- a\n - b", "[a - b]"), ("a:\n- b\n  - c", "{a:[b - c]}"),
            ("a: b\n  &c\n  *d !e |", "{a:b &c *d !e |}"), ("a:\n  b\n  \t\n  c", "{a:b\nc}"),
            ("[a\n b, c\n\n d]", "[a b,c\nd]"),
        ])
    }

    func test_quotedScalars() {
        check([
            ("'it''s'", "\"it\\'s\""), ("''", "\"\""), ("\"\"", "\"\""),
            ("'a\n\n  b \n c'", "\"a\\nb c\""), ("\"a \\\n  b\"", "\"a b\""),
            ("\"a\\\n\n  b\"", "\"a\\nb\""), ("\"a\\t \n b\"", "\"a\\t b\""),
            (
                "\"\\0\\a\\b\\t\\n\\v\\f\\r\\e\\ \\\"\\/\\\\\\N\\_\\L\\P\\x41\\u263A\\U0001F600\\\t\"",
                "\0\u{7}\u{8}\t\n\u{B}\u{C}\r\u{1B} \"/\\\u{85}\u{A0}\u{2028}\u{2029}A☺😀\t"
                    .debugDescription
            ),
            ("a: \"b: c # d\"", "{a:\"b: c # d\"}"), ("a: 'b' # c", "{a:\"b\"}"),
        ])
    }

    func test_blockScalars() {
        check([
            ("a: |\n  b\n   c\n\n  d\n\n", "{a:\"b\\n c\\n\\nd\\n\"}"),
            ("a: |-\n  b\n\n", "{a:\"b\"}"), ("a: |+\n  b\n\n", "{a:\"b\\n\\n\"}"),
            ("a: |\n  b", "{a:\"b\"}"), ("a: |\nb: c", "{a:\"\",b:c}"),
            ("a: |+\n\nb: c", "{a:\"\\n\",b:c}"), ("a: |2-\n   b\n  c", "{a:\" b\\nc\"}"),
            ("a: |-2 # d\n   b", "{a:\" b\"}"), ("- |1\n  b\n", "[\" b\\n\"]"),
            ("a: >\n  b\n  c\n\n  d\n    e\n  f\n", "{a:\"b c\\nd\\n  e\\nf\\n\"}"),
            ("a: >-\n\n  b\n  \tc\n  d", "{a:\"\\nb\\n\\tc\\nd\"}"),
            ("a: |\n  # b\n # c\nd: e", "{a:\"# b\\n\",d:e}"), ("--- >\na\n# b\n", "\"a # b\\n\""),
            ("a: |\r\n  b\r\n  c\r\n", "{a:\"b\\nc\\n\"}"),
            ("a: |\n \t\nb: c", "{a:\"\\t\\n\",b:c}"),
            ("--- |\n...\n", "\"\""), ("a:\n- |\n b\n-  >\n c\n", "{a:[\"b\\n\",\"c\\n\"]}"),
        ])
    }

    func test_flowCollections() {
        check([
            ("[]", "[]"), ("{}", "{}"), ("[a, b, ]", "[a,b]"), ("{a: b, }", "{a:b}"),
            ("{a: , b, c: }", "{a:,b:,c:}"),
            ("{\"a\":b, 'c' : d}", "{a:b,c:d}"),
            ("[a: b, \"c\":d, e]", "[{a:b},{c:d},e]"), ("[:x, -y, ?z]", "[:x,-y,?z]"),
            ("{a :x}", "{a :x:}"), ("{\"a\"\n :b}", "{a:b}"), ("{a\n b: c}", "{a b:c}"),
            ("a: [ # c\n  b # d\n  , c\n  # e\n]", "{a:[b,c]}"),
            ("{a: {b: [c, {d: e}]}}", "{a:{b:[c,{d:e}]}}"),
            ("[\"a\nb\", 'c\n\nd']", "[\"a b\",\"c\\nd\"]"), ("\t[\n\t]", "[]"),
            ("a:\n  b: {\n    c: d\n  }\n", "{a:{b:{c:d}}}"), ("[a b c]", "[a b c]"),
        ])
    }

    func test_anchorsAndMerges() {
        check([
            ("a: &x 1\nb: *x\nc: &x 2\nd: *x", "{a:1,b:1,c:2,d:2}"),
            ("a: &x\nb: *x", "{a:,b:}"), ("&x a: &y b\n*y : *x", "{a:b,b:a}"),
            ("a: &x\n  b: c\nd: *x", "{a:{b:c},d:{b:c}}"), ("a: &x\n- b\nc: *x", "{a:[b],c:[b]}"),
            ("a:\n  &x b: c\nd: *x", "{a:{b:c},d:b}"),
            ("a:\n  &x\n  b: c\nd: *x", "{a:{b:c},d:{b:c}}"),
            ("- &x a: b\n- *x", "[{a:b},a]"), ("[&x a, *x, &y , {&z b: *x}, *z]", "[a,a,,{b:a},b]"),
            ("b: &b {x: 1, y: 2}\na:\n  z: 0\n  <<: *b\n  y: 3", "{b:{x:1,y:2},a:{z:0,<<x:1,y:3}}"),
            (
                "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b, {z: 3}]}",
                "{a:{x:1},b:{x:2,y:2},c:{<<x:1,<<y:2,<<z:3}}"
            ),
            (
                "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}",
                "{a:{x:1},b:{<<x:1,y:2},c:{<<x:1,<<y:2}}"
            ),
            ("\"<<\": a", "{<<:a}"),
        ])
    }

    func test_places() throws {
        let source = "é: &a \"ü\" # c\nb:\n  - *a\n  - {c: d, e: }\nf: |\n  g\n"
        let root = try XCTUnwrap(Document(parsing: source).root)
        let bytes = Array(source.utf8)
        for (name, node, place, text) in [
            ("root", root, "1:1", String(source.dropLast())),
            ("key", root.mapping?.entries[0].key, "1:1", "é"),
            ("value", root["é"], "1:7", "\"ü\""),
            ("sequence", root["b"], "3:3", "- *a\n  - {c: d, e: }"),
            ("alias", root["b"]?.sequence?[0], "1:7", "\"ü\""),
            ("flow", root["b"]?.sequence?[1], "4:5", "{c: d, e: }"),
            ("in flow", root["b"]?.sequence?[1]["c"], "4:9", "d"),
            ("absent", root["b"]?.sequence?[1]["e"], "4:14", ""),
            ("block", root["f"], "5:4", "|\n  g"),
        ] as [(String, Node?, String, String)] {
            let node = try XCTUnwrap(node, name)
            XCTAssertEqual("\(node.mark)", place, name)
            XCTAssertEqual(String(decoding: bytes[node.range], as: UTF8.self), text, name)
            XCTAssertEqual(node.mark.offset, node.range.lowerBound, name)
            XCTAssertEqual(node.isAlias, name == "alias", name)
        }
    }

    func test_nulls() throws {
        for (text, want) in [
            ("a:", true), ("a: ~", true), ("a: null", true), ("a: Null", true), ("a: NULL", true),
            ("a: nULL", false), ("a: ''", false), ("a: \"null\"", false), ("a: |\n", false),
            ("a: []", false), ("a: {}", false),
        ] {
            XCTAssertEqual(try Document(parsing: text).root?["a"]?.isNull, want, text)
        }
    }

    func test_longMappingsAreFoundByKey() throws {
        let source = (0..<1000).map { "key\($0): \($0)\n" }.joined()
        let mapping = try XCTUnwrap(Document(parsing: source).root?.mapping)
        XCTAssertEqual(mapping.count, 1000)
        XCTAssertEqual(mapping["key999"]?.scalar?.text, "999")
        XCTAssertEqual(mapping.entry("key500")?.key.mark.line, 501)
        XCTAssertNil(mapping["key1000"])
    }
}
