/// What the process of a version does once it is started; times in milliseconds from the start.
package struct Behaviour: Sendable {
    /// How it ends up.
    package enum Fate: Hashable, Sendable {
        /// It serves for ever.
        case well
        /// It ends.
        case exits(after: Int64, code: Int)
        /// Its health check fails from then on.
        case unhealthy(after: Int64)
        /// It runs and never accepts a connection.
        case mute
    }

    /// When it accepts connections.
    package var boot: Int64
    /// Whether there is a health check.
    package var hasCheck: Bool
    /// How it ends up.
    package var fate: Fate

    /// Describes a process.
    package init(boot: Int64 = 300, hasCheck: Bool = false, fate: Fate = .well) {
        self.boot = boot
        self.hasCheck = hasCheck
        self.fate = fate
    }
}
