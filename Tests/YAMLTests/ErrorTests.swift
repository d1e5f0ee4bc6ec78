import XCTest
import YAML

final class ErrorTests: XCTestCase {
    /// Each source with the place and the message of its refusal.
    private func check(_ rows: [(String, String, String)], line: UInt = #line) {
        for (source, place, message) in rows {
            XCTAssertThrowsError(try Document(parsing: source), source, line: line) { error in
                guard let error = error as? YAMLError else {
                    return XCTFail("\(error)", line: line)
                }
                XCTAssertEqual("\(error.mark)", place, source, line: line)
                XCTAssertEqual(error.message, message, source, line: line)
                XCTAssertFalse(error.remedy.isEmpty, source, line: line)
            }
        }
    }

    func test_characters() {
        check([
            ("a: b\u{7}", "1:5", "the control character 0x07 cannot stand in YAML"),
            ("a: \0", "1:4", "the control character 0x00 cannot stand in YAML"),
            ("a: \u{7F}", "1:4", "the control character 0x7F cannot stand in YAML"),
            ("a\rb", "1:2", "a carriage return stands without its line feed"),
            ("é: \u{85}", "1:4", "YAML readers disagree whether U+0085 ends a line"),
            ("é: \u{2028}", "1:4", "YAML readers disagree whether U+2028 ends a line"),
            ("a: \u{9F}", "1:4", "the character U+009F cannot stand in YAML"),
            ("a: \u{FFFE}", "1:4", "the character U+FFFE cannot stand in YAML"),
            ("a: \u{FEFF}b", "1:4", "a byte order mark stands inside the file"),
            ("\u{FEFF}\u{FEFF}", "1:1", "a byte order mark stands inside the file"),
        ])
    }

    func test_encoding() {
        for (name, bytes, place) in [
            ("lone continuation", [0x61, 0x0A, 0x80], "2:1"),
            ("cut off", [0x61, 0xE2, 0x98], "1:2"),
            ("overlong", [0xC0, 0xAF], "1:1"),
            ("overlong in three", [0xE0, 0x80, 0xAF], "1:1"),
            ("surrogate", [0xED, 0xA0, 0x80], "1:1"),
            ("past the last scalar", [0xF4, 0x90, 0x80, 0x80], "1:1"),
            ("Latin-1", [0xC3, 0xA9, 0xE9, 0x20], "1:2"),
            ("UTF-16", [0xFF, 0xFE, 0x61, 0x00], "1:1"),
        ] as [(String, [UInt8], String)] {
            XCTAssertThrowsError(try Document(parsing: bytes), name) { error in
                XCTAssertEqual((error as? YAMLError)?.message, "the bytes are not UTF-8", name)
                XCTAssertEqual((error as? YAMLError).map { "\($0.mark)" }, place, name)
            }
        }
    }

    func test_indentation() {
        let matchesNone = "the line's indentation matches no line above it"
        let tab = "a tab cannot indent"
        check([
            ("key:\n   - ok\n  - wrong", "3:3", matchesNone),
            ("key:\n  ok: 1\n wrong: 2", "3:2", matchesNone),
            ("map:\n  a: \"x\"\n   b: y", "3:4", matchesNone),
            ("a: |\n  x\n y", "3:2", matchesNone),
            ("a: b\n  # c\n  d", "3:3", matchesNone),
            ("a: b # c\n  d", "2:3", matchesNone),
            (
                "k: v\n l: w", "2:3",
                "a key cannot stand inside a value that began on line 1"
            ),
            (
                "'c\n d': 1", "2:4",
                "a key cannot stand inside a value that began on line 1"
            ),
            (
                "a:b\nc: d", "2:2",
                "a key cannot stand inside a value that began on line 1"
            ),
            (
                "- - \"x\ny\"", "2:1",
                "the quoted value's further lines must be indented"
            ),
            ("a: [x,\ny]", "2:1", "the collection's further lines must be indented"),
            (
                "a:\n  b: [\n ]", "3:2",
                "the collection's further lines must be indented"
            ),
            ("a:\n\tb: c", "2:1", tab),
            ("\tkey: v", "1:1", tab),
            ("a:\n  - b\n\t- c", "3:1", tab),
            ("a:\n  b: c\n  \td: e", "3:3", tab),
            ("-\t- a", "1:2", tab),
            ("- \tkey: v", "1:3", tab),
            ("- [\n\tfoo ]", "2:1", tab),
            ("a: \"b\n\tc\"", "2:1", tab),
            ("a: |\n\tb", "2:1", tab),
        ])
    }

