/// Rows under headings, for terminals, Markdown and HTML.
struct TextTable {
    var headings: [String]
    var rows: [[String]]

    /// Columns as wide as their widest cell, two spaces apart.
    var plain: String {
        let all = [headings] + rows
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
        let escape = { (cell: String) in
            cell.replacing("|", with: "\\|").replacing("\n", with: "<br>")
        }
        let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |\n" }
        return line(headings) + line(headings.map { _ in "---" })
            + rows.map { line($0.map(escape)) }.joined()
    }
}
