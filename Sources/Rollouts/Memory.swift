public import Digests

/// How releases ended before, as far as the containers no longer tell.
public struct Memory: Sendable {
    /// What is remembered of one service.
    public struct OfService: Sendable {
        /// Specs that failed, and how; they are not tried again.
        public var failures: [Digest: String]

        /// Remembers failures by spec.
        public init(failures: [Digest: String] = [:]) {
            self.failures = failures
        }
    }

    /// By service.
    public var services: [String: OfService]

    /// Remembers what it is given.
    public init(services: [String: OfService] = [:]) {
        self.services = services
    }

    /// How long after a failed replacement of an unhealthy container the next one is tried.
    static let repairBackOff = Duration.seconds(300)
    /// How long containers of a service that is no longer described keep their connections.
    static let defaultDrainTimeout = Duration.seconds(30)
}
