package import Model

/// Where one slot stands, for people.
package enum Phase: Hashable, Sendable {
    /// As it should be.
    case steady
    /// A job that ran to its end.
    case completed
    /// Held back, and why.
    case waiting(String)
    /// The candidate is being made; this includes pulling its image.
    case creating
    /// The candidate, or a committed container that had ended, is being started.
    case starting
    /// The candidate runs and is not ready yet, and why.
    case warming(String)
    /// Traffic is being moved.
    case switching
    /// The candidate serves and is watched until that moment.
    case monitoring(until: Moment)
    /// The candidate takes the slot's name.
    case committing
    /// The slot's containers leave: no traffic, last connections, stop, removal.
    case leaving
    /// The candidate failed, and why.
    case failed(String)
}
