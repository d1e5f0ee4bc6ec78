import Model
import Rollouts

/// What must hold at every moment, whatever goes wrong.
extension Simulation {
    // MARK: Steps

    func judge(_ step: Step) {
        switch step {
        case .stop(let container), .remove(let container):
            if host.serves(container.id) { accuse("\(told(step)): it is in the table") }
        case .create(let goal, let slot, _):
            let fellows = members(of: goal.service.name, slot)
            let isRepair = fellows.contains {
                $0.record.name.role == .committed && $0.record.spec == goal.spec
            }
            let hasFailed = fellows.contains { $0.isFailed && $0.record.spec == goal.spec }
            if hasFailed, !isRepair, !misled.contains(step.subject) {
                accuse("\(told(step)): that spec failed there")
            }
        case .start(let container):
            guard let goal = wanted[container.service], goal.service.update.order == .stopFirst,
                !goal.service.isJob, !isMisled
            else { return }
            let other = members(of: container.service, container.slot).first {
                $0.isAlive && $0.record.id != container.id
            }
            if let other { accuse("\(told(step)): \(other.record.name) still runs") }
        case .unpause, .rename:
            break
        }
    }

    private func members(of service: String, _ slot: Int? = nil) -> [Machine] {
        host.sorted.filter {
            $0.record.service == service && (slot == nil || $0.record.slot == slot)
        }
    }

    // MARK: Traffic

    func judgeRoute(_ name: String, from old: [Backend], to new: [Backend]) {
        // Who was told of yesterday may do wrong for a moment; in the end it must be right.
        guard !isMisled else { return }
        let sound = members(of: name).filter { $0.isSound(at: host.now) && !$0.isFailed }
        for backend in new {
            guard let machine = host.machines[backend.container], machine.isAlive else {
                accuse("\(name) is routed to a container that does not run")
                return
            }
            guard machine.record.address == backend.address else {
                accuse("\(name) is routed to an address that is another's")
                return
            }
            let isNew = !old.contains { $0.isContainer(machine.record.id) }
            guard isNew, !machine.accepts(at: host.now) else { continue }
            if machine.isCandidate { accuse("\(machine.record.name) is not ready") }
            if wanted[name]?.service.update.order == .startFirst,
                sound.contains(where: { isOld($0, old) && !mayBeGivenUp($0) })
            {
                accuse("\(machine.record.name) is not ready, and others are")
            }
        }
        guard let goal = wanted[name], goal.service.replicas > 0,
            goal.service.update.order == .startFirst, !goal.service.isJob
        else { return }
        // One that died and came back between two looks is still believed to be well.
        let isServed = new.contains { backend in
            guard let machine = host.machines[backend.container] else { return false }
            return machine.isSound(at: host.now) || isOld(machine, old)
        }
        let left = sound.first { isOld($0, old) && !mayBeGivenUp($0) }
        if let left, !isServed {
            accuse("\(left.record.name) leaves the table of \(name) without a successor")
        }
    }

    private func isOld(_ machine: Machine, _ old: [Backend]) -> Bool {
        old.contains { $0.isContainer(machine.record.id) }
    }

    /// A candidate that was restarted has failed, although it may be up again.
    private func mayBeGivenUp(_ machine: Machine) -> Bool {
        machine.isCandidate && (machine.record.restarts ?? 0) > 0
    }

    /// Where nothing dies by itself no connection is refused, at any moment.
    func judgeTraffic() {
        guard scenario.isGentle else { return }
        for name in host.table.keys.sorted() {
            guard wanted[name]?.service.update.order == .startFirst else { continue }
            for backend in host.table[name] ?? [] {
                let isAnswering = host.machines.values.contains {
                    $0.record.address == backend.address && $0.accepts(at: host.now)
                        && $0.record.service == name
                }
                if !isAnswering { accuse("a connection to \(name) is refused") }
            }
        }
        for name in lastGood.keys.sorted() where host.table[name] == nil {
            guard let goal = wanted[name], goal.service.replicas > 0, !goal.service.isJob,
                goal.service.update.order == .startFirst
            else { continue }
            accuse("nobody serves \(name)")
        }
    }

