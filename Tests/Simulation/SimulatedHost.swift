import Addresses
import Model
import Rollouts
import TestSupport

/// Why the simulated host refused a call.
enum HostError: Error, Equatable {
    /// Docker does not answer.
    case unreachable
    /// 404.
    case missing
    /// 409.
    case conflict
    /// 500, or a timeout: nobody knows whether it was done.
    case failed
}

/// A host with containers, addresses that are reused at once, a traffic table and a clock.
struct SimulatedHost {
    private(set) var machines: [String: Machine] = [:]
    var table: [String: [Backend]] = [:]
    private(set) var now = Moment(milliseconds: 1_800_000_000_000)
    private(set) var daemonStarted = Moment(milliseconds: 1_799_000_000_000)
    private var unreachableUntil: Moment?
    private var made = 0
    let behaviours: [String: Behaviour]

    init(behaviours: [String: Behaviour]) {
        self.behaviours = behaviours
    }

    var sorted: [Machine] { machines.values.sorted { $0.record.id < $1.record.id } }

    func serves(_ id: String) -> Bool {
        table.values.contains { $0.contains { $0.isContainer(id) } }
    }

    // MARK: Time

    func nextMoment() -> Moment? {
        (machines.values.compactMap { $0.nextMoment(after: now) }
            + [unreachableUntil].compactMap(\.self).filter { $0 > now }).min()
    }

    /// True where Docker would tell of what happened.
    mutating func advance(to moment: Moment) -> Bool {
        now = max(now, moment)
        var happened = false
        if let end = unreachableUntil, end <= now {
            unreachableUntil = nil
            happened = true
        }
        for id in machines.keys.sorted() where machines[id]?.advance(to: now) ?? false {
            happened = true
        }
        return happened
    }

    // MARK: Docker

    func list() throws(HostError) -> [Container] {
        guard unreachableUntil == nil else { throw .unreachable }
        return sorted.map { machine in
            var record = machine.record
            (record.restarts, record.started, record.finished) = (nil, nil, nil)
            return record
        }
    }

    func inspect(_ id: String) throws(HostError) -> Container {
        guard unreachableUntil == nil else { throw .unreachable }
        guard let machine = machines[id] else { throw .missing }
        return machine.record
    }

    func acceptance(of container: Container) -> ObservedState.Acceptance {
        // What is asked is the address, whoever has it.
        let isAccepting = machines.values.contains {
            $0.record.address == container.address && $0.accepts(at: now)
        }
        return isAccepting ? .accepting : .refusing("refused")
    }

    mutating func perform(_ step: Step, dice: inout SeededGenerator) throws(HostError) {
        guard unreachableUntil == nil else { throw .unreachable }
        switch step {
        case .create(let goal, let slot, let generation):
            try create(goal, slot: slot, generation: generation)
        case .start(let container):
            try change(container.id) { [now] in if !$0.isAlive { $0.start(at: now) } }
        case .unpause(let container):
            try change(container.id) {
                if $0.record.state == .paused { $0.record.state = .running }
            }
        case .rename(let container, let role):
            let name = ContainerName(base: container.name.base, role: role)
            let isTaken = machines.values.contains {
                $0.record.name == name && $0.record.id != container.id
            }
            guard !isTaken else { throw .conflict }
            try change(container.id) {
                $0.record.name = name
                $0.setRestart(as: role)
            }
        case .stop(let container):
            let grace = Duration.milliseconds(Int64(dice.number(50...1_500)))
            try stop(container.id, after: grace)
        case .remove(let container):
            guard let machine = machines[container.id] else { throw .missing }
            guard !machine.isAlive else { throw .conflict }
            machines[container.id] = nil
        }
    }

    fileprivate mutating func change(
        _ id: String,
        _ change: (inout Machine) -> Void
    ) throws(HostError) {
        guard var machine = machines[id] else { throw .missing }
        change(&machine)
        machines[id] = machine
    }

