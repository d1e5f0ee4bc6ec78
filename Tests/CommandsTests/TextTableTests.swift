import XCTest

@testable import Commands

final class TextTableTests: XCTestCase {
    private let table = TextTable(
        headings: ["A", "LONGER", "C"],
        rows: [["one", "2", "last"], ["größe", "a|b", "two\nlines"]]
    )

    func testColumnsAreAsWideAsTheirWidestCell() {
        XCTAssertEqual(
            table.plain,
            """
            A      LONGER  C
            one    2       last
            größe  a|b     two\\u000alines

            """
        )
        XCTAssertEqual(TextTable(headings: ["A", "B"], rows: []).plain, "A  B\n")
    }

    func testMarkdownEscapesWhatWouldBreakIt() {
        XCTAssertEqual(
            table.markdown,
            """
            | A | LONGER | C |
            | --- | --- | --- |
            | one | 2 | last |
            | größe | a\\|b | two<br>lines |

            """
        )
    }

    /// Nothing of a cell moves a cursor, turns the line, opens a tag or becomes a link.
    func testCellsAreShownAsTheyAre() {
        for (cell, plain, markdown) in [
            ("a\u{1B}[31mb", "a\\u001b[31mb", "a\\u001b\\[31mb"),
            ("\u{7}\u{0}\u{9B}0m", "\\u0007\\u0000\\u009b0m", "\\u0007\\u0000\\u009b0m"),
            ("a\u{202E}b", "a\\u202eb", "a\\u202eb"),
            ("a\r\nb", "a\\u000d\\u000ab", "a\\u000d<br>b"),
            ("<img src=x>&lt;", "<img src=x>&lt;", "&lt;img src=x\\>&amp;lt;"),
            ("![a](http://x)", "![a](http://x)", "\\!\\[a\\](http://x)"),
            (
                "`a` *b* _c_ ~d~ \\|", "`a` *b* _c_ ~d~ \\|",
                "\\`a\\` \\*b\\* \\_c\\_ \\~d\\~ \\\\\\|"
            ),
            ("größe 1.4.2, ok", "größe 1.4.2, ok", "größe 1.4.2, ok"),
        ] {
            let table = TextTable(headings: ["A"], rows: [[cell]])
            XCTAssertEqual(table.plain, "A\n\(plain)\n")
            XCTAssertEqual(table.markdown, "| A |\n| --- |\n| \(markdown) |\n")
        }
    }
}
