/// How a service goes from one spec to another (Compose `deploy.update_config`).
///
/// Berth's defaults differ from Compose's on purpose: start-first, 5 s of monitoring, rollback.
package struct UpdatePolicy: Hashable, Sendable {
    /// Which of the two containers of a slot goes first.
    package enum Order: String, Hashable, Sendable, Codable {
        /// The new container serves before the old one stops.
        case startFirst = "start-first"
        /// The old container stops before the new one starts.
        case stopFirst = "stop-first"
    }

    /// What happens when too many slots failed.
    package enum FailureAction: String, Hashable, Sendable, Codable {
        /// Go back to the last good spec.
        case rollback
        /// Leave everything as it is and wait for somebody.
        case pause
        /// Go on with the other slots.
        case `continue`
    }

    /// Which of the two containers of a slot goes first.
    package var order: Order
    /// Why the order is stop-first although nobody asked for it; nil otherwise.
    package var orderReason: String?
    /// Slots at a time; 0 is all of them.
    package var parallelism: Int
    /// Between two batches of slots.
    package var delay: Duration
    /// How long a new container is watched before the old one is given up.
    package var monitor: Duration
    /// Failed slots over all slots that are still borne, 0 to 1.
    package var maxFailureRatio: Double
    /// What happens beyond that.
    package var failureAction: FailureAction

    /// Makes a policy; the defaults are Berth's for an update.
    package init(
        order: Order = .startFirst,
        orderReason: String? = nil,
        parallelism: Int = 1,
        delay: Duration = .zero,
        monitor: Duration = .seconds(5),
        maxFailureRatio: Double = 0,
        failureAction: FailureAction = .rollback
    ) {
        self.order = order
        self.orderReason = orderReason
        self.parallelism = parallelism
        self.delay = delay
        self.monitor = monitor
        self.maxFailureRatio = maxFailureRatio
        self.failureAction = failureAction
    }

    /// Berth's default for updates.
    package static let update = UpdatePolicy()
    /// Berth's default for rollbacks: a rollback never rolls back.
    package static let rollback = UpdatePolicy(failureAction: .pause)
}
