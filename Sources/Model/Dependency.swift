/// What must be there before a service starts (Compose `depends_on`).
public struct Dependency: Hashable, Sendable {
    /// When the other service counts as there.
    public enum Condition: String, Hashable, Sendable, Codable {
        /// It runs.
        case started = "service_started"
        /// It is ready.
        case healthy = "service_healthy"
        /// It ran to its end with exit code 0.
        case completed = "service_completed_successfully"
    }

    /// The other service's name.
    public var service: String
    /// When it counts as there.
    public var condition: Condition
    /// Whether it is waited for at all when it is not part of the environment.
    public var isRequired: Bool

    /// Makes a dependency; the defaults are Compose's.
    public init(
        on service: String,
        condition: Condition = .started,
        isRequired: Bool = true
    ) {
        self.service = service
        self.condition = condition
        self.isRequired = isRequired
    }
}
