import Addresses
package import Model
import TestSupport

/// A service's containers in any state that they could be found in, likely or not.
package struct RandomState: Sendable {
    /// The moment of the observation.
    package static let now = Moment(milliseconds: 1_800_000_000_000)

    /// What is wanted.
    package let goal: Goal
    /// What was good before.
    package let fallback: Goal?
    /// What is seen.
    package private(set) var observed = ObservedState()

    /// A state that a seed determines.
    package init(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        let order: UpdatePolicy.Order = dice.happens(300) ? .stopFirst : .startFirst
        let parallelism = dice.number(0...2)
        let action = dice.pick([UpdatePolicy.FailureAction.rollback, .pause, .continue])
        let replicas = dice.number(0...3)
        func goal(_ version: String) -> Goal {
            Scenario.goal("web", version, replicas: replicas) { service in
                service.update.order = order
                service.update.parallelism = parallelism
                service.update.failureAction = action
            }
        }
        let goals = ["v1", "v2", "v3"].map(goal)
        self.goal = goals[1]
        fallback = dice.happens(500) ? goals[0] : nil
        for slot in 1...4 where dice.happens(700) {
            for generation in 1...3 where dice.happens(600) {
                add(slot: slot, generation: generation, dice.pick(goals), &dice)
            }
        }
    }

    private mutating func add(
        slot: Int,
        generation: Int,
        _ goal: Goal,
        _ dice: inout SeededGenerator
    ) {
        let base = ContainerName.base(environment: "prod", service: "web", slot: slot)
        let role = dice.pick([
            ContainerName.Role.committed, .committed, .candidate(generation: generation),
            .candidate(generation: generation), .retired(generation: generation),
            .withdrawn(generation: generation), .failed(generation: generation),
        ])
        let name = ContainerName(base: base, role: role)
        guard !observed.containers.contains(where: { $0.name == name }) else { return }
        let state = dice.pick([
            Container.State.running, .running, .running, .created, .exited(code: 0),
            .exited(code: 1), .paused,
        ])
        let isRunning = state == .running
        let age = Duration.milliseconds(Int64(dice.number(0...20_000)))
        let number = observed.containers.count
        var container = Container(
            id: "\(number + 1)" + String(repeating: "f", count: 63),
            name: name,
            service: "web",
            slot: slot,
            spec: goal.spec,
            generation: generation,
            version: goal.service.version ?? "",
            revision: "",
            image: goal.image,
            state: state,
            health: .none,
            restarts: 0,
            created: Self.now + .seconds(-600),
            address: IPv4Address("172.30.0.\(200 + number)")
        )
        if state != .created {
            container.started = Moment(milliseconds: Self.now.milliseconds - age.milliseconds)
        }
        if !isRunning, state != .created, state != .paused { container.finished = Self.now }
        observed.containers.append(container)
        guard isRunning else { return }
        observed.acceptance[container.id] =
            dice.happens(600) ? .accepting : .refusing("port 80 refuses")
        if dice.happens(400) {
            observed.serving["web", default: []].append(
                Backend(
                    slot: slot,
                    generation: generation,
                    container: container.id,
                    address: container.address,
                    since: container.started ?? Self.now
                )
            )
        } else {
            observed.idleSince[container.id] = container.started
            observed.connections[container.id] = dice.number(0...1)
        }
    }
}
