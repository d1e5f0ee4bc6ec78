internal import Printing

/// Rows under headings, for terminals and Markdown.
///
/// Cells may hold anything: what would break a row is escaped here.
struct TextTable {
    var headings: [String]
    var rows: [[String]]

    /// Columns as wide as their widest cell, two spaces apart.
    var plain: String {
        let all = [headings] + rows.map { $0.map { $0.escaped() } }
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }

    /// A GitHub-flavoured table.
    var markdown: String {
        let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |\n" }
        return line(headings) + line(headings.map { _ in "---" })
            + rows.map { line($0.map { $0.markdown }) }.joined()
    }
}

extension String {
    /// The text as it is, for GitHub-flavoured Markdown: no mark-up, no link, no HTML, on one line.
    var markdown: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\n": text += "<br>"
            case "<": text += "&lt;"
            case "&": text += "&amp;"
            case "\\", "`", "*", "_", "[", "]", "~", "|", ">", "#", "!": text += "\\\(scalar)"
            default: text += String(scalar).escaped()
            }
        }
    }
}
