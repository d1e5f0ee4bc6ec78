import Model
import TestSupport

extension Scenario {
    /// How much of what can go wrong does.
    package enum Weather: CaseIterable, Sendable {
        /// Calls fail, the controller dies, events are lost, releases are good.
        case gentle
        /// Releases are bad, too.
        case changeable
        /// The host suffers, too.
        case rough
    }

    /// A scenario that a seed determines.
    package static func random(_ weather: Weather, seed: UInt64) -> Scenario {
        var dice = SeededGenerator(seed: seed ^ 0x5eed)
        var scenario = Scenario()
        scenario.calm = Int64(dice.number(15_000...60_000))
        scenario.controllers = dice.happens(300) ? 2 : 1
        scenario.odds.fault = dice.pick([0, 5, 20, 60])
        scenario.odds.lostEvent = dice.pick([0, 100, 500])
        scenario.odds.doubledEvent = dice.pick([0, 100, 500])
        scenario.odds.staleList = dice.pick([0, 0, 20, 100])
        scenario.odds.emptyList = dice.pick([0, 0, 20, 100])
        let versions = (1...4).map { "v\($0)" }
        for name in ["web", "db", "job"] {
            for version in versions {
                scenario.behaviours[name + version] = behaviour(
                    of: name,
                    isFirst: version == "v1",
                    weather,
                    &dice
                )
            }
        }
        scenario.revisions = revisions(versions, until: scenario.calm, &dice)
        if dice.happens(150) {
            // What is wanted first is already there, as Compose created it.
            let goals = scenario.revisions[0].wanted.sorted { $0.key < $1.key }.map(\.value)
            scenario.containers = takeover(of: goals.filter { !$0.service.isJob }).containers
        }
        if weather == .rough {
            for _ in 0..<dice.number(1...5) {
                let at = Int64(dice.number(1_000...Int(scenario.calm)))
                scenario.disturbances.append((at, disturbance(&dice)))
            }
        }
        return scenario
    }

    private static func behaviour(
        of name: String,
        isFirst: Bool,
        _ weather: Weather,
        _ dice: inout SeededGenerator
    ) -> Behaviour {
        let boot = Int64(dice.number(50...2_500))
        if name == "job" {
            let code = weather != .gentle && !isFirst && dice.happens(200) ? 1 : 0
            return Behaviour(boot: boot, fate: .exits(after: boot + 200, code: code))
        }
        let hasCheck = dice.happens(500)
        guard weather != .gentle, !isFirst, dice.happens(500) else {
            return Behaviour(boot: boot, hasCheck: hasCheck)
        }
        let moment = boot + Int64(dice.number(0...6_000))
        let fate = dice.pick([
            Behaviour.Fate.mute,
            .exits(after: Int64(dice.number(0...2_000)), code: dice.number(0...1)),
            .exits(after: moment, code: 1),
            hasCheck ? .unhealthy(after: moment) : .mute,
        ])
        return Behaviour(boot: boot, hasCheck: hasCheck, fate: fate)
    }

    private static func revisions(
        _ versions: [String],
        until end: Int64,
        _ dice: inout SeededGenerator
    ) -> [(at: Int64, wanted: Revision)] {
        let hasDatabase = dice.happens(300)
        let hasJob = dice.happens(300)
        let order: UpdatePolicy.Order = dice.happens(250) ? .stopFirst : .startFirst
        let parallelism = dice.number(0...2)
        let action = dice.pick([UpdatePolicy.FailureAction.rollback, .rollback, .pause, .continue])
        let restart = dice.pick([RestartPolicy.no, .always, .unlessStopped, .onFailure(retries: 3)])
        var moments = [Int64(0)]
        for _ in 0..<dice.number(0...4) { moments.append(Int64(dice.number(0...Int(end)))) }
        return moments.sorted().enumerated().map { index, at in
            var wanted: Revision = [:]
            let version = index == 0 ? "v1" : dice.pick(versions)
            let replicas = dice.pick([1, 1, 2, 3])
            wanted["web"] = goal("web", version, replicas: replicas) { service in
                service.update.order = order
                service.rollback.order = order
                service.update.parallelism = parallelism
                service.update.failureAction = action
                service.container.restart = restart
                if hasDatabase {
                    service.dependencies.append(Dependency(on: "db", condition: .healthy))
                }
                if hasJob {
                    service.dependencies.append(Dependency(on: "job", condition: .completed))
                }
            }
            if hasDatabase {
                wanted["db"] = goal("db", index == 0 ? "v1" : dice.pick(versions)) { service in
                    service.update.order = .stopFirst
                    service.rollback.order = .stopFirst
                    service.container.restart = restart
                }
            }
            if hasJob {
                wanted["job"] = goal("job", version) { service in
                    service.isJob = true
                    service.container.restart = .no
                }
            }
            if index > 0, dice.happens(50) { wanted["web"] = nil }
            return (at, wanted)
        }
    }

    private static func disturbance(_ dice: inout SeededGenerator) -> Disturbance {
        let away = Int64(dice.number(200...4_000))
        return dice.pick([
            .daemon(liveRestore: true, away: away), .daemon(liveRestore: false, away: away),
            .reboot(away: away), .flush, .remove, .removeAll, .stop, .pause, .rename, .prune,
        ])
    }
}
