internal import Model

/// Everything that an apply would do: empty when the host is as the revision says.
package struct Plan: Sendable, Codable {
    /// The environment's name.
    package var environment: String
    /// The commit that was planned.
    package var revision: String
    /// What would be done, services in order of their names.
    package var changes: [Change]
    /// What is worth knowing although it changes nothing.
    package var warnings: [String]

    /// Plans; `refusals` are the services whose release failed before, and how.
    package init(_ comparison: Comparison, refusals: [String: String] = [:]) {
        environment = comparison.desired.environment
        revision = comparison.desired.revision.id
        warnings = comparison.desired.warnings.map(\.description)
        if let project = comparison.desired.adoptedProject {
            warnings += Self.warnings(of: project, in: comparison)
        }
        warnings += comparison.inputs.rivalProjects.sorted().map { project in
            "the Compose project \(project) has what services of this environment need; to take it "
                + "over, add adopts: { project: \(project) } to "
                + "environments/\(comparison.desired.environment).yaml"
        }
        changes = []
        changes += comparison.inputs.preparations.map { name in
            let note = comparison.inputs.notes[name].map { "; \($0)" } ?? ""
            let reason = "not on this host\(note)"
            return Change(.create, service: "", subject: name, to: name, reason: reason)
        }
        changes += comparison.inputs.leftovers.map { name in
            Change(.remove, service: "", subject: name, reason: "not used; its definition changed")
        }
        for service in comparison.desired.services {
            if let reason = comparison.inputs.unresolved[service.name] {
                changes.append(Self.unresolved(service, reason))
            } else if let goal = comparison.goals[service.name] {
                changes += Self.changes(goal, in: comparison, refusal: refusals[service.name])
            }
        }
        let leaving = comparison.surplus.filter { container in
            comparison.desired.prunes
                || comparison.desired.service(named: container.service) != nil
        }
        changes += leaving.map { container in
            Change(
                .remove,
                service: container.service,
                subject: "\(container.name)",
                from: container.version,
                reason: Self.surplus(container, in: comparison.desired)
            )
        }
        changes += Self.traffic(comparison.inputs.traffic)
    }

    /// What of the adopted project is not taken over.
    private static func warnings(of project: String, in comparison: Comparison) -> [String] {
        guard !comparison.inputs.isProjectMissing else {
            return [
                "this host has no container and no network of the Compose project \(project), "
                    + "which adopts names; docker ps shows what runs"
            ]
        }
        return comparison.inputs.bystanders.map { container in
            "\(container) of the Compose project \(project) belongs to no service of "
                + "environments/\(comparison.desired.environment).yaml and is left alone"
        }
    }

    private static func surplus(_ container: Container, in desired: DesiredState) -> String {
        desired.service(named: container.service).map { "replicas: \($0.replicas)" }
            ?? "not in environments/\(desired.environment).yaml"
    }

    /// Whether there is nothing to do.
    package var isEmpty: Bool { changes.isEmpty }

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
            change(slot, comparison.inputs, refusal).map { [$0] } ?? unfinished(slot)
        }
    }

    private static func change(
        _ slot: Comparison.Slot,
        _ inputs: DriftInputs,
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
        guard !committed.isAdopted else { return adoption(of: committed, slot, inputs, refusal) }
        guard committed.spec == slot.goal.spec else {
            let reason =
                refusal.map { "failed before: \($0)" } ?? difference(slot, committed, inputs)
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

    private static func adoption(
        of committed: Container,
        _ slot: Comparison.Slot,
        _ inputs: DriftInputs,
        _ refusal: String?
    ) -> Change {
        Change(
            refusal == nil ? .adopt : .blocked,
            service: committed.service,
            subject: "\(committed.name)",
            from: committed.version,
            to: slot.goal.version,
            reason: refusal.map { "failed before: \($0)" } ?? manner(slot, inputs)
        )
    }

    private static func difference(
        _ slot: Comparison.Slot,
        _ committed: Container,
        _ inputs: DriftInputs
    ) -> String {
        "\(what(slot, committed, inputs)); \(manner(slot, inputs))"
    }

    /// In which order containers are replaced, why, and what it costs.
    private static func manner(_ slot: Comparison.Slot, _ inputs: DriftInputs) -> String {
        let service = slot.goal.service
        let order = [service.update.order.rawValue, service.update.orderReason].compactMap(\.self)
            .joined(separator: ": ")
        guard service.isOutOfServiceInUpdates else { return order }
        return "\(order); \(expectedOutage(of: service, last: inputs.outages[service.name]))"
    }

    private static func expectedOutage(of service: Service, last: Duration?) -> String {
        let grace = (service.container.stopGracePeriod ?? .seconds(10)).rounded
        let expected = "out of service while it stops (at most \(grace)) and starts"
        return last.map { "\(expected), last time for \($0.rounded)" } ?? expected
    }

    private static func what(
        _ slot: Comparison.Slot,
        _ committed: Container,
        _ inputs: DriftInputs
    ) -> String {
        if committed.version != slot.goal.version { return "version" }
        if committed.image.digest != slot.goal.image.digest { return "the tag's image" }
        let fields = inputs.fields[committed.id]?.map(\.field) ?? []
        return fields.isEmpty ? "configuration" : fields.joined(separator: ", ")
    }

    private static func unfinished(_ slot: Comparison.Slot) -> [Change] {
        slot.others.compactMap { container in
            if case .failed = container.name.role { return nil }
            if let project = container.project {
                return Change(
                    .remove,
                    service: container.service,
                    subject: "\(container.name)",
                    from: container.version,
                    reason: "\(slot.name) has replaced it in the Compose project \(project)"
                )
            }
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
