package import Digests
package import Model
package import Planning

/// Something that happened, as a value: found by ``EventDetector`` or said by the loop, and handed
/// to every ``EventSink``.
package struct Event: Hashable, Sendable {
    package var time: Moment
    /// Nil for what concerns the whole host.
    package var environment: String?
    package var service: String?
    /// The commit in force.
    package var revision: String?
    package var kind: Kind

    package init(
        _ kind: Kind,
        at time: Moment,
        environment: String? = nil,
        service: String? = nil,
        revision: String? = nil
    ) {
        self.time = time
        self.environment = environment
        self.service = service
        self.revision = revision
        self.kind = kind
    }

    /// A service's way from one version to another.
    package struct Release: Hashable, Sendable {
        /// Nil where no container of the service ran before.
        package var from: String?
        package var to: String
        /// The spec that is released.
        package var spec: Digest
    }

    package enum Kind: Hashable, Sendable {
        // MARK: Revisions

        /// `from` is the id of the commit that was in force before.
        case revisionAccepted(Revision, from: String?, warnings: [String])
        case revisionRefused(Revision, inForce: Revision?, problems: [String])
        case historyRewritten(from: String, to: Revision)
        case repositoryUnreachable(String)
        case repositoryReachable

        // MARK: What keeps a service as it is

        case imageUnresolved(String)
        case imageResolved
        case registryUnreachable(String)
        case registryReachable
        case hostPortConflict([String])
        case hostPortsFree
        case writeConflict([String])
        case writeConflictEnded
        /// The policy, or a file of the host, does not allow it.
        case serviceBlocked(String)
        case serviceUnblocked

        // MARK: Releases

        case releaseStarted(Release, image: String)
        /// Some replicas, but not all, have arrived.
        case releaseProgressed(Release, ready: Int, replicas: Int)
        /// `outage` is how long no container of the service was in the traffic table.
        case releaseSucceeded(Release, took: Duration?, outage: Duration?)
        /// A job with this spec ran to its end earlier.
        case jobSkipped(Release)
        /// The spec is given up.
        case releaseFailed(Release, reason: String, took: Duration?)
        /// A failed release had served, and what ran before serves again; `from` is what failed.
        case releaseRolledBack(Release, took: Duration)
        /// The release goes on: the policy may bear it.
        case candidateFailed(String)
        /// The failed container is stopped and stays, under the name `kept`, for its logs.
        case candidateKept(String, reason: String, kept: String)
        case removalStarted
        case serviceRemoved

        // MARK: Drift

        case driftDetected(Drift)
        case driftRepaired(identity: String, lasted: Duration)

        // MARK: Traffic

        /// The table had nothing of the environment.
        case trafficRestored(services: [String], containers: Int)
        case trafficChanged(FieldDifference)

        // MARK: Calls to the host

        case candidateStarted(slot: Int, generation: Int, image: String)
        /// `step` is what was done, as `started prod-web-1.g2`.
        case stepSucceeded(String, took: Duration, isMinor: Bool)
        /// `step` is what was tried, as `starting prod-web-1.g2`.
        case stepFailed(String, reason: String)
        case pullProgressed(image: String, percent: Int)
        case pullFailed(image: String, reason: String)
        /// Networks, volumes or files that containers need.
        case preparationFailed(String)
        case preparationSucceeded

        // MARK: Passes

        case reconciled(took: Duration)
        case reconcileFailed(String)
        case reconcileRecovered
        case hostUnreachable(String)
        case hostReachable
        /// How a release ended could not be written; the running controller knows it all the same.
        case recordFailed(String)
    }

    package enum Severity: String, Sendable {
        case debug, info, warning, error
    }

    /// What happened in one CamelCase word, as events of Kubernetes and Flux have it.
    package var reason: String { classification.reason }

    package var severity: Severity { classification.severity }

    private var classification: (reason: String, severity: Severity) {
        switch kind {
        case .revisionAccepted: ("RevisionAccepted", .info)
        case .revisionRefused: ("RevisionRefused", .error)
        case .historyRewritten: ("HistoryRewritten", .warning)
        case .repositoryUnreachable: ("RepositoryUnreachable", .error)
        case .repositoryReachable: ("RepositoryReachable", .info)
        case .imageUnresolved: ("ImageUnresolved", .error)
        case .imageResolved: ("ImageResolved", .info)
        case .registryUnreachable: ("RegistryUnreachable", .error)
        case .registryReachable: ("RegistryReachable", .info)
        case .hostPortConflict: ("HostPortConflict", .error)
        case .hostPortsFree: ("HostPortsFree", .info)
        case .writeConflict: ("WriteConflict", .error)
        case .writeConflictEnded: ("WriteConflictEnded", .info)
        case .serviceBlocked: ("ServiceBlocked", .error)
        case .serviceUnblocked: ("ServiceUnblocked", .info)
        case .releaseStarted: ("ReleaseStarted", .info)
        case .releaseProgressed: ("ReleaseProgressed", .info)
        case .releaseSucceeded: ("ReleaseSucceeded", .info)
        case .jobSkipped: ("JobSkipped", .info)
        case .releaseFailed: ("ReleaseFailed", .error)
        case .releaseRolledBack: ("ReleaseRolledBack", .warning)
        case .candidateFailed: ("CandidateFailed", .error)
        case .candidateKept: ("CandidateKept", .error)
        case .removalStarted: ("RemovalStarted", .info)
        case .serviceRemoved: ("ServiceRemoved", .info)
        case .driftDetected: ("DriftDetected", .warning)
        case .driftRepaired: ("DriftRepaired", .info)
        case .trafficRestored: ("TrafficRestored", .warning)
        case .trafficChanged: ("TrafficChanged", .info)
        case .candidateStarted: ("CandidateStarted", .debug)
        case .stepSucceeded(_, _, let isMinor): ("StepSucceeded", isMinor ? .debug : .info)
        case .stepFailed: ("StepFailed", .error)
        case .pullProgressed: ("Pulling", .info)
        case .pullFailed: ("PullFailed", .error)
        case .preparationFailed: ("PreparationFailed", .error)
        case .preparationSucceeded: ("PreparationSucceeded", .info)
        case .reconciled: ("Reconciled", .debug)
        case .reconcileFailed: ("ReconcileFailed", .error)
        case .reconcileRecovered: ("ReconcileRecovered", .info)
        case .hostUnreachable: ("HostUnreachable", .error)
        case .hostReachable: ("HostReachable", .info)
        case .recordFailed: ("RecordFailed", .error)
        }
    }
}
