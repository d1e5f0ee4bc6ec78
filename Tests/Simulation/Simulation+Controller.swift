import Model
import Rollouts

/// The controller dies here.
private struct Crash: Error {}

/// One look of a controller: observe, decide, route, step.
extension Simulation {
    func look(_ index: Int) {
        controllers[index].requeueAt = nil
        do {
            let observed = try observe(index)
            let decisions = decide(observed, index)
            if !mutation.takesLock, controllers.count > 1, dice.happens(500) {
                // Somebody else looks and acts between this one's look and its acts.
                let other = (index + 1) % controllers.count
                let theirs = try observe(other)
                try act(decide(theirs, other), theirs, other)
            }
            try act(decisions, observed, index)
        } catch is Crash {
            note("crash")
            crash(index)
        } catch {
            note("look failed: \(error)")
            controllers[index].requeueAt = host.now + .milliseconds(500)
        }
    }

    // MARK: Calls

    /// Makes a call to the outside, unless something goes wrong.
    private func call<Value>(
        _ name: String,
        writes isWrite: Bool = false,
        _ effect: () throws -> Value
    ) throws -> Value {
        calls += 1
        if isWrite { writes.append(calls) }
        let fault = scenario.faults[calls] ?? chance()
        if let fault { note("call \(calls), \(name): \(fault)") }
        switch fault {
        case .crashBefore: throw Crash()
        case .failBefore: throw HostError.failed
        case .crashAfter, .failAfter, nil: break
        }
        let value = try effect()
        switch fault {
        case .crashAfter: throw Crash()
        case .failAfter: throw HostError.failed
        case .crashBefore, .failBefore, nil: return value
        }
    }

    private func chance() -> Scenario.Fault? {
        guard isRough, scenario.odds.fault > 0 else { return nil }
        return Scenario.Fault.allCases.first { _ in dice.happens(scenario.odds.fault) }
    }

    // MARK: Observing

    private func observe(_ index: Int) throws -> ObservedState {
        isMisled = false
        var observed = ObservedState(containers: try call("list") { try list() })
        observed.serving = try call("table") { host.table }
        if mutation.verifiesLists {
            // An empty list is believed once another call says the same.
            if observed.containers.isEmpty, !host.machines.isEmpty { throw HostError.failed }
            let known = Set(observed.containers.map(\.id))
            for backend in observed.serving.keys.sorted().flatMap({ observed.serving[$0] ?? [] })
            where !known.contains(where: backend.isContainer) {
                let isThere = (try? host.inspect(backend.container)) != nil
                // Neither believed nor acted on: a list that lacks what is there.
                if isThere { throw HostError.failed }
            }
        }
        // What Compose started for a service that is not described is none of Berth's.
        observed.containers.removeAll { $0.isAdopted && wanted[$0.service] == nil }
        let moving = Set(observed.inMotion.map(\.id))
        observed.containers = try observed.containers.compactMap { container in
            guard moving.contains(container.id) else { return container }
            do {
                return try call("inspect") { try host.inspect(container.id) }
            } catch HostError.missing {
                return nil
            }
        }
        for container in observed.containers where moving.contains(container.id) {
            guard container.state == .running else { continue }
            observed.acceptance[container.id] = host.acceptance(of: container)
            let idle = controllers[index].idleSince[container.id] ?? host.now
            guard !observed.isServing(container) else { continue }
            observed.idleSince[container.id] = idle
            observed.connections[container.id] = host.now - idle < .seconds(2) ? 1 : 0
        }
        controllers[index].idleSince = observed.idleSince
        observed.stopping = controllers[index].stopping
        observed.daemonStarted = host.daemonStarted
        return observed
    }

    private func list() throws -> [Container] {
        let fresh = try host.list()
        lists.append(fresh)
        if lists.count > 8 { lists.removeFirst() }
        guard isRough else { return fresh }
        if dice.happens(scenario.odds.emptyList) {
            note("empty list")
            return []
        }
        guard dice.happens(scenario.odds.staleList) else { return fresh }
        note("stale list")
        isMisled = true
        return dice.pick(lists)
    }

    // MARK: Deciding

    private func decide(_ observed: ObservedState, _ index: Int) -> [String: ServiceDecision] {
        var observed = observed
        var known = memory
        mutation.knowledge(&observed, &known)
        let intents = wanted.mapValues { goal in
            ServiceIntent.run(goal, fallback: lastGood[goal.service.name])
        }
        var decisions = Rollout(intents: intents, memory: known).decide(observed, at: host.now)
        for name in decisions.keys.sorted() {
            guard var decision = decisions[name] else { continue }
            mutation.decision(&decision, observed)
            decisions[name] = decision
            remember(decision, of: name)
        }
        latest = decisions
        controllers[index].requeueAt = decisions.values.compactMap(\.requeueAt).min()
        return decisions
    }

