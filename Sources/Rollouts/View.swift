import Model

/// What a decision about one service looks at.
struct View {
    let observed: ObservedState
    let now: Moment
    let serving: [Backend]

    init(of service: String, in observed: ObservedState, at now: Moment) {
        self.observed = observed
        self.now = now
        serving = observed.serving[service] ?? []
    }

    func backend(of container: Container) -> Backend? {
        serving.first { $0.isContainer(container.id) }
    }

    func isServing(_ container: Container) -> Bool {
        backend(of: container) != nil
    }

    /// Whether a container may get its first connection, and if not, what it still lacks.
    func readiness(of container: Container, in service: Service) -> Readiness {
        switch container.health {
        case .starting: return .notYet("health check starting")
        case .unhealthy: return .notYet("unhealthy")
        case .healthy, .none: break
        }
        switch observed.acceptance[container.id] {
        case .accepting: break
        case .refusing(let reason): return .notYet(reason)
        case nil: return .notYet("not probed yet")
        }
        guard let started = container.started else { return .notYet("not inspected yet") }
        let delay = service.readinessDelay(isChecked: container.health == .healthy)
        guard now - started >= delay else { return .notYet("readiness delay") }
        return .ready
    }

    enum Readiness: Equatable {
        case ready
        case notYet(String)
    }

    /// Whether the last connections of a container that is out of the table are gone, or have had
    /// their time.
    func isDrained(_ container: Container, timeout: Duration) -> Bool {
        guard let since = observed.idleSince[container.id] else { return false }
        let idle = now - since
        guard idle >= Self.settling else { return false }
        return observed.connections[container.id] == 0 || idle >= timeout
    }

    /// A packet that was routed before the switch may still be on its way.
    static let settling = Duration.seconds(1)
    /// How often a draining container's connections are counted.
    static let drainInterval = Duration.milliseconds(250)

    /// When to look at a warming container again: often at first, when most become ready.
    func nextProbe(of container: Container) -> Moment {
        let age = container.started.map { now - $0 } ?? .zero
        return now + (age < .seconds(10) ? .milliseconds(100) : .milliseconds(500))
    }
}

extension Service {
    /// How long a container must have run before it is ready.
    func readinessDelay(isChecked: Bool) -> Duration {
        if let delay = readiness.delay { return delay }
        let isAsked =
            isChecked || readiness.probe != nil || ports.contains { $0.target.transport == .tcp }
        return isAsked ? .zero : .seconds(1)
    }
}
