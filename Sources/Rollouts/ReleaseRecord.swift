package import Digests

/// How releases ended before, as far as the containers no longer tell.
package struct ReleaseRecord: Sendable {
    /// What is remembered of one service.
    package struct OfService: Sendable {
        /// Specs whose last release failed, and how; they are not tried again.
        package var failures: [Digest: String]
        /// Specs of a job that ran to their end, whose containers may have been pruned since.
        package var completions: Set<Digest>

        /// Remembers failures and completed jobs by spec.
        package init(failures: [Digest: String] = [:], completions: Set<Digest> = []) {
            self.failures = failures
            self.completions = completions
        }
    }

    /// By service.
    package var services: [String: OfService]

    /// Remembers what it is given.
    package init(services: [String: OfService] = [:]) {
        self.services = services
    }

    /// How long after an unhealthy container was made, or its replacement failed, the next one is
    /// tried.
    static let repairBackOff = Duration.seconds(300)
    /// How long containers of a service that is no longer described keep their connections.
    static let defaultDrainTimeout = Duration.seconds(30)
}
