internal import Controller
internal import Model
internal import Planning

/// `berth drift`: how the host differs from the repository.
enum DriftCommand: Subcommand {
    static let name = "drift"
    static let summary =
        "show how the host differs from the repository: field, since when, commit and author; "
        + "exits 1 if it differs"
    static let flags: [Flag] = .site + [.environment, .format, .detailedExitCode]

    static func run(_ context: Context) async throws -> ExitCode {
        let reporter = try await context.reporter()
        let rows = try await reporter.drift()
        return try context.print(DriftReport(environment: reporter.environment, rows: rows))
    }
}

struct DriftReport: Report {
    let environment: String
    let rows: [Drift]

    var title: String {
        "\(environment): \(rows.isEmpty ? "no drift" : rows.count.counted("difference"))"
    }
    var json: [Drift] { rows }
    var exitCode: ExitCode { rows.isEmpty ? .success : .difference }

    static var columns: [Column<Drift>] {
        [
            ("KIND", \.kind.rawValue), ("SERVICE", \.service), ("SUBJECT", \.subject),
            ("FIELD", \.field), ("DESIRED", \.desired), ("ACTUAL", \.actual),
            ("SINCE", \.since?.text), ("COMMIT", \.commit), ("AUTHOR", \.author),
        ]
    }
}
