internal import Digests
internal import Model
internal import Rollouts

/// Finds what a look adds to the `ReleaseRecord`, from its decisions alone: the specs that are
/// given up, and the jobs that completed.
struct ReleaseRecorder: Sendable {
    /// Why candidates failed: the look that sees one fail knows why, and the one that gives its
    /// release up sees the container that is kept only.
    private var troubles: [String: String] = [:]

    /// The lines to append to the history.
    mutating func additions(
        of look: Reconciliation,
        to record: ReleaseRecord,
        at now: Moment
    ) -> [HistoryEntry] {
        guard let desired = look.wanted.desired, !desired.isSuspended else { return [] }
        return look.decisions.sorted { $0.key < $1.key }.compactMap { name, decision in
            guard case .run(let goal, _) = look.intents[name] else { return nil }
            let known = record.services[name] ?? ReleaseRecord.OfService()
            guard let (kind, detail) = addition(for: goal, decision, known) else { return nil }
            return HistoryEntry(
                kind,
                at: now,
                environment: desired.environment,
                revision: desired.revision.id,
                service: name,
                spec: goal.spec.description,
                detail: detail
            )
        }
    }

    private mutating func addition(
        for goal: Goal,
        _ decision: ServiceDecision,
        _ known: ReleaseRecord.OfService
    ) -> (HistoryEntry.Kind, detail: String?)? {
        let name = goal.service.name
        if case .failed(let reason) = decision.outcome {
            guard decision.failures[goal.spec] != nil else {
                troubles[name] = reason
                return nil
            }
            guard known.failures[goal.spec] == nil else { return nil }
            return (.exhausted, troubles[name] ?? reason)
        }
        let phases = decision.phases.values
        guard phases.allSatisfy({ $0 == .steady || $0 == .completed }) else { return nil }
        troubles[name] = nil
        if phases.contains(.completed), !known.completions.contains(goal.spec) {
            return (.completed, nil)
        }
        // It arrived after all.
        return known.failures[goal.spec] != nil ? (.retried, nil) : nil
    }
}
