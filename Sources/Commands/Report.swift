internal import Foundation
internal import Model
internal import Printing

/// A heading, and what stands below it in a row; nil is a dash.
typealias Column<Row> = (heading: String, cell: (Row) -> String?)

/// What a command reports: a table with a title and notes.
///
/// A report says what it consists of; `--format` is the same for all of them.
protocol Report {
    associatedtype JSON: Encodable
    associatedtype Row
    /// One line; empty where the table stands for itself.
    var title: String { get }
    /// A line each.
    var notes: [String] { get }
    var rows: [Row] { get }
    static var columns: [Column<Row>] { get }
    /// What `--format json` prints.
    var json: JSON { get }
    /// What `--format table` prints.
    var text: String { get }
    var exitCode: ExitCode { get }
}

extension Report where Self: Encodable {
    var json: Self { self }
}

extension Report {
    var notes: [String] { [] }

    var text: String {
        let lines = ([title] + notes).filter { !$0.isEmpty }.map { "\($0)\n" }.joined()
        return [lines, table?.plain ?? ""].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    fileprivate var markdown: String {
        let heading = title.isEmpty ? "" : "## \(title.markdown)\n"
        let parts = [heading, table?.markdown ?? ""] + notes.map { "> \($0.markdown)\n" }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// A table without rows is left out where a title says what that means.
    private var table: TextTable? {
        guard title.isEmpty || !rows.isEmpty else { return nil }
        return TextTable(
            headings: Self.columns.map(\.heading),
            rows: rows.map { row in Self.columns.map { $0.cell(row) ?? "-" } }
        )
    }
}

extension Context {
    /// Prints a report; returns its exit code.
    func print(_ report: some Report) throws -> ExitCode {
        try print([report], json: report.json)
    }

    /// Prints reports of several environments; returns the first exit code that is not success.
    func print(_ reports: [some Report]) throws -> ExitCode {
        try print(reports, json: reports.map(\.json))
    }

    private func print(_ reports: [some Report], json: some Encodable) throws -> ExitCode {
        switch arguments[.format] {
        case "json":
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            self.print(String(decoding: try encoder.encode(json), as: UTF8.self))
        case "markdown": self.print(reports.map(\.markdown).joined(separator: "\n"))
        default: self.print(reports.map(\.text).joined(separator: "\n"))
        }
        return reports.map(\.exitCode).first { $0 != .success } ?? .success
    }
}

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
            let cells = zip(row, widths).dropLast().map { $0.padded(to: $1) } + row.suffix(1)
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

extension Moment {
    /// ISO 8601 in UTC, to the second.
    var text: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(.iso8601)
    }
}

extension Int {
    /// As `1 change` and `2 changes`.
    func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }

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

    var nonEmpty: String? { isEmpty ? nil : self }
}
