internal import Addresses
internal import Platform

/// A rule that is not Berth's and sends callers of host ports elsewhere.
package struct ForeignTranslation: Hashable, Sendable {
    /// As `ip nat`; of iptables' old kind, `iptables-legacy nat`.
    package let table: String
    package let chain: String
    /// As against -110 for ours.
    let priority: Int
    /// What it takes, at most.
    let claim: PortClaim
    /// What rules before it have taken out.
    let exceptions: [PortClaim]

    package var listing: String {
        table.contains("-legacy ")
            ? "\(table.split(separator: " ").joined(separator: " -t ")) -S \(chain)"
            : "nft -a list chain \(table) \(chain)"
    }

    var isFirst: Bool { priority <= BaseChain.prerouting.hook.priority }

    /// Whether the rule and ours would send the same callers to different places.
    func claims(_ wanted: PortClaim) -> Bool {
        guard claim.overlaps(wanted) else { return false }
        let common = claim.intersection(wanted)
        return !exceptions.contains { $0.isSuperset(of: common) }
    }
}

extension TrafficDirector {
    /// The first rule that is not Berth's and claims each of these entry points; nil for those that
    /// are free.
    ///
    /// A port that the table routes already is only taken by rules that come first.
    package func foreignTranslations(
        claiming entryPoints: [(
            entryPoint: EntryPoint, transport: TransportProtocol, isRouted: Bool
        )]
    ) async throws(TrafficError) -> [ForeignTranslation?] {
        // iptables' old tables are of no generation, and come after ours.
        let isUrgent = entryPoints.contains { !$0.isRouted }
        let translations = try await foreign(fresh: isUrgent) { () throws(TrafficError) in
            try await foreignRules().translations
        }
        guard !translations.isEmpty else { return entryPoints.map { _ in nil } }
        let host = try await onHost("Looking for the host's addresses") {
            () throws(SystemCallFailure) in HostAddresses.current().ranges
        }
        return entryPoints.map { entryPoint, transport, isRouted in
            // What a router translates for others is no claim to the host's addresses.
            let wanted = PortClaim(entryPoint, transport)?.limited(to: host)
            return wanted.flatMap { wanted in
                translations.first { ($0.isFirst || !isRouted) && $0.claims(wanted) }
            }
        }
    }

    /// Reads all tables, and again in iptables' own words what nft cannot show of them.
    private func foreignRules() async throws(TrafficError) -> ForeignRules {
        let operation = "Listing the rules of others"
        let output = try await run(operation, command(["-j", "list", "ruleset"]))
        let listing = NftRules.parse(output.standardOutput)
        var rules = listing.rules
        for family in Family.allCases {
            let program = family == .ip ? "iptables" : "ip6tables"
            if listing.opaqueTables.contains(where: { $0.hasPrefix("\(family.rawValue) ") }),
                let text = await saved("\(program)-nft-save")
            {
                let translated = IptablesRules.parse(text, family) { "\(family.rawValue) \($0)" }
                rules.remove(tables: listing.opaqueTables.intersection(translated.tables))
                rules.merge(translated.rules)
            }
            // The program would load the modules that it looks for.
            guard await hasLegacyTables(family), let text = await saved("\(program)-legacy-save")
            else { continue }
            rules.merge(IptablesRules.parse(text, family) { "\(program)-legacy \($0)" }.rules)
        }
        return rules
    }

    /// Nil where there is no such program, or it cannot read its tables.
    private func saved(_ program: String) async -> String? {
        let command = Command(program, [], deadline: .seconds(10), outputLimit: 16 << 20)
        return try? await run("Listing the rules of iptables", command).text
    }

    private func hasLegacyTables(_ family: Family) async -> Bool {
        let path = "/proc/thread-self/net/\(family.rawValue)_tables_names"
        let names = try? await onHost("Looking for iptables' tables") {
            () throws(SystemCallFailure) in KernelFile.text(of: path)
        }
        return names?.isEmpty == false
    }
}

extension HostAddresses {
    /// The addresses as numbers, with all of 127.0.0.0/8.
    fileprivate var ranges: NumberRanges<UInt128> {
        let loopback = IPAddress.four(BaseChain.loopback.address).number
        return NumberRanges(
            addresses.map { $0.number...$0.number } + [loopback...loopback + 0xFF_FFFF]
        )
    }
}
