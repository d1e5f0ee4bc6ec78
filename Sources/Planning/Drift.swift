internal import Digests
package import Model

/// One difference between the committed state and the host.
package struct Drift: Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// A desired container does not exist.
        case missing
        /// A container exists that is not desired.
        case unexpected
        /// Another version runs.
        case version
        /// The same version runs with other settings.
        case configuration
        /// A container has ended, or is paused.
        case stopped
        /// Docker's health check failed.
        case unhealthy
        /// The registry's tag no longer points to what runs.
        case tagMoved = "tag moved"
        /// The registry does not have the tag.
        case tagMissing = "tag missing"
        /// The rules route elsewhere.
        case traffic
    }

    package var kind: Kind
    package var service: String
    /// The container's name, or the service's where the row is not about a container.
    package var subject: String
    /// In Compose's words.
    package var field: String
    package var desired: String
    package var actual: String
    /// Since when, where that is known.
    package var since: Moment?
    /// The commit that set the desired value.
    package var commit: String?
    /// That commit's author.
    package var author: String?

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

    /// What stays the same about a difference from one pass to the next.
    package var identity: String { "\(kind.rawValue) \(subject) \(field)" }
}

extension Comparison {
    /// Every difference, services in order of their names.
    package var drift: [Drift] {
        let listed = Set(desired.services.map(\.name))
        let others = inputs.traffic.keys.filter { !listed.contains($0) }.sorted()
        return desired.services.flatMap(drift)
            + surplus.map { Drift($0, "services.\($0.service)", actual: $0.version) }
            + others.flatMap(trafficDrift) + inputs.objects
    }

    private func drift(_ service: Service) -> [Drift] {
        let containers = goals[service.name].map { slots(of: $0).flatMap(drift) } ?? []
        // Where containers differ, the routes differ because of them.
        let traffic = containers.isEmpty ? trafficDrift(service.name) : []
        return containers + tagDrift(service) + traffic
    }

    private func drift(_ slot: Slot) -> [Drift] {
        guard let committed = slot.committed else {
            return [slot.drift(.missing, "replicas", actual: "nothing")]
        }
        if let project = committed.project {
            return [slot.drift(.unexpected, "adopts", actual: "\(committed.name) of \(project)")]
        }
        // Containers of the adopted project that were replaced.
        var rows = slot.others.compactMap { container in
            container.project.map {
                Drift(container, "adopts", actual: "created by the Compose project \($0)")
            }
        }
        if committed.version != slot.goal.version {
            rows.append(slot.drift(.version, "version", actual: committed.version))
        } else {
            rows += configuration(slot, committed)
        }
        if committed.spec == slot.goal.spec, !slot.goal.service.isJob {
            rows += committed.lostNetworks.map {
                slot.drift(.configuration, "networks", desired: $0, actual: "not on it")
            }
        }
        return rows + state(slot, committed)
    }

    private func configuration(_ slot: Slot, _ committed: Container) -> [Drift] {
        func row(_ field: String, _ desired: String, _ actual: String) -> Drift {
            slot.drift(.configuration, field, desired: desired, actual: actual)
        }
        let rows = (inputs.fields[committed.id] ?? []).map { row($0.field, $0.desired, $0.actual) }
        guard rows.isEmpty, committed.spec != slot.goal.spec else { return rows }
        let (desired, actual) = (slot.goal.image.digest, committed.image.digest)
        return desired == actual
            ? [row("spec", slot.goal.spec.short, committed.spec.short)]
            : [row("image", desired?.short ?? "", actual?.short ?? "")]
    }

    private func state(_ slot: Slot, _ committed: Container) -> [Drift] {
        switch committed.state {
        case .running where committed.health == .unhealthy:
            [slot.drift(.unhealthy, "healthcheck", desired: "running", actual: "unhealthy")]
        case .running: []
        case .exited(code: 0) where slot.goal.service.isJob: []
        case .created, .restarting, .paused, .exited, .dead:
            [
                slot.drift(
                    .stopped,
                    "state",
                    desired: "running",
                    actual: committed.state.words,
                    since: committed.finished
                )
            ]
        }
    }

    private func tagDrift(_ service: Service) -> [Drift] {
        guard let tag = inputs.tags[service.name] else { return [] }
        let running = observed.containers.first {
            $0.service == service.name && $0.name.role == .committed
        }
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
                actual: running?.image.digest?.short ?? "nothing"
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

extension Comparison.Slot {
    /// A row about the slot; the desired value is the version by default.
    fileprivate func drift(
        _ kind: Drift.Kind,
        _ field: String,
        desired: String? = nil,
        actual: String,
        since: Moment? = nil
    ) -> Drift {
        Drift(
            kind,
            service: goal.service.name,
            subject: "\(name)",
            field: field,
            desired: desired ?? goal.version,
            actual: actual,
            since: since
        )
    }
}

extension Drift {
    /// A container that is not desired.
    fileprivate init(_ container: Container, _ field: String, actual: String) {
        self.init(
            .unexpected,
            service: container.service,
            subject: "\(container.name)",
            field: field,
            desired: "nothing",
            actual: actual,
            since: container.created
        )
    }
}
