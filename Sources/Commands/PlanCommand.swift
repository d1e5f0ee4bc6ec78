internal import Controller
internal import Planning

/// `berth plan`: what an apply would do.
enum PlanCommand: Subcommand {
    static let name = "plan"
    static let summary = "show what apply would change; exits 1 if there are changes"
    static let flags: [Flag] = .site + [.environment, .format, .detailedExitCode]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.print(try await context.reporter().plan())
    }
}

extension Plan: Report {
    var title: String {
        let summary = isEmpty ? "nothing to do" : changes.count.counted("change")
        return "\(environment) at \(revision.prefix(7)): \(summary)"
    }
    var notes: [String] { warnings }
    var rows: [Change] { changes }
    var exitCode: ExitCode { isEmpty ? .success : .difference }

    static var columns: [Column<Change>] {
        [
            ("ACTION", \.action.rawValue), ("SUBJECT", \.subject), ("FROM", \.from.nonEmpty),
            ("TO", \.to.nonEmpty), ("REASON", \.reason),
        ]
    }
}
