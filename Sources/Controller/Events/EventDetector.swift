internal import Digests
internal import Model
internal import Planning
internal import Rollouts

/// Finds what is new about a look, compared with the looks before: the same look again has no
/// events.
struct EventDetector: Equatable, Sendable {
    /// An event before it is known when and in which environment.
    typealias Finding = (service: String?, kind: Event.Kind)

    private struct OpenDrift: Equatable {
        var service: String?
        var since: Moment
    }

    private let environment: String
    private var revision: String?
    private var problems: [Diagnostic] = []
    private var unresolved: [String: Unresolved] = [:]
    private var conflicts: [String: [PortConflict]] = [:]
    private var writeConflicts: [String: [WriteConflict]] = [:]
    private var leaving: Set<String> = []
    private var drift: [String: OpenDrift] = [:]
    var releases: [String: ReleaseUnderWay] = [:]
    /// The spec that each service last arrived at.
    var released: [String: Digest] = [:]
    /// The spec whose failure was said.
    var failed: [String: Digest] = [:]
    /// Failed releases whose callers are being taken back, and since when.
    var rollbacks: [String: ReleaseUnderWay] = [:]
    /// Why candidates failed, before their release was given up.
    var troubles: [String: String] = [:]

    /// Goes on after what `history` has, so that another process does not say it again.
    init(environment: String, history: [HistoryEntry] = []) {
        self.environment = environment
        for entry in history {
            let service = entry.service ?? ""
            let spec = entry.spec.flatMap { Digest($0) }
            switch entry.kind {
            case .accepted: revision = entry.revision
            case .updated: released[service] = spec
            case .failed: failed[service] = spec
            case .retried: failed[service] = nil
            // Lines without a reason are of an earlier Berth, which did not write each repair.
            case .drifted where entry.reason != nil:
                drift[entry.detail ?? ""] = OpenDrift(service: entry.service, since: entry.time)
            case .repaired: drift[entry.detail ?? ""] = nil
            default: break
            }
        }
    }

    /// What is new; `record` knows why releases failed that are given up.
    mutating func events(
        of look: Reconciliation,
        record: ReleaseRecord = ReleaseRecord(),
        at now: Moment
    ) -> [Event] {
        var found = refusal(look.wanted) + acceptance(look.wanted) + obstacles(look)
        if let desired = look.wanted.desired, !desired.isSuspended {
            for (name, decision) in look.decisions.sorted(by: { $0.key < $1.key }) {
                switch look.intents[name] {
                case .run(let goal, _):
                    let reason = record.services[name]?.failures[goal.spec]
                    found += release(of: goal, decision, look, failure: reason, now)
                        .map { (name, $0) }
                case .keep: break
                case .remove, nil: found += departure(of: name, look)
                }
            }
            found += removals(look) + differences(look, now)
        }
        return found.map {
            Event(
                $0.kind,
                at: now,
                environment: environment,
                service: $0.service,
                revision: revision
            )
        }
    }

    // MARK: Revisions

    private mutating func refusal(_ wanted: Wanted) -> [Finding] {
        guard problems != wanted.problems else { return [] }
        problems = wanted.problems
        guard !problems.isEmpty else { return [] }
        let kind = Event.Kind.revisionRefused(
            wanted.tip,
            inForce: wanted.desired?.revision,
            problems: problems.map(\.description)
        )
        return [(nil, kind)]
    }

    private mutating func acceptance(_ wanted: Wanted) -> [Finding] {
        guard let desired = wanted.desired, revision != desired.revision.id else { return [] }
        defer { revision = desired.revision.id }
        let warnings = desired.warnings.map(\.description)
        return [(nil, .revisionAccepted(desired.revision, from: revision, warnings: warnings))]
    }

    // MARK: What keeps a service as it is

    private mutating func obstacles(_ look: Reconciliation) -> [Finding] {
        let observation = look.observation
        let unresolved = look.unresolved.filter { name, _ in
            observation.conflicts[name] == nil && observation.writeConflicts[name] == nil
        }
        defer {
            self.unresolved = unresolved
            conflicts = observation.conflicts
            writeConflicts = observation.writeConflicts
        }
        return Self.changes(
            from: self.unresolved,
            to: unresolved,
            found: \.event,
            ended: \.ending
        )
            + Self.changes(
                from: conflicts,
                to: observation.conflicts,
                found: { .hostPortConflict($0.map(\.description)) },
                ended: { _ in .hostPortsFree }
            )
            + Self.changes(
                from: writeConflicts,
                to: observation.writeConflicts,
                found: { .writeConflict($0.map(\.description)) },
                ended: { _ in .writeConflictEnded }
            )
    }

    /// What is new, or another than before, and then what is over.
    private static func changes<Obstacle: Equatable>(
        from before: [String: Obstacle],
        to now: [String: Obstacle],
        found: (Obstacle) -> Event.Kind,
        ended: (Obstacle) -> Event.Kind
    ) -> [Finding] {
        let new = now.filter { before[$0.key] != $0.value }.sorted { $0.key < $1.key }
        let over = before.filter { now[$0.key] == nil }.sorted { $0.key < $1.key }
        return new.map { ($0.key, found($0.value)) } + over.map { ($0.key, ended($0.value)) }
    }

    // MARK: Services that leave

    private mutating func departure(of name: String, _ look: Reconciliation) -> [Finding] {
        guard look.observation.state.containers.contains(where: { $0.service == name }),
            leaving.insert(name).inserted
        else { return [] }
        released[name] = nil
        return [(name, .removalStarted)]
    }

    private mutating func removals(_ look: Reconciliation) -> [Finding] {
        let gone = leaving.filter { look.decisions[$0] == nil }
        leaving.subtract(gone)
        return gone.sorted().map { ($0, .serviceRemoved) }
    }

    // MARK: Drift

    /// What differs about services that had arrived, so that it is not an update.
    private mutating func differences(_ look: Reconciliation, _ now: Moment) -> [Finding] {
        guard let comparison = look.comparison(with: DriftInputs()) else { return [] }
        let rows = comparison.drift.filter { row in
            // What is being taken over is no drift of a release.
            guard row.field != "adopts", let goal = look.goals[row.service] else { return false }
            return released[row.service] == goal.spec
        }
        let new = rows.filter { row in
            guard drift[row.identity] == nil else { return false }
            drift[row.identity] = OpenDrift(service: row.service, since: now)
            return true
        }
        let present = Set(rows.map(\.identity))
        let over = drift.filter { !present.contains($0.key) }.sorted { $0.key < $1.key }
        for (identity, _) in over { drift[identity] = nil }
        return new.map { ($0.service, .driftDetected($0)) }
            + over.map { identity, open in
                (open.service, .driftRepaired(identity: identity, lasted: now - open.since))
            }
    }
}

extension Unresolved {
    fileprivate var event: Event.Kind {
        switch cause {
        case .registry: .registryUnreachable(reason)
        case .image: .imageUnresolved(reason)
        case .notAllowed: .serviceBlocked(reason)
        }
    }

    fileprivate var ending: Event.Kind {
        switch cause {
        case .registry: .registryReachable
        case .image: .imageResolved
        case .notAllowed: .serviceUnblocked
        }
    }
}
