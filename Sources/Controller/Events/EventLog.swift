internal import Model
internal import Planning
package import Platform

/// Events as lines of the log.
package struct EventLog: EventSink {
    private let log: Log

    package init(_ log: Log) {
        self.log = log
    }

    package func receive(_ event: Event) {
        let subject = [event.environment, event.service].compactMap(\.self)
        let log = log.about(subject.joined(separator: "/"))
        let level = Log.Level(rawValue: event.severity.rawValue) ?? .info
        func line(_ text: String, _ fields: KeyValuePairs<String, String> = [:]) {
            log(level, text, fields, reason: event.reason)
        }
        switch event.kind {
        case .revisionAccepted(let revision, let from, let warnings):
            let before = from.map { "\($0.prefix(7)) → " } ?? ""
            line("revision \(before)\(revision.short) by \(revision.author): \(revision.subject)")
            for warning in warnings { log(.warning, warning, reason: event.reason) }
        case .revisionRefused(let revision, let inForce, let problems):
            let stays = inForce.map { "\($0.short) stays in force" } ?? "no revision is in force"
            line(
                "revision \(revision.short) by \(revision.author) cannot be used; \(stays)",
                ["subject": revision.subject]
            )
            for problem in problems { line(problem) }
        case .hostPortConflict(let conflicts), .writeConflict(let conflicts):
            for conflict in conflicts { line("\(conflict); the service stays as it is") }
        case .releaseStarted(let release, let image):
            let change = release.from.map { "updating \($0) → \(release.to)" }
            line(change ?? "deploying \(release.to)", ["image": image])
        case .driftDetected(let drift):
            line(
                "drift: \(drift.subject) \(drift.kind.rawValue)",
                ["desired": drift.desired, "actual": drift.actual]
            )
        case .trafficRestored(let services, let count):
            let containers = count == 1 ? "1 running container" : "\(count) running containers"
            line(
                "traffic rules for \(event.environment ?? "") were missing; "
                    + "restored routes to \(containers)",
                ["services": services.joined(separator: ",")]
            )
        case .trafficChanged(let change):
            line("traffic: \(change.field)", ["from": change.actual, "to": change.desired])
        case .candidateStarted(let slot, let generation, let image):
            line("creating candidate \(slot).g\(generation)", ["image": image])
        default:
            line(Self.text(of: event))
        }
    }

    /// The text of a kind that is one line without fields.
    private static func text(of event: Event) -> String {
        switch event.kind {
        case .historyRewritten(let from, let to):
            "history was rewritten: \(from.prefix(7)) is no ancestor of \(to.short); following it"
        case .repositoryReachable: "the repository is reachable again"
        case .imageUnresolved(let reason): "cannot resolve the image: \(reason)"
        case .imageResolved: "the image can be resolved again"
        case .registryUnreachable(let reason): "the registry is unreachable: \(reason)"
        case .registryReachable: "the registry is reachable again"
        case .hostPortsFree: "its host ports are free again"
        case .writeConflictEnded: "no other container writes to its volumes and paths any more"
        case .serviceBlocked(let reason): "blocked: \(reason); the service stays as it is"
        case .serviceUnblocked: "no longer blocked"
        case .releaseProgressed(let release, let ready, let replicas):
            "\(ready) of \(replicas) replicas run \(release.to)"
        case .releaseSucceeded(let release, let took, let outage):
            (release.from.map { "updated \($0) → \(release.to)" } ?? "deployed \(release.to)")
                + (took.map { " in \(words($0))" } ?? "")
                + (outage.map { ", out of service for \(words($0))" } ?? "")
        case .jobSkipped(let release): "\(release.to) has completed before and is not run again"
        case .releaseFailed(let release, let reason, _):
            "\(release.to) failed: \(reason)" + (release.from.map { "; keeping \($0)" } ?? "")
        case .releaseRolledBack(let release, let took):
            "rolled back \(release.from ?? "") → \(release.to) in \(words(took))"
        case .candidateKept(let name, let reason, let kept):
            "\(name) \(reason); its logs: docker logs \(kept)"
        case .removalStarted:
            "removing: no longer in environments/\(event.environment ?? "").yaml"
        case .serviceRemoved: "removed"
        case .driftRepaired(let identity, let lasted): "repaired: \(identity) in \(words(lasted))"
        case .stepSucceeded(let step, let took, _): "\(step) in \(words(took))"
        case .stepFailed(let step, let reason): "\(step) failed, will be retried: \(reason)"
        case .pullProgressed(let image, let percent): "pulling \(image): \(percent) %"
        case .pullFailed(let image, let reason):
            "pulling \(image) failed, will be retried: \(reason)"
        case .preparationSucceeded: "networks, volumes and files are ready again"
        case .reconciled(let took): "reconciled in \(took.milliseconds) ms"
        case .reconcileRecovered: "reconciling again"
        case .hostReachable: "Docker is reachable again"
        case .repositoryUnreachable(let reason), .candidateFailed(let reason),
            .preparationFailed(let reason), .reconcileFailed(let reason),
            .hostUnreachable(let reason), .recordFailed(let reason):
            reason
        case .revisionAccepted, .revisionRefused, .hostPortConflict, .writeConflict,
            .releaseStarted, .driftDetected, .trafficRestored, .trafficChanged, .candidateStarted:
            event.reason
        }
    }

    private static func words(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        guard milliseconds >= 1_000 else { return "\(milliseconds) ms" }
        return "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    }
}
