internal import Digests
package import Model
internal import Planning

/// One line of the history file: an event that is kept, or an addition to the `ReleaseRecord`.
///
/// A reader skips lines of a kind, and fields, that it does not know; so an older and a newer Berth
/// read each other's files.
package struct HistoryEntry: Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable {
        // Events.
        /// A revision became the desired state.
        case accepted
        /// A revision cannot be used; the last good one stays.
        case invalid
        case updating
        case updated
        case failed
        case rolledBack
        /// A service that is no longer listed is gone.
        case removed
        /// Something differs that no commit changed.
        case drifted
        case repaired

        // The record. Lines of an earlier Berth, which have no `reason`, say the same by
        // `failed` and `updated`.
        /// A spec failed and is not tried again.
        case exhausted
        /// A job with that spec ran to its end.
        case completed
        /// A spec that failed may be tried again.
        case retried
    }

    package var time: Moment
    package var environment: String
    package var kind: Kind
    /// The event's CamelCase reason; nil for the record's lines and those of an earlier Berth.
    package var reason: String?
    /// The commit in force; for `invalid` the one that cannot be used.
    package var revision: String?
    package var service: String?
    /// The version before.
    package var from: String?
    /// The version after.
    package var to: String?
    package var spec: String?
    /// What else there is to say; for drift what identifies the difference.
    package var detail: String?
    /// How long it took.
    package var milliseconds: Int64?
    /// For how many milliseconds of that no container of the service was in the traffic table.
    package var outage: Int64?

    package init(
        _ kind: Kind,
        at time: Moment,
        environment: String,
        reason: String? = nil,
        revision: String? = nil,
        service: String? = nil,
        from: String? = nil,
        to: String? = nil,
        spec: String? = nil,
        detail: String? = nil,
        milliseconds: Int64? = nil,
        outage: Int64? = nil
    ) {
        self.time = time
        self.environment = environment
        self.kind = kind
        self.reason = reason
        self.revision = revision
        self.service = service
        self.from = from
        self.to = to
        self.spec = spec
        self.detail = detail
        self.milliseconds = milliseconds
        self.outage = outage
    }
}

extension HistoryEntry {
    /// What is kept of an event; nil where the log is enough.
    init?(_ event: Event) {
        guard let environment = event.environment else { return nil }
        func entry(_ kind: Kind) -> Self {
            Self(
                kind,
                at: event.time,
                environment: environment,
                reason: event.reason,
                revision: event.revision,
                service: event.service
            )
        }
        func entry(_ kind: Kind, _ release: Event.Release, _ took: Duration? = nil) -> Self {
            var entry = entry(kind)
            entry.from = release.from
            entry.to = release.to
            entry.spec = release.spec.description
            entry.milliseconds = took?.milliseconds
            return entry
        }
        switch event.kind {
        case .revisionAccepted(let revision, _, _):
            self = entry(.accepted)
            detail = revision.subject
        case .revisionRefused(let tip, _, let problems):
            self = entry(.invalid)
            revision = tip.id
            detail = problems.joined(separator: "\n")
        case .releaseStarted(let release, _): self = entry(.updating, release)
        case .releaseSucceeded(let release, let took, let outage):
            self = entry(.updated, release, took)
            self.outage = outage?.milliseconds
        case .jobSkipped(let release): self = entry(.updated, release)
        case .releaseFailed(let release, let reason, let took):
            self = entry(.failed, release, took)
            detail = reason
        case .releaseRolledBack(let release, let took): self = entry(.rolledBack, release, took)
        case .serviceRemoved: self = entry(.removed)
        case .driftDetected(let drift):
            self = entry(.drifted)
            detail = drift.identity
        case .driftRepaired(let identity, let lasted):
            self = entry(.repaired)
            detail = identity
            milliseconds = lasted.milliseconds
        default: return nil
        }
    }
}
