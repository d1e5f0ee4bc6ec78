internal import Model

/// Everything that an apply would do: empty when the host is as the revision says.
public struct Plan: Sendable, Codable {
    /// The environment's name.
    public var environment: String
    /// The commit that was planned.
    public var revision: String
    /// What would be done, services in order of their names.
    public var changes: [Change]
    /// What is worth knowing although it changes nothing.
    public var warnings: [String]

    /// Plans; `refusals` are the services whose release failed before, and how.
    public init(_ comparison: Comparison, refusals: [String: String] = [:]) {
        environment = comparison.desired.environment
        revision = comparison.desired.revision.id
        warnings = comparison.desired.warnings.map(\.description)
        changes = []
        changes += comparison.evidence.preparations.map { name in
            let note = comparison.evidence.notes[name].map { "; \($0)" } ?? ""
            let reason = "not on this host\(note)"
            return Change(.create, service: "", subject: name, to: name, reason: reason)
        }
        changes += comparison.evidence.leftovers.map { name in
            Change(.remove, service: "", subject: name, reason: "not used; its definition changed")
        }
        for service in comparison.desired.services {
            if let reason = comparison.evidence.unresolved[service.name] {
                changes.append(Self.unresolved(service, reason))
            } else if let goal = comparison.goals[service.name] {
                changes += Self.changes(goal, in: comparison, refusal: refusals[service.name])
            }
        }
        if comparison.desired.prunes {
            changes += comparison.surplus.map { container in
                Change(
                    .remove,
                    service: container.service,
                    subject: "\(container.name)",
                    from: container.version,
                    reason: "not in environments/\(comparison.desired.environment).yaml"
                )
            }
        }
        changes += Self.traffic(comparison.evidence.traffic)
    }

    /// Whether there is nothing to do.
    public var isEmpty: Bool { changes.isEmpty }

    private static func unresolved(_ service: Service, _ reason: String) -> Change {
        Change(
            .blocked,
            service: service.name,
            subject: service.name,
            to: service.version ?? "",
            reason: reason
        )
    }

    private static func changes(
        _ goal: Goal,
        in comparison: Comparison,
        refusal: String?
    ) -> [Change] {
        comparison.slots(of: goal).flatMap { slot in
            change(slot, comparison.evidence, refusal).map { [$0] } ?? unfinished(slot)
        }
    }

    private static func change(
        _ slot: Comparison.Slot,
        _ evidence: Evidence,
        _ refusal: String?
    ) -> Change? {
        func change(_ action: Change.Action, from: String, reason: String) -> Change {
            Change(
                action,
                service: slot.goal.service.name,
                subject: "\(slot.name)",
                from: from,
                to: slot.goal.version,
                reason: reason
            )
        }
        guard let committed = slot.committed else {
            guard refusal == nil else {
                return change(.blocked, from: "", reason: "failed before: \(refusal ?? "")")
            }
            return change(.create, from: "", reason: "missing")
        }
        guard committed.spec == slot.goal.spec else {
            let reason =
                refusal.map { "failed before: \($0)" } ?? difference(slot, committed, evidence)
            return change(
                refusal == nil ? .update : .blocked,
                from: committed.version,
                reason: reason
            )
        }
        if !committed.lostNetworks.isEmpty, !slot.goal.service.isJob {
            let networks = committed.lostNetworks.joined(separator: ", ")
            return change(.replace, from: committed.version, reason: "not on network \(networks)")
        }
        switch committed.state {
        case .running where committed.health == .unhealthy:
            return change(.replace, from: committed.version, reason: "unhealthy")
        case .running, .restarting:
            return nil
        case .exited(code: 0) where slot.goal.service.isJob:
            return nil
        case .created, .paused, .exited, .dead:
            return change(.start, from: committed.state.words, reason: committed.state.words)
        }
    }

    private static func difference(
        _ slot: Comparison.Slot,
        _ committed: Container,
        _ evidence: Evidence
    ) -> String {
        let policy = slot.goal.service.update
        let order = [policy.order.rawValue, policy.orderReason].compactMap(\.self)
            .joined(separator: ": ")
        let service = slot.goal.service
        let what = what(slot, committed, evidence)
        guard service.isOutOfServiceInUpdates else { return "\(what); \(order)" }
        let outage = expectedOutage(of: service, last: evidence.outages[service.name])
        return "\(what); \(order); \(outage)"
    }

    private static func expectedOutage(of service: Service, last: Duration?) -> String {
        let grace = (service.container.stopGracePeriod ?? .seconds(10)).rounded
        let expected = "out of service while it stops (at most \(grace)) and starts"
        return last.map { "\(expected), last time for \($0.rounded)" } ?? expected
    }

    private static func what(
        _ slot: Comparison.Slot,
        _ committed: Container,
        _ evidence: Evidence
    ) -> String {
        if committed.version != slot.goal.version { return "version" }
        if committed.image.digest != slot.goal.image.digest { return "the tag's image" }
        let fields = evidence.fields[committed.id]?.map(\.field) ?? []
        return fields.isEmpty ? "configuration" : fields.joined(separator: ", ")
    }

    private static func unfinished(_ slot: Comparison.Slot) -> [Change] {
        slot.others.compactMap { container in
            if case .failed = container.name.role { return nil }
            return Change(
                .finish,
                service: container.service,
                subject: "\(container.name)",
                from: container.version,
                to: slot.goal.version,
                reason: "left from an update"
            )
        }
    }

    private static func traffic(_ differences: [String: [FieldDifference]]) -> [Change] {
        differences.sorted { $0.key < $1.key }.flatMap { service, fields in
            fields.map { field in
                Change(
                    .traffic,
                    service: service,
                    subject: field.field,
                    from: field.actual,
                    to: field.desired,
                    reason: "rules differ"
                )
            }
        }
    }
}

extension Service {
    /// Whether all its slots are stopped at a time before their successors start.
    fileprivate var isOutOfServiceInUpdates: Bool {
        update.order == .stopFirst && !isJob
            && (update.parallelism == 0 || update.parallelism >= replicas)
    }
}

extension Duration {
    /// In seconds, to a tenth where that matters.
    fileprivate var rounded: String {
        let tenths = Int64((self / .milliseconds(100)).rounded())
        return tenths < 100 && tenths % 10 != 0
            ? "\(tenths / 10).\(tenths % 10) s" : "\((tenths + 5) / 10) s"
    }
}
