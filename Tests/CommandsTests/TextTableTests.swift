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
            größe  a|b     two
            lines

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
}
