internal import Controller

/// `berth check`: whether git, Docker, nft, registries and permissions are as they must be.
enum CheckCommand: Subcommand {
    static let name = "check"
    static let summary = "check git, Docker, nft, registries and permissions"
    static let flags: [Flag] = .site + [.format]

    static func run(_ context: Context) async throws -> ExitCode {
        try context.refuseOperands()
        let format = try context.format()
        let site = try context.site(log: try context.log())
        let findings = await Checkup(site: site).findings()
        let table = TextTable(
            headings: ["", "SUBJECT", "FINDING"],
            rows: findings.map { [$0.isGood ? "ok" : "FAILED", $0.subject, $0.message] }
        )
        switch format {
        case .json: try context.printJSON(findings)
        case .table: context.print(table.plain)
        case .markdown: context.print(table.markdown)
        }
        return findings.allSatisfy(\.isGood) ? .success : .failure
    }
}
