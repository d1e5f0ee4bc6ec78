internal import Digests
internal import Model
internal import Planning
internal import Platform
internal import Rollouts

/// Tells what happens as a story, in the log and in the history: what, why, from, to, how long.
///
/// It compares each look with the one before and speaks only of what is new.
struct Narrator {
    private let environment: String
    private let log: Log
    private let history: History
    private var revision: String?
    private var problems: [Diagnostic] = []
    private var unresolved: [String: String] = [:]
    private var conflicts: [String: [PortConflict]] = [:]
    private var writeConflicts: [String: [WriteConflict]] = [:]
    private var releases: [String: Release] = [:]
    private var released: [String: String] = [:]
    private var failed: [String: Digest] = [:]
    private var leaving: Set<String> = []
    private var troubles: [String: String] = [:]
    private var drift: [String: Moment] = [:]

    /// A service on its way to another spec.
    private struct Release {
        var spec: Digest
        var from: String?
        var to: String
        var began: Moment
        var outage = Outage()
    }

    init(environment: String, log: Log, history: History) {
        self.environment = environment
        self.log = log.about(environment)
        self.history = history
        for entry in history.entries(of: environment) {
            switch entry.kind {
            case .accepted: revision = entry.revision
            case .updated: released[entry.service ?? ""] = entry.spec
            case .failed:
                failed[entry.service ?? ""] = entry.spec.flatMap { Digest($0) }
            case .retried: failed[entry.service ?? ""] = nil
            default: break
            }
        }
    }

    // MARK: A look

    mutating func tell(_ reconciliation: Reconciliation, at now: Moment) {
        tellRevision(reconciliation.wanted, now)
        let observation = reconciliation.observation
        let isTold = { observation.conflicts[$0] != nil || observation.writeConflicts[$0] != nil }
        tellUnresolved(reconciliation.unresolved.filter { !isTold($0.key) })
        tell(observation.conflicts, after: conflicts, ending: "its host ports are free again")
        conflicts = observation.conflicts
        let ending = "no other container writes to what it writes to"
        tell(observation.writeConflicts, after: writeConflicts, ending: ending)
        writeConflicts = observation.writeConflicts
        guard let desired = reconciliation.wanted.desired, !desired.isSuspended else { return }
        for (name, decision) in reconciliation.decisions.sorted(by: { $0.key < $1.key }) {
            switch reconciliation.intents[name] {
            case .run(let goal, _): tellService(goal, decision, reconciliation, now)
            case .keep: break
            case .remove, nil: tellLeaving(name, reconciliation, now)
            }
        }
        for name in leaving where reconciliation.decisions[name] == nil {
            leaving.remove(name)
            log.about("\(environment)/\(name)")(.info, "removed")
            record(.removed, now, service: name)
        }
        tellDrift(reconciliation, now)
    }

    private mutating func tellRevision(_ wanted: Wanted, _ now: Moment) {
        if problems != wanted.problems {
            problems = wanted.problems
            if !problems.isEmpty {
                let inForce = wanted.desired?.revision.short ?? "nothing"
                log(
                    .error,
                    "revision \(wanted.tip.short) by \(wanted.tip.author) cannot be used; "
                        + "\(inForce) stays in force",
                    ["subject": wanted.tip.subject]
                )
                for problem in problems { log(.error, "\(problem)") }
                record(
                    .invalid,
                    now,
                    revision: wanted.tip.id,
                    detail: problems.map(\.description).joined(separator: "\n")
                )
            }
        }
        guard let desired = wanted.desired, revision != desired.revision.id else { return }
        let before = revision.map { String($0.prefix(7)) } ?? "nothing"
        revision = desired.revision.id
        log(
            .info,
            "revision \(before) → \(desired.revision.short) by \(desired.revision.author): "
                + desired.revision.subject
        )
        for warning in desired.warnings { log(.warning, "\(warning)") }
        record(.accepted, now, detail: desired.revision.subject)
    }

    private mutating func tellUnresolved(_ now: [String: String]) {
        for (name, reason) in now.sorted(by: { $0.key < $1.key }) where unresolved[name] != reason {
            log.about("\(environment)/\(name)")(.error, "cannot resolve the image: \(reason)")
        }
        for name in unresolved.keys.sorted() where now[name] == nil {
            log.about("\(environment)/\(name)")(.info, "the image can be resolved again")
        }
        unresolved = now
    }