    /// What the history is told.
    private func remember(_ decision: ServiceDecision, of name: String) {
        guard let goal = wanted[name] else { return }
        for (spec, reason) in decision.failures {
            memory.services[name, default: ReleaseRecord.OfService()].failures[spec] = reason
        }
        guard decision.outcome == .steady else { return }
        lastGood[name] = goal
        memory.services[name]?.failures[goal.spec] = nil
        if goal.service.isJob {
            memory.services[name, default: ReleaseRecord.OfService()].completions.insert(goal.spec)
        }
    }

    // MARK: Acting

    private func act(
        _ decisions: [String: ServiceDecision],
        _ observed: ObservedState,
        _ index: Int
    ) throws {
        if !mutation.routesFirst { try step(decisions, index) }
        for name in decisions.keys.sorted() {
            guard let backends = decisions[name]?.backends,
                backends != observed.serving[name] ?? []
            else { continue }
            try call("route \(name)", writes: true) { route(name, to: backends) }
            controllers[index].requeueAt = host.now
        }
        if mutation.routesFirst { try step(decisions, index) }
    }

    private func route(_ name: String, to backends: [Backend]) {
        note("route \(name): \(backends.map { told($0) }.joined(separator: " "))")
        judgeRoute(name, from: host.table[name] ?? [], to: backends)
        host.table[name] = backends.isEmpty ? nil : backends
    }

    private func step(_ decisions: [String: ServiceDecision], _ index: Int) throws {
        for name in decisions.keys.sorted() {
            for step in decisions[name]?.steps ?? [] {
                let subject = step.subject
                guard controllers[index].underWay[subject] == nil else { continue }
                if let retry = controllers[index].retries[subject], retry.at > host.now {
                    let wake = controllers[index].requeueAt
                    controllers[index].requeueAt = wake.map { min($0, retry.at) } ?? retry.at
                    continue
                }
                if isDelayed(step) {
                    note("begin \(told(step))")
                    if isMisled { misled.insert(subject) } else { misled.remove(subject) }
                    let pull = Duration.milliseconds(Int64(dice.number(0...1_500)))
                    controllers[index].underWay[subject] = (step, host.now + pull)
                } else {
                    try attempt(step, index)
                }
            }
        }
    }

    func isDelayed(_ step: Step) -> Bool {
        if case .create = step { return true }
        return false
    }

    private func attempt(_ step: Step, _ index: Int) throws {
        do {
            try call(told(step), writes: true) { try perform(step) }
            controllers[index].retries[step.subject] = nil
            if case .stop(let container) = step,
                let end = host.machines[container.id]?.stopMoment
            {
                controllers[index].underWay[step.subject] = (step, end)
            }
        } catch let error as HostError {
            note("\(told(step)) failed: \(error)")
            controllers[index].failed(step.subject, at: host.now)
        }
        controllers[index].requeueAt = host.now
    }

    func perform(_ step: Step) throws {
        note(told(step))
        judge(step)
        try host.perform(step, dice: &dice)
    }

    /// Ends the steps whose time has come.
    func finishSteps() {
        for index in controllers.indices {
            let due = controllers[index].underWay.filter { $0.value.until <= host.now }
            for subject in due.keys.sorted() {
                guard let step = controllers[index].underWay.removeValue(forKey: subject)?.step
                else { continue }
                controllers[index].requeueAt = host.now
                guard isDelayed(step) else { continue }
                do {
                    try attempt(step, index)
                } catch {
                    note("crash")
                    crash(index)
                    break
                }
            }
        }
    }

    // MARK: Telling

    func told(_ step: Step) -> String {
        switch step {
        case .create(let goal, let slot, let generation):
            "create \(goal.service.name)-\(slot).g\(generation) \(goal.service.version ?? "")"
        case .start(let container): "start \(container.name)"
        case .unpause(let container): "unpause \(container.name)"
        case .rename(let container, let role):
            "rename \(container.name) \(ContainerName(base: container.name.base, role: role))"
        case .stop(let container): "stop \(container.name)"
        case .remove(let container): "remove \(container.name)"
        }
    }

    func told(_ backend: Backend) -> String {
        host.machines[backend.container]?.record.name.description ?? "(gone)"
    }
}
