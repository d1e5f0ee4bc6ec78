import Model

/// Which slots may begin: in order, `parallelism` at a time, `delay` apart.
struct RollingLimit {
    private var free: Int
    private let pause: Moment?
    private let snapshot: ServiceSnapshot
    /// When the delay between two batches is over.
    private(set) var requeueAt: Moment?

    init(goal: Goal, policy: UpdatePolicy, slots: [Slot], snapshot: ServiceSnapshot) {
        self.snapshot = snapshot
        let isProtecting = slots.compactMap(\.committed).contains { $0.isToBeReplaced(by: goal) }
        guard isProtecting, policy.parallelism > 0 else {
            // Nothing serves that could be lost, or everything is meant to go at once.
            free = slots.count
            pause = nil
            return
        }
        let underway = slots.count { !$0.candidates.isEmpty }
        free = max(policy.parallelism - underway, 0)
        let lastSwitch = slots.compactMap(\.committed)
            .filter { $0.spec == goal.spec }
            .compactMap { snapshot.backend(of: $0)?.since }
            .filter { snapshot.age(of: $0) != nil }
            .max()
        pause = lastSwitch.map { $0 + policy.monitor + policy.delay }
    }

    /// Whether the slot may make its candidate now; asked in the order of the slots.
    ///
    /// A slot that has one, or needs none, takes no turn.
    mutating func take(_ slot: Slot, for goal: Goal) -> SlotRollout.Permission {
        guard slot.candidates.isEmpty, slot.committed?.isToBeReplaced(by: goal) ?? true else {
            return .granted
        }
        guard free > 0 else { return .held("waiting for its turn") }
        if let pause, snapshot.now < pause {
            requeueAt = pause
            return .held("waiting for the delay between slots")
        }
        free -= 1
        return .granted
    }
}

extension Container {
    fileprivate func isToBeReplaced(by goal: Goal) -> Bool {
        spec != goal.spec || needsRepair
    }
}