    private func tell<Conflict: Equatable>(
        _ now: [String: [Conflict]],
        after before: [String: [Conflict]],
        ending: String
    ) {
        for (name, found) in now.sorted(by: { $0.key < $1.key }) where before[name] != found {
            for conflict in found {
                log.about("\(environment)/\(name)")(.error, "\(conflict); it stays as it is")
            }
        }
        for name in before.keys.sorted() where now[name] == nil {
            log.about("\(environment)/\(name)")(.info, ending)
        }
    }

    private mutating func tellService(
        _ goal: Goal,
        _ decision: ServiceDecision,
        _ reconciliation: Reconciliation,
        _ now: Moment
    ) {
        let name = goal.service.name
        let log = log.about("\(environment)/\(name)")
        let to = goal.service.version ?? goal.image.tag ?? "latest"
        if case .failed(let reason) = decision.outcome {
            tellFailure(goal, reason, to, isForGood: decision.failures[goal.spec] != nil, now)
            return
        }
        let isThere = decision.phases.values.allSatisfy { $0 == .steady || $0 == .completed }
        releases[name]?.outage.look(
            serves: !decision.backends.isEmpty,
            served: reconciliation.observation.state.serving[name]?.isEmpty == false,
            at: now
        )
        guard isThere else {
            guard released[name] != "\(goal.spec)", releases[name]?.spec != goal.spec else {
                return
            }
            let from = reconciliation.observation.state.containers
                .first { $0.service == name && $0.name.role == .committed }?.version
            releases[name] = Release(spec: goal.spec, from: from, to: to, began: now)
            let what = from.map { "updating \($0) → \(to)" } ?? "deploying \(to)"
            log(.info, what, ["image": goal.image.description])
            record(.updating, now, service: name, from: from, to: to, spec: goal.spec)
            return
        }
        failed[name] = nil
        troubles[name] = nil
        guard released[name] != "\(goal.spec)" else { return }
        let release = releases.removeValue(forKey: name)
        if release == nil, released[name] == "\(goal.formerSpec)" {
            // The same under its name of today.
            released[name] = "\(goal.spec)"
            return
        }
        released[name] = "\(goal.spec)"
        let took = release.map { now - $0.began }
        let outage = release?.outage.total
        if goal.service.isJob, release == nil {
            log(.info, "\(to) has completed before and is not run again")
        } else {
            let change = release?.from.map { "updated \($0) → \(to)" } ?? "deployed \(to)"
            log(
                .info,
                "\(change)\(took.map { " in \(Self.words($0))" } ?? "")"
                    + (outage.map { ", out of service for \(Self.words($0))" } ?? "")
            )
        }
        record(
            .updated,
            now,
            service: name,
            from: release?.from,
            to: to,
            spec: goal.spec,
            milliseconds: took?.milliseconds,
            outage: outage?.milliseconds
        )
    }

    private mutating func tellFailure(
        _ goal: Goal,
        _ reason: String,
        _ to: String,
        isForGood: Bool,
        _ now: Moment
    ) {
        let name = goal.service.name
        let log = log.about("\(environment)/\(name)")
        // What fails without being given up is said, and tried again.
        guard isForGood else {
            // Of a service that had arrived, the drift tells.
            let isNews = troubles.updateValue(reason, forKey: name) != reason
            if isNews, releases[name] != nil { log(.error, reason) }
            return
        }
        guard failed[name] != goal.spec else { return }
        failed[name] = goal.spec
        // The look that saw it fail knew why; by now only the container that was kept is left.
        let reason = troubles[name] ?? reason
        let release = releases.removeValue(forKey: name)
        let stays = release?.from.map { "; \($0) stays" } ?? ""
        log(.error, "\(to) failed: \(reason)\(stays)")
        record(
            .failed,
            now,
            service: name,
            from: release?.from,
            to: to,
            spec: goal.spec,
            detail: reason,
            milliseconds: release.map { (now - $0.began).milliseconds }
        )
    }

    private mutating func tellLeaving(
        _ name: String,
        _ reconciliation: Reconciliation,
        _ now: Moment
    ) {
        guard reconciliation.observation.state.containers.contains(where: { $0.service == name }),
            leaving.insert(name).inserted
        else { return }
        released[name] = nil
        log.about("\(environment)/\(name)")(
            .info,
            "removing: no longer in environments/\(environment).yaml"
        )
    }

