internal import Controller
internal import Model

/// `berth status`: where environments stand.
enum StatusCommand: Subcommand {
    static let name = "status"
    static let summary =
        "show what runs, what is on its way and what failed; exits 1 if anything failed"
    static let flags: [Flag] = .site + [.environments, .format]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.refuseOperands()
        let format = try context.format()
        let site = try context.site(log: try context.log())
        await context.refresh(site)
        var statuses: [EnvironmentStatus] = []
        for environment in try await context.environments(of: site) {
            statuses.append(try await Reporter(site: site, environment: environment).status())
        }
        switch format {
        case .json: try context.printJSON(statuses)
        case .table: context.print(text(statuses))
        case .markdown:
            for status in statuses {
                context.print("## \(headline(status).markdown)\n\n\(table(status).markdown)")
            }
        }
        return statuses.contains(where: \.hasFailed) ? .difference : .success
    }

    static func text(_ statuses: [EnvironmentStatus]) -> String {
        statuses.map { status in
            let problems = status.problems.map { "\($0)\n" }.joined()
            return "\(headline(status))\n\(problems)\n\(table(status).plain)"
        }.joined(separator: "\n")
    }

    private static func headline(_ status: EnvironmentStatus) -> String {
        let revision = status.revision.map { "\($0.short) by \($0.author): \($0.subject)" }
        var line = "\(status.environment) at \(revision ?? "no usable revision")"
        if status.revision?.id != status.tip.id {
            line += " (newest \(status.tip.short) is broken)"
        }
        if status.isSuspended { line += " (suspended)" }
        return line + (status.controller.map { ", kept by process \($0)" } ?? ", nobody keeps it")
    }

    private static func table(_ status: EnvironmentStatus) -> TextTable {
        TextTable(
            headings: ["SERVICE", "STATE", "WANTED", "SERVING", "READY", "SINCE", "MESSAGE"],
            rows: status.services.map { service in
                [
                    service.name, service.state.rawValue, service.wanted ?? "-",
                    service.serving.joined(separator: ",").nonEmpty ?? "-",
                    "\(service.ready)/\(service.replicas)", service.since.map(\.text) ?? "-",
                    service.message,
                ]
            }
        )
    }
}
