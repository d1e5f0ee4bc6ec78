internal import Controller
internal import Model

/// `berth traffic`: where the kernel's rules lead.
enum TrafficCommand: Subcommand {
    static let name = "traffic"
    static let summary =
        "show which host port or address leads to which containers; exits 1 if anything is wrong"
    static let flags: [Flag] = .site + [.environments, .format]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.refuseOperands()
        let format = try context.format()
        let site = try context.site(log: try context.log())
        await context.refresh(site)
        var reports: [TrafficReport] = []
        for environment in try await environments(context, site) {
            reports.append(try await Reporter(site: site, environment: environment).traffic())
        }
        switch format {
        case .json: try context.printJSON(reports)
        case .table: context.print(reports.map(text).joined(separator: "\n"))
        case .markdown: context.print(reports.map(markdown).joined(separator: "\n"))
        }
        return reports.contains(where: \.hasProblems) ? .difference : .success
    }

    /// Those that were asked for are shown even where no repository says what they are.
    private static func environments(_ context: Context, _ site: Site) async throws -> [String] {
        do {
            return try await context.environments(of: site)
        } catch let error as UsageError {
            throw error
        } catch {
            let asked = context.arguments.all(.environments)
            guard !asked.isEmpty else { throw error }
            return asked
        }
    }

    static func text(_ report: TrafficReport) -> String {
        let problems = report.problems.map { "\($0)\n" }.joined()
        let body = report.rows.isEmpty ? "" : "\n\(table(report).plain)"
        return "\(headline(report))\n\(problems)\(body)"
    }

    static func markdown(_ report: TrafficReport) -> String {
        let body = report.rows.isEmpty ? "" : "\n\(table(report).markdown)"
        return "## \(headline(report).markdown)\n\(body)"
            + report.problems.map { "\n> \($0.markdown)\n" }.joined()
    }

    private static func headline(_ report: TrafficReport) -> String {
        switch report.state {
        case .right: "\(report.environment): as wanted"
        case .missing: "\(report.environment): missing"
        case .different: "\(report.environment): not as wanted"
        case .unknown: "\(report.environment): not compared"
        }
    }

    private static func table(_ report: TrafficReport) -> TextTable {
        TextTable(
            headings: ["FROM", "SERVICE", "CONTAINER", "TO", "", "CONNECTIONS", "SINCE"],
            rows: report.rows.map { row in
                [
                    row.entryPoint, row.service, row.container ?? "-", row.address ?? "-",
                    row.role.rawValue, row.connections.map(String.init) ?? "-",
                    row.since.map(\.text) ?? "-",
                ]
            }
        )
    }
}