    /// What differs about services that had arrived, so that it is nobody's update.
    private mutating func tellDrift(_ reconciliation: Reconciliation, _ now: Moment) {
        guard let comparison = reconciliation.comparison(with: DriftInputs()) else { return }
        let rows = comparison.drift.filter { row in
            // What is being taken over is no drift of a release.
            guard row.field != "adopts", let goal = reconciliation.goals[row.service] else {
                return false
            }
            return released[row.service] == "\(goal.spec)"
        }
        for row in rows where drift[row.identity] == nil {
            drift[row.identity] = now
            log.about("\(environment)/\(row.service)")(
                .warning,
                "drift: \(row.subject) \(row.kind.rawValue)",
                ["desired": row.desired, "actual": row.actual]
            )
            record(.drifted, now, service: row.service, detail: row.identity)
        }
        let present = Set(rows.map(\.identity))
        for (identity, since) in drift where !present.contains(identity) {
            drift[identity] = nil
            log(.info, "repaired: \(identity) in \(Self.words(now - since))")
            record(
                .repaired,
                now,
                detail: identity,
                milliseconds: (now - since).milliseconds
            )
        }
    }

    // MARK: Acts

    func tellLook(took: Duration) {
        log(.debug, "looked in \(took.milliseconds) ms")
    }

    func tellRestored(_ routes: [Route]) {
        let names = routes.filter { !$0.backends.isEmpty }.map(\.name)
        log(
            .warning,
            "the traffic table had nothing of \(environment); whoever runs serves again",
            ["services": names.joined(separator: ",")]
        )
    }

    func tellTraffic(_ moved: [FieldDifference], _ reconciliation: Reconciliation) {
        for difference in moved {
            log(
                .info,
                "traffic: \(difference.field)",
                ["from": difference.actual, "to": difference.desired]
            )
        }
    }

    func tellBeginning(of step: Step) {
        guard case .create(let goal, let slot, let generation) = step else { return }
        log.about("\(environment)/\(goal.service.name)")(
            .debug,
            "creating candidate \(slot).g\(generation)",
            ["image": goal.image.description]
        )
    }

    func tell(_ step: Step, took: Duration, _ reconciliation: Reconciliation?, at now: Moment) {
        let (service, words) = Self.words(step)
        let level: Log.Level =
            switch step {
            case .remove: .debug
            default: .info
            }
        log.about("\(environment)/\(service)")(level, "\(words) in \(Self.words(took))")
        guard case .rename(let container, .failed) = step,
            case .failed(let reason) = reconciliation?.decisions[service]?.phases[container.slot]
        else { return }
        log.about("\(environment)/\(service)")(
            .error,
            "\(container.name) \(reason); its logs: docker logs \(container.name.base)"
                + ".bad\(container.generation)"
        )
    }

    func tell(_ step: Step, failed reason: String) {
        let (service, words) = Self.words(step)
        log.about("\(environment)/\(service)")(
            .error,
            "failed, will be tried again: \(words): \(reason)"
        )
    }

    func complain(_ text: String) {
        log(.error, text)
    }

    func tellPrepared() {
        log(.info, "what containers need is there again")
    }

    func recover() {
        log(.info, "can see the host again")
    }

    // MARK: Words

    private static func words(_ step: Step) -> (service: String, words: String) {
        switch step {
        case .create(let goal, let slot, let generation):
            (goal.service.name, "created candidate g\(generation) of slot \(slot)")
        case .start(let container): (container.service, "started \(container.name)")
        case .unpause(let container): (container.service, "unpaused \(container.name)")
        case .rename(let container, let role):
            (
                container.service,
                "renamed \(container.name) to "
                    + "\(ContainerName(base: container.name.base, role: role))"
            )
        case .stop(let container): (container.service, "stopped \(container.name)")
        case .remove(let container): (container.service, "removed \(container.name)")
        }
    }

    private static func words(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        guard milliseconds >= 1_000 else { return "\(milliseconds) ms" }
        return "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    }

    private func record(
        _ kind: HistoryEntry.Kind,
        _ now: Moment,
        revision: String? = nil,
        service: String? = nil,
        from: String? = nil,
        to: String? = nil,
        spec: Digest? = nil,
        detail: String? = nil,
        milliseconds: Int64? = nil,
        outage: Int64? = nil
    ) {
        var entry = HistoryEntry(
            kind,
            at: now,
            environment: environment,
            revision: revision ?? self.revision,
            service: service,
            from: from,
            to: to,
            spec: spec?.description,
            detail: detail,
            milliseconds: milliseconds
        )
        entry.outage = outage
        do {
            try history.append(entry)
        } catch {
            log(.error, "\(error)")
        }
    }
}