    func test_whatIsNotSupported() {
        check([
            ("%YAML 1.2\n---\na: b", "1:1", "directives are not supported"),
            ("a: b\n---\nc: d", "2:1", "a second document starts here"),
            ("--- a\n...\nb", "3:1", "a second document starts here"),
            ("a: !!str b", "1:4", "tags are not supported"),
            ("key: &x\n!!map\n  a: b", "2:1", "tags are not supported"),
            ("[!x]", "1:2", "tags are not supported"),
            ("? a\n: b", "1:1", "keys with ? are not supported"),
            ("{? a: b}", "1:2", "keys with ? are not supported"),
            ("[a]: b", "1:1", "only a text on one line can be a key"),
            ("{[a]: b}", "1:2", "only a text on one line can be a key"),
            ("a: &a [b]\n*a : c", "2:4", "only a text on one line can be a key"),
            (": a", "1:1", "the key before the colon is missing"),
            ("{: a}", "1:2", "the key before the colon is missing"),
            (
                "\(String(repeating: "k", count: 1025)): v", "1:1",
                "a key is longer than 1,024 characters"
            ),
        ])
    }

    func test_keys() {
        check([
            ("a: 1\nb: 2\na: 3", "3:1", "the key a stands already at line 1"),
            ("a: 1\n\"a\": 2", "2:1", "the key a stands already at line 1"),
            ("{a: 1, a: 2}", "1:8", "the key a stands already at line 1"),
            (
                (0..<40).map { "k\($0): x\n" }.joined() + "k7: y", "41:1",
                "the key k7 stands already at line 8"
            ),
            ("a: 1\nb", "2:1", "a key is expected here, and it has no colon"),
            ("a: 1\nb:2", "2:1", "a key is expected here, and it has no colon"),
            (
                "a:\n &b\n- c\n&d\n- e", "4:1",
                "a key is expected here, and it has no colon"
            ),
            ("a: b: c", "1:5", "a map cannot start on this line"),
            ("a: 'b': c", "1:7", "a map cannot start on this line"),
            ("--- a: b", "1:6", "a map cannot start on this line"),
            ("key: - a", "1:6", "a list cannot start on this line"),
            ("a: 1\n- b", "2:1", "a list item stands among the keys of a map"),
            ("- a\nb: c", "2:1", "the line does not belong to the value above"),
            ("[a]\nb", "2:1", "the line does not belong to the value above"),
        ])
    }

    func test_scalars() {
        check([
            ("a: \"b", "1:4", "the quote is never closed"),
            ("a: 'b''", "1:4", "the quote is never closed"),
            ("---\n\"\n---\n\"", "3:1", "a document marker stands inside a quoted value"),
            ("a: \"\\.\"", "1:5", "unknown escape in double quotes"),
            ("a: \"\\xZ1\"", "1:5", "the escape needs 2 hexadecimal digits"),
            ("a: \"\\u12", "1:5", "the escape needs 4 hexadecimal digits"),
            ("a: \"\\uD83D\\uDE00\"", "1:5", "the escape names no Unicode character"),
            ("a: \"\\U00110000\"", "1:5", "the escape names no Unicode character"),
            ("a: \"b\" c", "1:8", "unexpected text after the closing quote"),
            (
                "a: \"b\"#c", "1:7",
                "a comment follows the closing quote without a space"
            ),
            ("a: @b", "1:4", "no value starts with @"),
            ("a: `b", "1:4", "no value starts with `"),
            ("a: %b", "1:4", "no value starts with %"),
            ("a: ]", "1:4", "] closes no bracket that is open"),
            (
                "a: |0\n x", "1:5",
                "only + or - and one digit from 1 to 9 can follow | and >"
            ),
            (
                "a: |1-1\n x", "1:7",
                "only + or - and one digit from 1 to 9 can follow | and >"
            ),
            (
                "a: > b\n  c", "1:6",
                "the text of a value with | or > starts on the next line"
            ),
            (
                "a: |\n   \n  b", "2:3",
                "a blank line before the text has more spaces than the text"
            ),
            (
                "--- |1\n a", "2:1",
                "a document that is one text cannot state its indentation"
            ),
            (
                "a: |+\n  b\n  ", "3:1",
                "the file ends in a line of spaces without a line break, below a text with | or >"
            ),
            (
                "a: |\n  b\n   ", "3:1",
                "the file ends in a line of spaces without a line break, below a text with | or >"
            ),
        ])
    }

