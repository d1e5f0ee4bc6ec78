internal import Controller
internal import Planning

/// `berth plan`: what an apply would do.
enum PlanCommand: Subcommand {
    static let name = "plan"
    static let summary = "show what apply would do; exits 1 if anything"
    static let flags: [Flag] = .site + [.environment, .format, .detailedExitCode]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.refuseOperands()
        let format = try context.format()
        let plan = try await context.reporter().plan()
        switch format {
        case .json: try context.printJSON(plan)
        case .table: context.print(text(plan))
        case .markdown: context.print(markdown(plan))
        }
        return plan.isEmpty ? .success : .difference
    }

    private static func title(_ plan: Plan) -> String {
        "\(plan.environment) at \(plan.revision.prefix(7))"
    }

    private static func table(_ plan: Plan) -> TextTable {
        TextTable(
            headings: ["ACTION", "SUBJECT", "FROM", "TO", "REASON"],
            rows: plan.changes.map { change in
                [
                    change.action.rawValue, change.subject, change.from.nonEmpty ?? "-",
                    change.to.nonEmpty ?? "-", change.reason,
                ]
            }
        )
    }

    private static func text(_ plan: Plan) -> String {
        let warnings = plan.warnings.map { "\($0)\n" }.joined()
        guard !plan.isEmpty else { return "\(warnings)\(title(plan)): nothing to do" }
        return "\(warnings)\(title(plan)): \(plan.changes.count) to do\n\n\(table(plan).plain)"
    }

    private static func markdown(_ plan: Plan) -> String {
        let body = plan.isEmpty ? "Nothing to do.\n" : table(plan).markdown
        return "## Plan for \(title(plan).markdown)\n\n\(body)"
            + plan.warnings.map { "\n> \($0.markdown)\n" }.joined()
    }
}