    private mutating func create(
        _ goal: Goal,
        slot: Int,
        generation: Int
    ) throws(HostError) {
        let service = goal.service
        let base = ContainerName.base(environment: "prod", service: service.name, slot: slot)
        let name = ContainerName(base: base, role: .candidate(generation: generation))
        guard !machines.values.contains(where: { $0.record.name == name }) else { throw .conflict }
        made += 1
        let id = String(repeating: "0", count: 58) + String(100_000 + made)
        let taken = Set(machines.values.compactMap(\.record.address))
        let address = (2...250).compactMap { IPv4Address("172.30.0.\($0)") }
            .first { !taken.contains($0) }
        let version = service.version ?? ""
        let record = Container(
            id: String(id.reversed()),
            name: name,
            service: service.name,
            slot: slot,
            spec: goal.spec,
            generation: generation,
            version: version,
            revision: "",
            image: goal.image,
            state: .created,
            health: .none,
            restarts: 0,
            created: now,
            address: address
        )
        let restart = service.container.restart
        let isAlone = service.update.order == .stopFirst && !service.isJob
        machines[record.id] = Machine(
            record: record,
            behaviour: behaviours[service.name + version] ?? Behaviour(),
            restart: isAlone ? .no : restart,
            withheld: isAlone ? restart : nil
        )
    }

    mutating func stop(_ id: String, after grace: Duration) throws(HostError) {
        try change(id) { [now] machine in
            machine.isStoppedByHand = true
            guard machine.isAlive, machine.stopMoment == nil else { return }
            machine.restartMoment = nil
            if machine.record.state == .running {
                machine.stopMoment = now + grace
            } else {
                machine.end(code: 137, at: now)
            }
        }
    }

    // MARK: What happens to hosts

    mutating func remove(_ id: String) {
        machines[id] = nil
    }

    mutating func rename(_ id: String, to role: ContainerName.Role) {
        machines[id]?.record.name.role = role
    }

    mutating func restartDaemon(liveRestore: Bool, away: Duration) {
        unreachableUntil = now + away
        daemonStarted = now + away
        for id in machines.keys.sorted() {
            guard var machine = machines[id] else { continue }
            if liveRestore {
                if machine.behaviour.hasCheck, machine.record.state == .running {
                    machine.record.health = .starting
                }
            } else {
                machine.interrupt(at: now, until: now + away)
            }
            machines[id] = machine
        }
    }

    mutating func reboot(away: Duration) {
        table = [:]
        restartDaemon(liveRestore: false, away: away)
    }
}

extension Machine {
    /// The daemon stops everything, and starts again what the restart policy says.
    fileprivate mutating func interrupt(at now: Moment, until back: Moment) {
        let ran = isAlive
        if ran {
            record.state = .exited(code: 137)
            record.finished = now
        }
        stopMoment = nil
        restartMoment = nil
        let returns: Bool =
            switch restart {
            case .no: false
            case .always: record.started != nil
            case .unlessStopped: ran && !isStoppedByHand
            case .onFailure: ran && !isStoppedByHand
            }
        guard returns else { return }
        record.restarts = -1
        restartMoment = back
    }
}

extension Machine {
    /// Docker may start only the slot's own again, where two of it must not run.
    fileprivate mutating func setRestart(as role: ContainerName.Role) {
        guard let withheld else { return }
        switch role {
        case .committed where !record.isAdopted: restart = withheld
        case .retired: restart = .no
        case .committed, .candidate, .withdrawn, .failed: break
        }
    }
}

extension SimulatedHost {
    mutating func place(_ container: Container, isAlone: Bool = false) {
        machines[container.id] = Machine(
            record: container,
            behaviour: behaviours[container.service + container.version] ?? Behaviour(),
            restart: container.isAdopted ? .always : .unlessStopped,
            withheld: isAlone ? .always : nil
        )
    }

    mutating func pause(_ id: String) {
        try? change(id) { if $0.record.state == .running { $0.record.state = .paused } }
    }
}
