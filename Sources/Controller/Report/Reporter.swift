internal import Digests
internal import Model
package import Planning
internal import Rollouts

/// Plans, drift reports and status of an environment: looks that change nothing.
package struct Reporter: Sendable {
    /// Of which environment.
    package let environment: String
    let site: Site

    /// Reports on one environment of a site.
    package init(site: Site, environment: String) {
        self.site = site
        self.environment = environment
    }

    /// What an apply would do now.
    ///
    /// Throws ``UnusableRevision`` when the newest revision is broken: a plan for an older one
    /// would be an answer to another question.
    package func plan() async throws -> Plan {
        let reconciliation = try await reconcile()
        guard reconciliation.wanted.problems.isEmpty else {
            throw UnusableRevision(wanted: reconciliation.wanted, environment: environment)
        }
        var evidence = try evidence(reconciliation)
        let changing = pairs(reconciliation).filter { $0.container.spec != $0.goal.spec }
        evidence.fields = try await reconciliation.snapshot.fieldDifferences(changing)
        guard let comparison = reconciliation.comparison(with: evidence) else {
            throw UnusableRevision(wanted: reconciliation.wanted, environment: environment)
        }
        var plan = Plan(comparison, refusals: Self.refusals(reconciliation))
        if plan.isEmpty { plan.changes = reconciliation.steps.map(Self.leftover) }
        if plan.isEmpty { plan.changes = reconciliation.underWay }
        return plan
    }

    /// Everything that differs, with who set the desired value.
    package func drift() async throws -> [Drift] {
        let reconciliation = try await reconcile()
        guard let desired = reconciliation.wanted.desired else {
            throw UnusableRevision(wanted: reconciliation.wanted, environment: environment)
        }
        var evidence = try evidence(reconciliation)
        evidence.fields = try await reconciliation.snapshot.fieldDifferences(pairs(reconciliation))
        evidence.tags = await tags(reconciliation)
        let rows = reconciliation.comparison(with: evidence)?.drift ?? []
        var known: [Drift] = []
        for row in rows { known.append(await attributed(row, desired)) }
        return known
    }

    /// Where the environment stands.
    package func status() async throws -> EnvironmentStatus {
        EnvironmentStatus(
            environment: environment,
            reconciliation: try await reconcile(),
            entries: site.history.entries(of: environment),
            controller: site.controllerProcess
        )
    }

    // MARK: Looking

    func reconcile() async throws -> Reconciliation {
        try await site.reconciler(for: environment)
            .look(at: .now, record: site.history.record(of: environment))
    }

    private func evidence(_ reconciliation: Reconciliation) throws -> DriftInputs {
        var evidence = DriftInputs()
        evidence.traffic = try reconciliation.snapshot.trafficDifferences(reconciliation.routes)
        evidence.preparations = reconciliation.observation.preparations
        evidence.notes = reconciliation.observation.notes
        evidence.unresolved = reconciliation.unresolved.mapValues(\.reason)
        evidence.objects = reconciliation.observation.drift
        evidence.leftovers = reconciliation.observation.leftovers
        evidence.outages = site.history.outages(of: environment)
        evidence.bystanders = reconciliation.observation.bystanders
        evidence.isProjectMissing = reconciliation.observation.isProjectMissing
        evidence.rivalProjects = reconciliation.observation.rivalProjects
        return evidence
    }

    private func pairs(_ reconciliation: Reconciliation) -> [(container: Container, goal: Goal)] {
        reconciliation.observation.state.containers.compactMap { container in
            guard container.name.role == .committed, !container.isAdopted,
                let goal = reconciliation.goals[container.service]
            else { return nil }
            return (container, goal)
        }
    }

    private static func refusals(_ reconciliation: Reconciliation) -> [String: String] {
        reconciliation.decisions.compactMapValues { decision in
            if case .failed(let reason) = decision.outcome { reason } else { nil }
        }
    }

    private static func leftover(_ step: Step) -> Change {
        switch step {
        case .create(let goal, let slot, _):
            Change(
                .create,
                service: goal.service.name,
                subject: "\(goal.service.name)/\(slot)",
                reason: "missing"
            )
        case .start(let container), .unpause(let container), .rename(let container, _),
            .stop(let container), .remove(let container):
            Change(
                .finish,
                service: container.service,
                subject: "\(container.name)",
                from: container.version,
                reason: "left from an update"
            )
        }
    }

    /// Where the registry's tags point now; a registry that cannot be asked says nothing.
    private func tags(_ reconciliation: Reconciliation) async -> [String: DriftInputs.Tag] {
        var tags: [String: DriftInputs.Tag] = [:]
        for (name, goal) in reconciliation.goals {
            guard goal.service.image.digest == nil, goal.service.pullPolicy != .never else {
                continue
            }
            do {
                let digest = try await site.tags.digest(
                    of: goal.service.image,
                    at: .now,
                    maxAge: .zero
                )
                if digest != goal.image.digest { tags[name] = .moved(to: digest.short) }
            } catch {
                if site.saysNotFound(error) { tags[name] = .missing }
            }
        }
        return tags
    }

    // MARK: Who and since when

    private func attributed(_ row: Drift, _ desired: DesiredState) async -> Drift {
        var row = row
        let service = desired.service(named: row.service)
        let location = service.map { $0.origins[row.field] ?? $0.origins["version"] ?? $0.location }
        var author: Revision?
        if let location {
            author = await site.source.author(of: location, at: desired.revision.id)
        }
        let setter = author ?? desired.revision
        row.commit = setter.short
        row.author = setter.author
        row.since = site.history.driftBegan(row.identity, in: environment) ?? row.since
        if row.since == nil, row.kind == .version { row.since = setter.date }
        return row
    }
}

/// The newest revision says nothing usable about the environment.
package struct UnusableRevision: Error, CustomStringConvertible {
    /// What it says.
    package let wanted: Wanted
    /// About which environment.
    package let environment: String

    /// Names what cannot be used.
    package init(wanted: Wanted, environment: String) {
        self.wanted = wanted
        self.environment = environment
    }

    /// What happened, where, and what to do next.
    package var description: String {
        let lines = wanted.problems.map { "\n  \($0)" }.joined()
        let inForce = wanted.desired.map { "\($0.revision.short) stays in force" }
        return "revision \(wanted.tip.short) by \(wanted.tip.author) cannot be used for "
            + "\(environment)" + (inForce.map { "; \($0)" } ?? "") + lines
    }
}
