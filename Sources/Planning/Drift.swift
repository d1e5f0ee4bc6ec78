internal import Digests
package import Model

/// One difference between what somebody committed and what the host does.
package struct Drift: Hashable, Sendable, Codable {
    /// What kind of difference.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// A container that should be there is not.
        case missing
        /// A container that should not be there is.
        case unexpected
        /// Another version runs.
        case version
        /// The same version runs with other settings.
        case configuration
        /// A container has ended, or is paused.
        case stopped
        /// Docker's health check failed.
        case unhealthy
        /// The registry's tag no longer points at what runs.
        case tagMoved = "tag moved"
        /// The registry does not have the tag.
        case tagMissing = "tag missing"
        /// The rules send traffic elsewhere.
        case traffic
    }

    /// What kind of difference.
    package var kind: Kind
    /// The service.
    package var service: String
    /// The container's name, or the service's where no container is meant.
    package var subject: String
    /// The field, in Compose's words.
    package var field: String
    /// What the revision says.
    package var desired: String
    /// What the host has.
    package var actual: String
    /// Since when, as far as anybody knows.
    package var since: Moment?
    /// The commit that set the desired value.
    package var commit: String?
    /// Who made that commit.
    package var author: String?

    /// Names a difference.
    package init(
        _ kind: Kind,
        service: String,
        subject: String,
        field: String,
        desired: String,
        actual: String,
        since: Moment? = nil
    ) {
        self.kind = kind
        self.service = service
        self.subject = subject
        self.field = field
        self.desired = desired
        self.actual = actual
        self.since = since
    }

    /// What stays the same about a difference from one look to the next.
    package var identity: String { "\(kind.rawValue) \(subject) \(field)" }
}

extension Comparison {
    /// Every difference, services in order of their names.
    package var drift: [Drift] {
        var rows: [Drift] = []
        for service in desired.services {
            let containers = goals[service.name].map { slots(of: $0).flatMap(drift) } ?? []
            rows += containers
            rows += tagDrift(service)
            // Where containers differ, who serves follows from that.
            if containers.isEmpty { rows += trafficDrift(service.name) }
        }
        rows += surplus.map { container in
            Drift(
                .unexpected,
                service: container.service,
                subject: "\(container.name)",
                field: "services.\(container.service)",
                desired: "nothing",
                actual: container.version,
                since: container.created
            )
        }
        let listed = Set(desired.services.map(\.name))
        let others = inputs.traffic.keys.filter { !listed.contains($0) }.sorted()
        return rows + others.flatMap(trafficDrift) + inputs.objects
    }

    private func drift(_ slot: Slot) -> [Drift] {
        func row(_ kind: Drift.Kind, _ field: String, _ actual: String, since: Moment?) -> Drift {
            Drift(
                kind,
                service: slot.goal.service.name,
                subject: "\(slot.name)",
                field: field,
                desired: kind == .stopped || kind == .unhealthy ? "running" : slot.goal.version,
                actual: actual,
                since: since
            )
        }
        guard let committed = slot.committed else {
            return [row(.missing, "replicas", "nothing", since: nil)]
        }
        if let project = committed.project {
            return [row(.unexpected, "adopts", "\(committed.name) of \(project)", since: nil)]
        }
        var rows = slot.others.compactMap(Self.leftover)
        if committed.version != slot.goal.version {
            rows.append(row(.version, "version", committed.version, since: nil))
        } else if committed.spec != slot.goal.spec {
            rows += configuration(slot, committed)
        } else {
            rows += fields(of: committed, slot)
        }
        if committed.spec == slot.goal.spec, !slot.goal.service.isJob {
            rows += committed.lostNetworks.map { network in
                Drift(
                    .configuration,
                    service: committed.service,
                    subject: "\(slot.name)",
                    field: "networks",
                    desired: network,
                    actual: "not on it"
                )
            }
        }
        switch committed.state {
        case .running where committed.health == .unhealthy:
            rows.append(row(.unhealthy, "healthcheck", "unhealthy", since: nil))
        case .running:
            break
        case .exited(code: 0) where slot.goal.service.isJob:
            break
        case .created, .restarting, .paused, .exited, .dead:
            rows.append(
                row(.stopped, "state", committed.state.words, since: committed.finished)
            )
        }
        return rows
    }

    /// A container of the adopted project that was replaced.
    private static func leftover(_ container: Container) -> Drift? {
        container.project.map { project in
            Drift(
                .unexpected,
                service: container.service,
                subject: "\(container.name)",
                field: "adopts",
                desired: "nothing",
                actual: "created by the Compose project \(project)",
                since: container.created
            )
        }
    }

    /// The container was made from another spec of the same version.
    private func configuration(_ slot: Slot, _ committed: Container) -> [Drift] {
        let rows = fields(of: committed, slot)
        guard rows.isEmpty else { return rows }
        let digests = (slot.goal.image.digest, committed.image.digest)
        let isImage = digests.0 != digests.1
        return [
            Drift(
                .configuration,
                service: committed.service,
                subject: "\(slot.name)",
                field: isImage ? "image" : "spec",
                desired: isImage ? digests.0?.short ?? "" : slot.goal.spec.short,
                actual: isImage ? digests.1?.short ?? "" : committed.spec.short
            )
        ]
    }

    private func fields(of committed: Container, _ slot: Slot) -> [Drift] {
        (inputs.fields[committed.id] ?? []).map { difference in
            Drift(
                .configuration,
                service: committed.service,
                subject: "\(slot.name)",
                field: difference.field,
                desired: difference.desired,
                actual: difference.actual
            )
        }
    }

    private func tagDrift(_ service: Service) -> [Drift] {
        guard let tag = inputs.tags[service.name] else { return [] }
        let running = observed.containers.first {
            $0.service == service.name && $0.name.role == .committed
        }
        let actual = running?.image.digest?.short ?? "nothing"
        let (kind, desired): (Drift.Kind, String) =
            switch tag {
            case .moved(let digest): (.tagMoved, digest)
            case .missing: (.tagMissing, "not in the registry")
            }
        return [
            Drift(
                kind,
                service: service.name,
                subject: service.name,
                field: "image",
                desired: "\(service.image.tag ?? "latest") = \(desired)",
                actual: actual
            )
        ]
    }

    private func trafficDrift(_ service: String) -> [Drift] {
        (inputs.traffic[service] ?? []).map { difference in
            Drift(
                .traffic,
                service: service,
                subject: service,
                field: difference.field,
                desired: difference.desired,
                actual: difference.actual
            )
        }
    }
}
