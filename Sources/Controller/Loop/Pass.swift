internal import Model
package import Rollouts

/// What one look led to.
package struct Pass: Sendable {
    /// What was seen and decided; nil when looking failed.
    package var reconciliation: Reconciliation?
    /// Why looking failed.
    package var error: String?
    /// The steps that were begun.
    package var begun: [Step] = []
    /// Why what is still wanted failed the last time: steps, what containers need, or looking.
    package var waiting: [String] = []
    /// How often in a row looking failed, or making what containers need.
    package var failures = 0
    /// Services with a step that failed so often that trying again is no use for now.
    package var exhausted: Set<String> = []
    /// Whether traffic was moved, or something was made that the next look has to see.
    package var hasMoved = false
    /// Whether nothing is under way.
    package var isIdle: Bool

    var requeueAt: Moment? { reconciliation?.requeueAt }

    /// Whether nothing but another attempt at what failed is left to do.
    package var isStuck: Bool {
        guard isIdle, !hasMoved else { return false }
        guard failures >= Self.patience || !exhausted.isEmpty else { return false }
        let decisions = reconciliation?.decisions ?? [:]
        return decisions.allSatisfy { $0.value.isSettled || exhausted.contains($0.key) }
    }

    /// As many attempts as a step, or a look, is worth before an apply gives up.
    static let patience = 5

    /// Whether everything is as it should be, or has failed for good.
    ///
    /// Of a suspended environment nothing is to be done but its traffic.
    package var isSettled: Bool {
        guard let reconciliation, isIdle, !hasMoved, failures == 0 else { return false }
        if reconciliation.wanted.desired?.isSuspended == true { return true }
        return reconciliation.decisions.values.allSatisfy(\.isSettled)
    }
}
