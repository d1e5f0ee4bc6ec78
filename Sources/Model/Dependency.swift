/// What must be there before a service starts (Compose `depends_on`).
package struct Dependency: Hashable, Sendable {
    /// When the other service counts as there.
    package enum Condition: String, Hashable, Sendable, Codable {
        /// It runs.
        case started = "service_started"
        /// It is ready.
        case healthy = "service_healthy"
        /// It ran to its end with exit code 0.
        case completed = "service_completed_successfully"
    }

    /// The other service's name.
    package var service: String
    /// When it counts as there.
    package var condition: Condition
    /// Whether it is waited for at all when it is not part of the environment.
    package var isRequired: Bool

    /// Makes a dependency; the defaults are Compose's.
    package init(
        on service: String,
        condition: Condition = .started,
        isRequired: Bool = true
    ) {
        self.service = service
        self.condition = condition
        self.isRequired = isRequired
    }
}
