internal import Digests
internal import Model
internal import Rollouts

extension EventDetector {
    /// What is new about a service on its way to `goal`; `failure` is why the goal was given up,
    /// where that is on record.
    mutating func release(
        of goal: Goal,
        _ decision: ServiceDecision,
        _ look: Reconciliation,
        failure: String?,
        _ now: Moment
    ) -> [Event.Kind] {
        let name = goal.service.name
        if case .failed(let reason) = decision.outcome {
            guard decision.failures[goal.spec] != nil else { return trouble(reason, of: name) }
            return failed(goal, decision, failure ?? troubles[name] ?? reason, now)
        }
        rollbacks[name] = nil
        let phases = decision.phases.values
        guard phases.allSatisfy({ $0 == .steady || $0 == .completed }) else {
            return progress(of: goal, decision, look, now)
        }
        failed[name] = nil
        troubles[name] = nil
        return arrival(of: goal, decision, look, now)
    }

    /// What fails without being given up is said, and tried again.
    private mutating func trouble(_ reason: String, of name: String) -> [Event.Kind] {
        let isNews = troubles.updateValue(reason, forKey: name) != reason
        // Of a service that had arrived, the drift tells.
        return isNews && releases[name] != nil ? [.candidateFailed(reason)] : []
    }

    private mutating func failed(
        _ goal: Goal,
        _ decision: ServiceDecision,
        _ reason: String,
        _ now: Moment
    ) -> [Event.Kind] {
        let name = goal.service.name
        var kinds: [Event.Kind] = []
        if failed[name] != goal.spec {
            failed[name] = goal.spec
            let underWay = releases.removeValue(forKey: name)
            let release = underWay?.release ?? Event.Release(from: nil, to: goal)
            let took = underWay.map { now - $0.began }
            kinds.append(.releaseFailed(release, reason: reason, took: took))
            if var underWay, underWay.hasServed, let from = release.from {
                underWay.release.from = release.to
                underWay.release.to = from
                underWay.began = now
                rollbacks[name] = underWay
            }
        }
        if decision.isSettled, let back = rollbacks.removeValue(forKey: name) {
            kinds.append(.releaseRolledBack(back.release, took: now - back.began))
        }
        return kinds
    }

    private mutating func progress(
        of goal: Goal,
        _ decision: ServiceDecision,
        _ look: Reconciliation,
        _ now: Moment
    ) -> [Event.Kind] {
        let name = goal.service.name
        guard released[name] != goal.spec else { return [] }
        guard var underWay = releases[name], underWay.release.spec == goal.spec else {
            let from = look.observation.state.containers
                .first { $0.service == name && $0.name.role == .committed }?.version
            let release = Event.Release(from: from, to: goal)
            releases[name] = ReleaseUnderWay(release: release, began: now)
            return [.releaseStarted(release, image: goal.image.description)]
        }
        underWay.note(decision, served: look.serves(name), at: now)
        defer { releases[name] = underWay }
        let ready = decision.phases.values.count { $0 == .steady }
        let replicas = goal.service.replicas
        guard ready > underWay.ready, ready < replicas else { return [] }
        underWay.ready = ready
        return [.releaseProgressed(underWay.release, ready: ready, replicas: replicas)]
    }

    private mutating func arrival(
        of goal: Goal,
        _ decision: ServiceDecision,
        _ look: Reconciliation,
        _ now: Moment
    ) -> [Event.Kind] {
        let name = goal.service.name
        let before = released.updateValue(goal.spec, forKey: name)
        let underWay = releases.removeValue(forKey: name)
        guard before != goal.spec else { return [] }
        guard var underWay else {
            // The same under its name of today.
            if before == goal.formerSpec { return [] }
            let release = Event.Release(from: nil, to: goal)
            guard goal.service.isJob else {
                return [.releaseSucceeded(release, took: nil, outage: nil)]
            }
            return [.jobSkipped(release)]
        }
        underWay.note(decision, served: look.serves(name), at: now)
        let release = Event.Release(from: underWay.release.from, to: goal)
        let took = now - underWay.began
        return [.releaseSucceeded(release, took: took, outage: underWay.outage.total)]
    }
}

extension Reconciliation {
    /// Whether the service was in the traffic table when it was looked.
    fileprivate func serves(_ service: String) -> Bool {
        observation.state.serving[service]?.isEmpty == false
    }
}

extension ReleaseUnderWay {
    fileprivate mutating func note(
        _ decision: ServiceDecision,
        served: Bool,
        at now: Moment
    ) {
        outage.look(serves: !decision.backends.isEmpty, served: served, at: now)
        hasServed = hasServed || decision.phases.values.contains(where: \.serves)
    }
}

extension Phase {
    /// Whether the goal's own container is in the traffic table.
    fileprivate var serves: Bool {
        switch self {
        case .steady, .monitoring, .committing: true
        case .completed, .waiting, .creating, .starting, .warming, .switching, .leaving, .failed:
            false
        }
    }
}

extension Event.Release {
    fileprivate init(from: String?, to goal: Goal) {
        let version = goal.service.version ?? goal.image.tag ?? "latest"
        self.init(from: from, to: version, spec: goal.spec)
    }
}
