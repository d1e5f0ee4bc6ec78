internal import Controller
internal import Foundation
internal import Model
internal import Planning

/// `berth drift`: what differs from what somebody committed.
enum DriftCommand: Subcommand {
    static let name = "drift"
    static let summary = "show what differs from the repository, since when, and who set it"
    static let flags: [Flag] = .site + [.environment, .format, .detailedExitCode]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.refuseOperands()
        let format = try context.format()
        let reporter = try await context.reporter()
        let rows = try await reporter.drift()
        switch format {
        case .json: try context.printJSON(rows)
        case .table:
            let body = rows.isEmpty ? "\(reporter.environment): no drift" : table(rows).plain
            context.print(body)
        case .markdown:
            let body = rows.isEmpty ? "No drift.\n" : table(rows).markdown
            context.print("## Drift of \(reporter.environment.markdown)\n\n\(body)")
        }
        return rows.isEmpty ? .success : .difference
    }

    private static func table(_ rows: [Drift]) -> TextTable {
        TextTable(
            headings: [
                "KIND", "SERVICE", "SUBJECT", "FIELD", "DESIRED", "ACTUAL", "SINCE", "COMMIT",
                "AUTHOR",
            ],
            rows: rows.map { row in
                [
                    row.kind.rawValue, row.service, row.subject, row.field, row.desired, row.actual,
                    row.since.map(\.text) ?? "-", row.commit ?? "-", row.author ?? "-",
                ]
            }
        )
    }
}

extension Moment {
    /// ISO 8601 in UTC, to the second.
    var text: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(.iso8601)
    }
}
