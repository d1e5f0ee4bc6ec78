import Model

/// One replica's place with the containers that belong to it, by role.
struct Slot {
    let number: Int
    private(set) var committed: Container?
    /// Newest first, as are the others.
    private(set) var candidates: [Container] = []
    private(set) var retired: [Container] = []
    private(set) var withdrawn: [Container] = []
    private(set) var failed: [Container] = []

    init(_ number: Int, _ containers: [Container]) {
        self.number = number
        for container in containers.sorted(by: { $0.generation > $1.generation }) {
            switch container.name.role {
            // Compose may have started a container again that was replaced before.
            case .committed where container.isAdopted && committed != nil:
                retired.append(container)
            case .committed: committed = container
            case .candidate: candidates.append(container)
            case .retired: retired.append(container)
            case .withdrawn: withdrawn.append(container)
            case .failed: failed.append(container)
            }
        }
    }

    var containers: [Container] {
        servable + failed
    }

    /// Those that traffic may go to at all, the slot's own first.
    var servable: [Container] {
        (committed.map { [$0] } ?? []) + candidates + retired + withdrawn
    }

    /// Who is to take the slot's name where a commit was cut in two: the retired container exists
    /// and the name is free.
    ///
    /// Where the table was lost, too, nobody can say whether the candidate had been switched to:
    /// it is the heir if it is `ready`, or if it fell with the host; else the commit is undone.
    func heir(in snapshot: ServiceSnapshot, isJob: Bool, ready: (Container) -> Bool) -> Container? {
        guard committed == nil, let retired = retired.first else { return nil }
        if isJob { return candidates.first { $0.state == .exited(code: 0) } ?? retired }
        if let serving = candidates.first(where: snapshot.isServing) { return serving }
        // The table knows the slot, but not the candidate: somebody removed the slot's own.
        guard !snapshot.serving.contains(where: { $0.slot == number }) else { return retired }
        let fell = { (candidate: Container) in
            guard case .exited = candidate.state else { return false }
            return snapshot.observed.daemonStarted == nil || snapshot.wasInterrupted(candidate)
        }
        return candidates.first { ready($0) || fell($0) } ?? retired
    }
}

extension [Container] {
    /// Higher than every generation among them, so that no name is used twice.
    var nextGeneration: Int {
        (map { Swift.max($0.generation, $0.name.role.generation ?? 0) }.max() ?? 0) + 1
    }
}

extension ContainerName.Role {
    fileprivate var generation: Int? {
        switch self {
        case .committed: nil
        case .candidate(let number), .retired(let number), .withdrawn(let number),
            .failed(let number):
            number
        }
    }
}

extension Container {
    /// Whether the process runs and Docker's check does not say otherwise.
    var isUp: Bool { state == .running && health != .unhealthy }

    /// Whether it runs and is no use, or not as much as it should be.
    var needsRepair: Bool { state == .running && (health == .unhealthy || isAdrift) }

    /// Whether a network of its is gone; Docker does not start it then.
    var isAdrift: Bool { !lostNetworks.isEmpty }

    /// Whether only another container can take its place, however often it is started.
    var isBeyondRepair: Bool {
        switch state {
        case .created, .exited: isAdrift
        case .running, .restarting, .paused, .dead: false
        }
    }

    /// Whether there is a process that `stop` could end, or that Docker is about to start.
    var isAlive: Bool {
        switch state {
        case .running, .restarting, .paused: true
        case .created, .exited, .dead: false
        }
    }

    var isRetired: Bool {
        if case .retired = name.role { return true }
        return false
    }

    var isFailed: Bool {
        if case .failed = name.role { return true }
        return false
    }
}
