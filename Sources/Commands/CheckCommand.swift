internal import Controller

/// `berth check`: whether git, Docker, nft, registries, ports and permissions are as they must be.
enum CheckCommand: Subcommand {
    static let name = "check"
    static let summary = "check git, Docker, nft, registries, host ports and permissions"
    static let flags: [Flag] = .site + [.environments, .format]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.refuseOperands()
        let format = try context.format()
        let site = try context.site(log: try context.log())
        let findings = await Checkup(
            site: site,
            environments: context.arguments.all(.environments)
        ).findings()
        let table = TextTable(
            headings: ["", "SUBJECT", "FINDING"],
            rows: findings.map { [mark($0), $0.subject, $0.message] }
        )
        switch format {
        case .json: try context.printJSON(findings)
        case .table: context.print(table.plain)
        case .markdown: context.print(table.markdown)
        }
        return findings.allSatisfy(\.isGood) ? .success : .failure
    }

    private static func mark(_ finding: Checkup.Finding) -> String {
        guard finding.isGood else { return "FAILED" }
        return finding.isWarning ? "warning" : "ok"
    }
}
