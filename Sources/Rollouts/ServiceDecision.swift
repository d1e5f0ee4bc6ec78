public import Model

/// What one service needs next, and where it stands.
public struct ServiceDecision: Sendable {
    /// Where a service stands as a whole.
    public enum Outcome: Hashable, Sendable {
        /// As it should be.
        case steady
        /// On its way.
        case progressing
        /// Held back by something else, and why.
        case waiting(String)
        /// Its release failed, and why; what ran before runs on.
        case failed(String)
    }

    /// The version it goes to; nil where it only stays or leaves.
    public var version: String?
    /// Where each slot stands.
    public var phases: [Int: Phase] = [:]
    /// Who serves from now on, in the order of the slots.
    public var backends: [Backend] = []
    /// The next calls to the host; those on different subjects may run at the same time.
    public var steps: [Step] = []
    /// When to look again at the latest; nil while only the outside can change anything.
    public var wake: Moment?
    /// Where the service stands as a whole.
    public var outcome: Outcome = .progressing

    init(version: String?) {
        self.version = version
    }

    mutating func add(_ next: SlotRollout.Decision, of slot: Slot) {
        phases[slot.number] = next.phase
        if let step = next.step { steps.append(step) }
        wake = earliest(wake, next.wake)
    }

    mutating func add(_ farewell: Farewell.Decision) {
        steps += farewell.steps
        wake = earliest(wake, farewell.wake)
    }

    /// Sums the slots up.
    mutating func conclude(refusal: String?) {
        let settled = phases.values.allSatisfy { $0 == .steady || $0 == .completed }
        if let failure = phases.sorted(by: { $0.key < $1.key }).compactMap(\.value.failure).first {
            outcome = .failed(failure)
        } else if settled, steps.isEmpty, wake == nil {
            outcome = .steady
        } else if let reason = phases.values.compactMap(\.obstacle).first,
            phases.values.allSatisfy({ $0.obstacle != nil || $0 == .steady })
        {
            outcome = .waiting(reason)
        } else {
            outcome = .progressing
        }
    }
}

extension Phase {
    var failure: String? {
        if case .failed(let reason) = self { return reason }
        return nil
    }

    var obstacle: String? {
        if case .waiting(let reason) = self { return reason }
        return nil
    }
}

func earliest(_ one: Moment?, _ other: Moment?) -> Moment? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
}
