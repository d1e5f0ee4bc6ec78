internal import Controller

/// `berth check`: the prerequisites of a host.
enum CheckCommand: Subcommand {
    static let name = "check"
    static let summary =
        "check the prerequisites: permissions, git, Docker, nftables, host ports and registries"
    static let flags: [Flag] = .site + [.environments, .format]

    static func run(_ context: Context) async throws -> ExitCode {
        let site = try context.site(log: context.log())
        let environments = context.arguments.all(.environments)
        let checkup = Checkup(site: site, environments: environments)
        return try context.print(CheckReport(rows: await checkup.findings()))
    }
}

struct CheckReport: Report {
    let rows: [Checkup.Finding]

    var title: String { "" }
    var json: [Checkup.Finding] { rows }
    var exitCode: ExitCode { rows.allSatisfy(\.isGood) ? .success : .failure }

    static var columns: [Column<Checkup.Finding>] {
        [
            ("RESULT", { $0.isGood ? $0.isWarning ? "warning" : "ok" : "FAILED" }),
            ("SUBJECT", \.subject), ("FINDING", \.message),
        ]
    }
}