    /// Two containers of a stop-first slot never run at once, whether the rollout or Docker started
    /// them.
    ///
    /// Old lists are excepted: the real host looks for running containers before each start. So are
    /// scenarios that begin with several of them.
    func judgeWriters() {
        guard scenario.odds.staleList == 0, scenario.containers.allSatisfy(\.isAdopted) else {
            return
        }
        for (name, goal) in wanted.sorted(by: { $0.key < $1.key })
        where goal.service.update.order == .stopFirst && !goal.service.isJob {
            let alive = members(of: name).filter(\.isAlive)
            for (slot, running) in Dictionary(grouping: alive, by: \.record.slot)
            where running.count > 1 {
                accuse("\(running.map { "\($0.record.name)" }.sorted()) of slot \(slot) both run")
            }
        }
    }

    // MARK: The end

    /// Everything is as it should be, and nothing is left over.
    func judgeTheEnd() {
        let names = Set(wanted.keys).union(host.machines.values.map(\.record.service))
        for name in names.sorted() {
            guard let goal = wanted[name] else {
                let own = members(of: name).filter { !$0.record.isAdopted }
                if !own.isEmpty || host.table[name] != nil {
                    accuse("\(name) was not removed")
                }
                continue
            }
            guard let decision = latest[name] else { return accuse("\(name) was never looked at") }
            if isMortal(name) { continue }
            judgeTheEnd(of: goal, decision)
        }
    }

    /// Whether what should run in the end does not live for ever, so that there is no rest.
    private func isMortal(_ name: String) -> Bool {
        members(of: name).contains { machine in
            guard !machine.isFailed else { return false }
            return machine.behaviour.fate != .well && wanted[name]?.service.isJob == false
        }
    }

    private func judgeTheEnd(of goal: Goal, _ decision: ServiceDecision) {
        let name = goal.service.name
        let dependencies = goal.service.dependencies.map(\.service)
        if !decision.isSettled { accuse("\(name) does not come to rest: \(decision.outcome)") }
        switch decision.outcome {
        case .steady: break
        case .failed:
            let fate = scenario.behaviours[name + (goal.service.version ?? "")]?.fate ?? .well
            if fate == .well, !hasBeenTampered { accuse("\(name): a good release was given up") }
        case .waiting:
            let isHeld = dependencies.contains { latest[$0]?.outcome != .steady }
            if !isHeld { accuse("\(name) waits for nothing") }
        case .progressing: accuse("\(name) is still on its way")
        }
        for slot in Set(members(of: name).map(\.record.slot)).sorted() {
            judgeTheEnd(of: members(of: name, slot), slot, goal, decision.outcome)
        }
    }

    private func judgeTheEnd(
        of fellows: [Machine],
        _ slot: Int,
        _ goal: Goal,
        _ outcome: ServiceDecision.Outcome
    ) {
        let name = "\(goal.service.name)-\(slot)"
        if slot > goal.service.replicas {
            // Where nothing wanted can serve, what should leave is better than an empty chain.
            if outcome == .steady { accuse("\(name) is left over") }
            return
        }
        for machine in fellows {
            let record = machine.record
            switch record.name.role {
            case .committed:
                // A job of another spec may stay where the wanted one was completed before.
                guard !goal.service.isJob else { continue }
                if outcome == .steady, record.spec != goal.spec { accuse("\(name) is another") }
                if !machine.isSound(at: host.now) { accuse("\(name) is not up") }
                let isServed = host.table[record.service]?.contains {
                    $0.isContainer(record.id) && $0.address == record.address
                }
                if isServed != true { accuse("\(name) is up and not served") }
            case .retired where record.isAdopted && isTakingOver: break
            case .candidate, .retired, .withdrawn:
                // Better than an empty chain where nothing wanted can serve.
                if outcome != .steady, host.serves(record.id) { continue }
                accuse("\(record.name) is left over")
            case .failed:
                if machine.isAlive { accuse("\(record.name) still runs") }
            }
        }
        if fellows.count(where: \.isFailed) > 2 { accuse("\(name) keeps too many failures") }
    }

    /// Whether a container of Compose's runs in its slot, since its takeover failed.
    private var isTakingOver: Bool {
        host.machines.values.contains { machine in
            machine.isAlive && machine.record.isAdopted && machine.record.name.role == .committed
        }
    }

    /// Whether somebody did to containers what no release survives.
    private var hasBeenTampered: Bool {
        if !scenario.containers.allSatisfy(\.isAdopted) { return true }
        return scenario.disturbances.contains { disturbance in
            switch disturbance.what {
            case .remove, .removeAll, .stop, .pause, .rename, .prune: true
            case .daemon, .reboot, .flush: false
            }
        }
    }
}

extension Machine {
    var isFailed: Bool {
        if case .failed = record.name.role { return true }
        return false
    }

    var isCandidate: Bool {
        if case .candidate = record.name.role { return true }
        return false
    }
}
