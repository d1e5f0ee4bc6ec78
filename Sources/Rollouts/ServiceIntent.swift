package import Model

/// What is to become of a service.
package enum ServiceIntent: Hashable, Sendable {
    /// It runs as the goal says.
    ///
    /// `fallback` is the last good goal, which a failed update goes back to where some of its slots
    /// were already replaced.
    case run(Goal, fallback: Goal?)
    /// It stays as it is: not listed but not to be pruned, or its image could not be resolved.
    /// Only its traffic is looked after.
    case keep
    /// It goes away.
    case remove
}
