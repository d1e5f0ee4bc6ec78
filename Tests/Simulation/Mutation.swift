package import Model
package import Rollouts

/// A bug planted in the controller, to see that the simulation finds it.
package struct Mutation: Sendable {
    /// Changes what was decided.
    package var decision:
        @Sendable (_ decision: inout ServiceDecision, _ observed: ObservedState) -> Void
    /// Changes what is known before anything is decided.
    package var knowledge:
        @Sendable (_ observed: inout ObservedState, _ memory: inout ReleaseRecord) -> Void
    /// Whether containers that the table names and the list lacks are looked up.
    package var verifiesLists = true
    /// Whether a look and what follows from it are one, whoever else looks.
    package var takesLock = true
    /// Whether traffic is moved before the steps are made.
    package var routesFirst = true

    /// No bug, unless one is given.
    package init(
        decision: @escaping @Sendable (inout ServiceDecision, ObservedState) -> Void = { _, _ in },
        knowledge: @escaping @Sendable (inout ObservedState, inout ReleaseRecord) -> Void = {
            _,
            _ in
        }
    ) {
        self.decision = decision
        self.knowledge = knowledge
    }
}
