package import Digests
package import Model

/// What one service needs next, and where it stands.
package struct ServiceDecision: Sendable {
    /// Where a service stands as a whole.
    package enum Outcome: Hashable, Sendable {
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
    package var version: String?
    /// Where each slot stands.
    package var phases: [Int: Phase] = [:]
    /// Who serves from now on, in the order of the slots.
    package var backends: [Backend] = []
    /// The next calls to the host; those on different subjects may run at the same time.
    package var steps: [Step] = []
    /// When to look again at the latest; nil while only the outside can change anything.
    package var requeueAt: Moment?
    /// Where the service stands as a whole.
    package var outcome: Outcome = .progressing
    /// Releases that failed, by spec, and how: what `ReleaseRecord` should hold from now on.
    package var failures: [Digest: String] = [:]

    /// Whether nothing more happens unless something outside changes, whatever the outcome.
    package private(set) var isSettled = false

    /// Why the release that was asked for failed, while the service goes back to the last good one.
    var failedRelease: String?
    /// How many slots are wanted; those beyond are leaving.
    private let slots: Int
    /// Slots of which a container runs or serves, be it the old one.
    private var alive: Set<Int> = []

    init(version: String?, slots: Int) {
        self.version = version
        self.slots = slots
    }

    /// The phases of the slots that are wanted.
    var wantedPhases: [Int: Phase] { phases.filter { $0.key <= slots || slots == 0 } }

    mutating func add(_ next: SlotRollout.Decision, of slot: Slot) {
        phases[slot.number] = next.phase
        steps += next.steps
        requeueAt = earliest(requeueAt, next.requeueAt)
        if next.endpoint.map({ $0.grade != .notReady }) ?? false { alive.insert(slot.number) }
    }

    mutating func add(_ farewell: Termination.Decision) {
        steps += farewell.steps
        requeueAt = earliest(requeueAt, farewell.requeueAt)
    }

    /// Takes back every step that would end a container in the table, as it is or is to be.
    mutating func spare(_ backends: [Backend]) {
        steps.removeAll { step in
            switch step {
            case .stop(let container), .remove(let container):
                backends.contains { $0.isContainer(container.id) }
            case .create, .start, .unpause, .rename:
                false
            }
        }
    }

    /// Takes back every step that would stop a container of the adopted project.
    mutating func holdAdopted() {
        steps.removeAll { step in
            if case .stop(let container) = step { container.isAdopted } else { false }
        }
    }

    /// Takes back every removal of a container that only the adopted project had in its slot.
    mutating func holdSurplus() {
        steps.removeAll { step in
            guard case .remove(let container) = step else { return false }
            return container.isAdopted && container.name.role == .committed
        }
    }

    /// Sums the slots up.
    mutating func conclude(table: [Backend]) {
        let ordered = wantedPhases.sorted { $0.key < $1.key }.map(\.value)
        isSettled = steps.isEmpty && requeueAt == nil && backends == table
        if let failure = failedRelease ?? ordered.compactMap(\.failure).first {
            outcome = .failed(failure)
        } else if isSettled, phases.values.allSatisfy(\.isSettled) {
            outcome = .steady
        } else if let reason = ordered.compactMap(\.obstacle).first,
            ordered.allSatisfy({ $0.obstacle != nil || $0.isSettled })
        {
            outcome = .waiting(reason)
        } else {
            outcome = .progressing
        }
    }

    /// Whether what depends on this service may begin.
    ///
    /// A service that is being replaced is waited for, too: what starts against the old version
    /// may have to be started again.
    /// After a release that failed the old version is what there is.
    func satisfies(_ condition: Dependency.Condition) -> Bool {
        let wanted = wantedPhases
        switch condition {
        case .started:
            return wanted.allSatisfy { slot, phase in
                phase.isSettled || phase.isLive || phase.runs || hasOld(slot, phase)
            }
        case .healthy:
            return !backends.isEmpty
                && wanted.allSatisfy { slot, phase in
                    phase == .steady || phase.isLive || hasOld(slot, phase)
                }
        case .completed:
            return !wanted.isEmpty && wanted.values.allSatisfy { $0 == .completed }
        }
    }

    private func hasOld(_ slot: Int, _ phase: Phase) -> Bool {
        phase.failure != nil && alive.contains(slot)
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

    /// Whether nothing is left to do.
    var isSettled: Bool { self == .steady || self == .completed }

    /// Whether the goal's own container runs, ready or not.
    var runs: Bool {
        if case .warming = self { return true }
        return false
    }

    /// Whether the goal's own container serves, be it that the old one has not left yet.
    var isLive: Bool {
        switch self {
        case .monitoring, .committing: true
        default: false
        }
    }
}

func earliest(_ one: Moment?, _ other: Moment?) -> Moment? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
}
