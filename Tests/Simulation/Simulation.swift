import Model
import Rollouts
import TestSupport

/// A host, its clock, one or more controllers around the real rollout, and everything that can go
/// wrong between them; a seed and a scenario determine all of it.
package final class Simulation {
    let scenario: Scenario
    let mutation: Mutation
    var dice: SeededGenerator
    var host: SimulatedHost
    var controllers: [SimulatedController]
    var wanted: Scenario.Revision = [:]
    /// The history on the controller's disk.
    var memory = ReleaseRecord()
    var lastGood: [String: Goal] = [:]
    var latest: [String: ServiceDecision] = [:]
    var lists: [[Container]] = []
    /// Who holds the lock.
    var holder = 0
    /// Whether the latest list was an older one, and what was begun because of such a list.
    var isMisled = false
    var misled: Set<String> = []
    var calls = 0
    var writes: [Int] = []
    var trace: [String] = []
    var violation: String?

    private let start: Moment
    private var disturbances: ArraySlice<(at: Int64, what: Scenario.Disturbance)>
    private var revisions: ArraySlice<(at: Int64, wanted: Scenario.Revision)>

    /// Sets the stage.
    package init(_ scenario: Scenario, seed: UInt64, mutation: Mutation = Mutation()) {
        self.scenario = scenario
        self.mutation = mutation
        dice = SeededGenerator(seed: seed)
        host = SimulatedHost(behaviours: scenario.behaviours)
        start = host.now
        for container in scenario.containers {
            let goal = scenario.revisions.first?.wanted[container.service]
            host.place(container, isAlone: goal?.service.update.order == .stopFirst)
        }
        host.table = scenario.table
        controllers = Array(repeating: SimulatedController(), count: scenario.controllers)
        disturbances = scenario.disturbances.sorted { $0.at < $1.at }[...]
        revisions = scenario.revisions.sorted { $0.at < $1.at }[...]
    }

    /// Whether things still go wrong.
    var isRough: Bool { host.now < moment(scenario.calm) }

    /// Plays the scenario to its end.
    package func run() -> Verdict {
        let end = moment(max(scenario.calm, revisions.last?.at ?? 0) + scenario.patience)
        var looks = 0
        var lastMoment = host.now
        controllers[0].requeueAt = host.now
        while host.now < end, violation == nil {
            pass()
            looks = host.now == lastMoment ? looks + 1 : 0
            lastMoment = host.now
            if looks > 400 { accuse("the controllers spin") }
        }
        if violation == nil { judgeTheEnd() }
        return Verdict(violation: violation, trace: trace, calls: calls, writes: writes)
    }

    func accuse(_ text: String) {
        guard violation == nil else { return }
        violation = text
        note("VIOLATION: \(text)")
    }

    func note(_ text: @autoclosure () -> String) {
        trace.append("\((host.now - start).milliseconds) ms: \(text())")
    }

    private func moment(_ milliseconds: Int64) -> Moment { start + .milliseconds(milliseconds) }

    // MARK: One moment

    /// From one moment at which something happens to the next.
    private func pass() {
        let waking = controllers.flatMap { controller in
            [controller.requeueAt].compactMap(\.self) + controller.underWay.values.map(\.until)
        }
        let scripted = [disturbances.first?.at, revisions.first?.at].compactMap(\.self).map(moment)
        // A controller looks from time to time even if nothing tells it to.
        let next =
            (waking + scripted + [host.nextMoment() ?? host.now + Self.resync]
            + [host.now + Self.resync]).min() ?? host.now
        let isIdle = next == host.now + Self.resync
        let happened = host.advance(to: next)
        let isScripted = disturb() || revise()
        judgeTraffic()
        judgeWriters()
        finishSteps()
        guard violation == nil else { return }
        if happened || isScripted || isIdle { hear(isIdle: isIdle) }
        for index in controllers.indices {
            guard let wake = controllers[index].requeueAt, wake <= host.now else { continue }
            look(index)
        }
    }

    private static let resync = Duration.seconds(5)

    private func hear(isIdle: Bool) {
        let index = mutation.takesLock ? holder : dice.number(0...(controllers.count - 1))
        if !isIdle, isRough, dice.happens(scenario.odds.lostEvent) { return note("event lost") }
        controllers[index].requeueAt = host.now
        if isRough, dice.happens(scenario.odds.doubledEvent) { look(index) }
    }

    private func revise() -> Bool {
        guard let first = revisions.first, moment(first.at) <= host.now else { return false }
        revisions.removeFirst()
        wanted = first.wanted
        note(
            "revision: "
                + wanted.keys.sorted().map { name in
                    "\(name) \(wanted[name]?.service.version ?? "")"
                        + " ×\(wanted[name]?.service.replicas ?? 0)"
                }.joined(separator: ", ")
        )
        controllers[holder].requeueAt = host.now
        return true
    }

    private func disturb() -> Bool {
        guard let first = disturbances.first, moment(first.at) <= host.now else { return false }
        disturbances.removeFirst()
        note("disturbance: \(first.what)")
        let victims = host.sorted
        let victim = victims.isEmpty ? nil : dice.pick(victims).record
        switch first.what {
        case .daemon(let liveRestore, let away):
            host.restartDaemon(liveRestore: liveRestore, away: .milliseconds(away))
        case .reboot(let away):
            host.reboot(away: .milliseconds(away))
            crash(holder)
        case .flush:
            host.table = [:]
        case .remove:
            if let victim { host.remove(victim.id) }
        case .removeAll:
            for victim in victims { host.remove(victim.record.id) }
        case .stop:
            if let victim { try? host.stop(victim.id, after: .milliseconds(200)) }
        case .pause:
            if let victim { host.pause(victim.id) }
        case .rename:
            if let victim { host.rename(victim.id, to: .retired(generation: victim.generation)) }
        case .prune:
            for victim in victims where !victim.isAlive { host.remove(victim.record.id) }
        }
        return true
    }

    func crash(_ index: Int) {
        let pending = controllers[index].underWay.sorted { $0.key < $1.key }.map(\.value.step)
        controllers[index] = SimulatedController()
        // The lock goes with the process, and whoever waits for it has it.
        if index == holder { holder = dice.number(0...(controllers.count - 1)) }
        controllers[holder].requeueAt = host.now + .milliseconds(Int64(dice.number(50...3_000)))
        // What was asked for before may be done nevertheless.
        for step in pending where isDelayed(step) && dice.happens(500) {
            note("after the crash: \(told(step))")
            try? perform(step)
        }
    }
}
