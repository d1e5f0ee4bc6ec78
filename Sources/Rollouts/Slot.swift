import Model

/// One replica's place with the containers that belong to it, by role.
struct Slot {
    let number: Int
    private(set) var committed: Container?
    /// Newest first, as are the other two.
    private(set) var candidates: [Container] = []
    private(set) var retired: [Container] = []
    private(set) var failed: [Container] = []

    init(_ number: Int, _ containers: [Container]) {
        self.number = number
        for container in containers.sorted(by: { $0.generation > $1.generation }) {
            switch container.name.role {
            case .committed: committed = container
            case .candidate: candidates.append(container)
            case .retired: retired.append(container)
            case .failed: failed.append(container)
            }
        }
    }

    var containers: [Container] {
        (committed.map { [$0] } ?? []) + candidates + retired + failed
    }

    /// Higher than every generation in the slot, so that no name is used twice.
    var nextGeneration: Int {
        (containers.map(\.generation).max() ?? 0) + 1
    }
}

extension Container {
    /// Whether the process runs and Docker's check does not say otherwise.
    var isUp: Bool { state == .running && health != .unhealthy }

    /// Whether there is a process that `stop` could end, or that Docker is about to start.
    var isAlive: Bool {
        switch state {
        case .running, .restarting, .paused: true
        case .created, .exited, .dead: false
        }
    }
}
