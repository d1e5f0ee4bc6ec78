internal import Model

/// Everything that an apply would do: empty when the host is in sync with the revision.
package struct Plan: Sendable, Codable {
    package var environment: String
    /// The planned commit.
    package var revision: String
    /// Services in order of their names.
    package var changes: [Change]
    /// Worth knowing, although they change nothing.
    package var warnings: [String]

    package var isEmpty: Bool { changes.isEmpty }

    /// Plans; `refusals` are the services whose release failed before, and why.
    package init(_ comparison: Comparison, refusals: [String: String] = [:]) {
        environment = comparison.desired.environment
        revision = comparison.desired.revision.id
        warnings = comparison.warnings
        changes = comparison.objects
        for service in comparison.desired.services {
            changes += comparison.changes(of: service, refusal: refusals[service.name])
        }
        changes += comparison.removals + comparison.traffic
    }
}

extension Comparison {
    fileprivate var warnings: [String] {
        let file = "environments/\(desired.environment).yaml"
        let rivals = inputs.rivalProjects.sorted().map { project in
            "the Compose project \(project) has what services of this environment need; to take "
                + "it over, add adopts: { project: \(project) } to \(file)"
        }
        return desired.warnings.map(\.description) + adoptionWarnings(file) + rivals
    }

    private func adoptionWarnings(_ file: String) -> [String] {
        guard let project = desired.adoptedProject else { return [] }
        guard !inputs.isProjectMissing else {
            return [
                "adopts names the Compose project \(project), but this host has no container and "
                    + "no network of it; docker ps shows what runs"
            ]
        }
        return inputs.bystanders.map { container in
            "\(container) of the Compose project \(project) belongs to no service of \(file) and "
                + "is left alone"
        }
    }

    /// Networks and volumes.
    fileprivate var objects: [Change] {
        inputs.preparations.map { name in
            let note = inputs.notes[name].map { "; \($0)" } ?? ""
            let reason = "missing on this host\(note)"
            return Change(.create, service: "", subject: name, to: name, reason: reason)
        }
            + inputs.leftovers.map { name in
                let reason = "unused since its definition changed"
                return Change(.remove, service: "", subject: name, reason: reason)
            }
    }

    fileprivate func changes(of service: Service, refusal: String?) -> [Change] {
        if let reason = inputs.unresolved[service.name] {
            return [
                Change(
                    .blocked,
                    service: service.name,
                    subject: service.name,
                    to: service.version ?? "",
                    reason: reason
                )
            ]
        }
        guard let goal = goals[service.name] else { return [] }
        return slots(of: goal).flatMap { slot in
            change(slot, failure: refusal.map { "failed before: \($0)" }).map { [$0] }
                ?? unfinished(slot)
        }
    }

    private func change(_ slot: Slot, failure: String?) -> Change? {
        func release(_ action: Change.Action, from: String, _ reason: String) -> Change {
            slot.change(failure == nil ? action : .blocked, from: from, failure ?? reason)
        }
        guard let committed = slot.committed else { return release(.create, from: "", "missing") }
        guard !committed.isAdopted else {
            let action = failure == nil ? Change.Action.adopt : .blocked
            return Change(action, committed, to: slot.goal.version, failure ?? order(slot))
        }
        guard committed.spec == slot.goal.spec else {
            let reason = "\(difference(slot, committed)); \(order(slot))"
            return release(.update, from: committed.version, reason)
        }
        return repair(slot, committed)
    }

    /// What a container of the right spec needs; a failed release does not keep it from that.
    private func repair(_ slot: Slot, _ committed: Container) -> Change? {
        if !committed.lostNetworks.isEmpty, !slot.goal.service.isJob {
            let networks = committed.lostNetworks.joined(separator: ", ")
            return slot.change(.replace, from: committed.version, "not on network \(networks)")
        }
        switch committed.state {
        case .running where committed.health == .unhealthy:
            return slot.change(.replace, from: committed.version, "unhealthy")
        case .running, .restarting:
            return nil
        case .exited(code: 0) where slot.goal.service.isJob:
            return nil
        case .created, .paused, .exited, .dead:
            return slot.change(.start, from: committed.state.words, committed.state.words)
        }
    }

    private func difference(_ slot: Slot, _ committed: Container) -> String {
        if committed.version != slot.goal.version { return "version" }
        if committed.image.digest != slot.goal.image.digest { return "the tag's image" }
        let fields = inputs.fields[committed.id]?.map(\.field) ?? []
        return fields.isEmpty ? "configuration" : fields.joined(separator: ", ")
    }

    /// In which order containers are replaced, why, and the expected outage.
    private func order(_ slot: Slot) -> String {
        let service = slot.goal.service
        let order = [service.update.order.rawValue, service.update.orderReason].compactMap(\.self)
            .joined(separator: ": ")
        guard service.isOutOfServiceInUpdates else { return order }
        let grace = (service.container.stopGracePeriod ?? .seconds(10)).rounded
        let last = inputs.outages[service.name].map { ", last time for \($0.rounded)" } ?? ""
        return "\(order); out of service while it stops (at most \(grace)) and starts\(last)"
    }

    private func unfinished(_ slot: Slot) -> [Change] {
        slot.others.compactMap { container in
            if case .failed = container.name.role { return nil }
            guard let project = container.project else {
                return Change(.finish, container, to: slot.goal.version, "left from an update")
            }
            let reason = "\(slot.name) has replaced it in the Compose project \(project)"
            return Change(.remove, container, reason)
        }
    }

    fileprivate var removals: [Change] {
        surplus.compactMap { container in
            let service = desired.service(named: container.service)
            guard desired.prunes || service != nil else { return nil }
            let reason =
                service.map { "replicas: \($0.replicas)" }
                ?? "not in environments/\(desired.environment).yaml"
            return Change(.remove, container, reason)
        }
    }

    fileprivate var traffic: [Change] {
        inputs.traffic.sorted { $0.key < $1.key }.flatMap { service, fields in
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

extension Comparison.Slot {
    fileprivate func change(_ action: Change.Action, from: String, _ reason: String) -> Change {
        Change(
            action,
            service: goal.service.name,
            subject: "\(name)",
            from: from,
            to: goal.version,
            reason: reason
        )
    }
}

extension Change {
    /// A change of a container that exists.
    fileprivate init(
        _ action: Action,
        _ container: Container,
        to version: String = "",
        _ reason: String
    ) {
        self.init(
            action,
            service: container.service,
            subject: "\(container.name)",
            from: container.version,
            to: version,
            reason: reason
        )
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
    /// In seconds, to a tenth below ten seconds.
    fileprivate var rounded: String {
        let tenths = Int64((self / .milliseconds(100)).rounded())
        return tenths < 100 && tenths % 10 != 0
            ? "\(tenths / 10).\(tenths % 10) s" : "\((tenths + 5) / 10) s"
    }
}