    func test_flow() {
        check([
            ("[a, b", "1:1", "the bracket is never closed"),
            ("a: {b: c", "1:4", "the bracket is never closed"),
            ("[\n--- ,\n]", "1:1", "the bracket is never closed"),
            ("[a, , b]", "1:5", "nothing stands before the comma"),
            ("{,}", "1:2", "nothing stands before the comma"),
            ("{a: \"b\" c: d}", "1:9", "a comma or } is missing here"),
            ("[a\n# b\nc]", "3:1", "a comma or ] is missing here"),
            ("{a: 1\n b: 2}", "2:3", "the entry has a second colon"),
            ("[ \"a\"\n :b ]", "2:2", "the colon has no key on its line"),
            (
                "[a\n b: c]", "2:3",
                "a key cannot stand inside a value that began on line 1"
            ),
            ("[a: b: c]", "1:6", "the colon has no key on its line"),
            (
                "{a:}", "1:3",
                "YAML readers disagree about a colon right before a comma or bracket"
            ),
            (
                "[a:, b]", "1:3",
                "YAML readers disagree about a colon right before a comma or bracket"
            ),
            ("{a: [}", "1:6", "} closes no bracket that is open"),
            ("[-]", "1:2", "a list item with a dash cannot stand here"),
            ("[a,#b\n]", "1:4", "a comment needs a space before it"),
            ("[a] b", "1:5", "unexpected text after the closing bracket"),
            ("[a]#b", "1:4", "a comment follows the closing bracket without a space"),
        ])
    }

    func test_anchors() {
        check([
            ("a: *b", "1:4", "no anchor &b stands above this alias"),
            ("a: *b\nc: &b d", "1:4", "no anchor &b stands above this alias"),
            ("a: &b [*b]", "1:8", "the alias *b stands inside the value that &b names"),
            (
                "a: &b 1\nc: &b {d: *b}", "2:11",
                "the alias *b stands inside the value that &b names"
            ),
            ("a: &b &c d", "1:7", "the value has two anchors"),
            ("a: &b\n  &c d", "2:3", "the value has two anchors"),
            ("a: &b\n  &c\n  d: e", "2:3", "the value has two anchors"),
            ("[&a &b c]", "1:5", "the value has two anchors"),
            ("a: &a b\nc: &d *a", "2:4", "an alias cannot have an anchor of its own"),
            ("a: &a b\n&d *a : c", "2:1", "an alias cannot have an anchor of its own"),
            ("a: &a b\nc: &d\n  *a", "2:4", "an alias cannot have an anchor of its own"),
            (
                "a: &b:c d", "1:6",
                "YAML readers disagree whether the anchor b ends before this character"
            ),
            (
                "&a b: c\n*a: d", "2:3",
                "YAML readers disagree whether the alias a ends before this character"
            ),
            ("a: &", "1:4", "the anchor has no name"),
            ("a: * b", "1:4", "the alias has no name"),
            ("&a - b", "1:1", "an anchor cannot stand on the line where its list starts"),
            ("<<: a", "1:5", "<< merges maps, and this is a scalar"),
            ("<<:", "1:4", "<< merges maps, and this is nothing"),
            ("<<: [{a: b}, [c]]", "1:14", "<< merges maps, and this is a list"),
            ("a: &a [b]\n<<: *a", "2:1", "<< merges maps, and this is a scalar"),
            ("<<: {a: b}\n<<: {c: d}", "2:1", "the key << stands already at line 1"),
        ])
    }

    func test_description() {
        XCTAssertThrowsError(try Document(parsing: "services:\n  wéb:\n    image: @x\n")) { error in
            XCTAssertEqual(
                "\(error)",
                """
                3:12: no value starts with @
                Quote the value if it is meant to start like this.
                """
            )
        }
    }

    func test_limits() {
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        let wide = "[" + String(repeating: "a,", count: 100_001) + "]"
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let alias = "*a\(level - 1)"
            let items = Array(repeating: alias, count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(items)]\n"
        }
        var tower = "a0: &a0 [x]\n"
        for level in 1...70 { tower += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        check([
            (
                String(repeating: "#", count: 1 << 20) + "\n", "1:1",
                "the file is longer than 1048576 bytes"
            ),
            (deep, "1:65", "lists and maps are nested more than 64 deep"),
            (wide, "1:200002", "the document has more than 100000 values"),
            (
                bomb, "5:45",
                "with its aliases resolved the document has more than 100000 values"
            ),
            (tower, "64:12", "lists and maps are nested more than 64 deep"),
        ])
        XCTAssertNoThrow(try Document(parsing: String(deep.dropFirst().dropLast())))
        let deeper = Array(repeating: UInt8(ascii: "["), count: 600)
        XCTAssertThrowsError(try Document(parsing: deeper, limits: Limits(depth: 10_000))) {
            error in
            XCTAssertEqual((error as? YAMLError)?.mark.column, 513)
        }
        XCTAssertNoThrow(try Document(parsing: String(repeating: "#", count: 1 << 20)))
    }
}
