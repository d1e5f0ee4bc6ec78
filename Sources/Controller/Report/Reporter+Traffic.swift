internal import Addresses
internal import Model
internal import Planning
internal import Traffic

extension Reporter {
    /// Where the environment's traffic goes.
    ///
    /// What the kernel has is told even where Docker or the repository cannot be asked; then
    /// nobody knows whether it is right.
    package func traffic() async throws -> TrafficReport {
        var evidence = TrafficEvidence(table: try await site.director.observe())
        do {
            let reconciliation = try await reconcile()
            let routes = reconciliation.routes
            evidence.containers = reconciliation.observation.state.containers
            evidence.isWanted = routes.contains { !$0.backends.isEmpty }
            evidence.differences = try reconciliation.snapshot.trafficDifferences(routes)
                .map { service, fields in (service, Self.words(service, fields)) }
                .reduce(into: [:]) { $0[$1.0] = $1.1 }
            evidence.complaints = reconciliation.observation.conflicts.values.joined()
                .map { "\($0.service): \($0)" }.sorted()
        } catch {
            evidence.complaints = ["cannot compare with the desired state: \(error)"]
        }
        let servers = evidence.table.servingAddresses
            .union(evidence.containers.compactMap(\.address))
        evidence.census = await site.director.census(
            of: Set(servers.map(IPAddress.four) + evidence.addresses6.values.map(IPAddress.six))
        )
        return TrafficReport(of: environment, evidence)
    }

    /// What differs, and what to do; without a service it is the rules that all share.
    private static func words(_ service: String, _ differences: [FieldDifference]) -> String {
        guard !service.isEmpty else {
            return "shared rules are out of sync; berth apply or berth run repairs them"
        }
        return differences.map { difference in
            "\(difference.field) routes to \(difference.actual) instead of "
                + "\(difference.desired); berth apply or berth run repairs it"
        }
        .joined(separator: "; ")
    }
}
