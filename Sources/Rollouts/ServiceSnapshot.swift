import Model

/// What a decision about one service looks at.
struct ServiceSnapshot {
    let observed: ObservedState
    let now: Moment
    let serving: [Backend]

    init(of service: String, in observed: ObservedState, at now: Moment) {
        self.observed = observed
        self.now = now
        serving = observed.serving[service] ?? []
    }

    // MARK: Traffic

    func backend(of container: Container) -> Backend? {
        serving.first { $0.isContainer(container.id) }
    }

    func isServing(_ container: Container) -> Bool {
        backend(of: container) != nil
    }

    /// Whether another container of the service takes new connections.
    func isReplaced(_ container: Container) -> Bool {
        serving.contains { !$0.isContainer(container.id) }
    }

    /// Whether the process runs, is to go on, and Docker's check does not say otherwise.
    func isUp(_ container: Container) -> Bool {
        container.isUp && !observed.stopping.contains(container.id)
    }

    /// Whether a container may get its first connection, and if not, what it still lacks.
    func readiness(of container: Container, in service: Service) -> Readiness {
        switch container.health {
        case .starting: return .notYet("health check starting")
        case .unhealthy: return .notYet("unhealthy")
        case .healthy, .none: break
        }
        guard service.reaches(container) else { return .notYet("no address yet") }
        guard !observed.stopping.contains(container.id) else { return .notYet("being stopped") }
        switch observed.acceptance[container.id] {
        case .accepting: break
        case .refusing(let reason): return .notYet(reason)
        case nil: return .notYet("not probed yet")
        }
        guard let started = container.started else { return .notYet("not inspected yet") }
        let delay = service.readinessDelay(isChecked: container.health == .healthy)
        // A start in the future is one before the clock was set back.
        guard let age = age(of: started), age < delay else { return .ready }
        return .notYet("readiness delay")
    }

    enum Readiness: Equatable {
        case ready
        case notYet(String)
    }

    // MARK: Names

    /// The role with the container's own generation, or with a free one where a second container
    /// came to have the same.
    func role(_ role: (Int) -> ContainerName.Role, for container: Container) -> ContainerName.Role {
        let fellows = observed.containers.filter { $0.name.base == container.name.base }
        let own = role(container.generation)
        guard fellows.contains(where: { $0.id != container.id && $0.name.role == own }) else {
            return own
        }
        return role(fellows.nextGeneration)
    }

    // MARK: Time

    /// The time since `moment`; nil when that lies in the future because the clock was set back.
    func age(of moment: Moment) -> Duration? {
        moment > now ? nil : now - moment
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

    /// Whether a container ended because Docker's daemon or the host did, which says nothing about
    /// the container.
    func wasInterrupted(_ container: Container) -> Bool {
        guard let daemon = observed.daemonStarted, let started = container.started,
            started < daemon
        else { return false }
        // After a power cut the daemon enters its own start as the end of what ran before.
        return container.finished.map { $0 < daemon + Self.restoring } ?? true
    }

    /// Whether a container last ended with Docker's daemon, or while that came back, whatever
    /// Docker made of it since.
    func fellWithDaemon(_ container: Container) -> Bool {
        guard let daemon = observed.daemonStarted, let finished = container.finished,
            container.created < daemon
        else { return false }
        return finished < daemon + Self.restoring
    }

    private static let restoring = Duration.seconds(60)
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
