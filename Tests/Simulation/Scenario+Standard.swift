package import Model

extension Scenario {
    /// The times of a simulated service, short enough that a run is.
    private static func brief(_ service: inout Service) {
        service.update.monitor = .seconds(2)
        service.rollback.monitor = .seconds(2)
        service.readiness.startTimeout = .seconds(6)
        service.drainTimeout = .seconds(4)
        service.container.restart = .unlessStopped
    }

    /// A goal with the times of a simulated service.
    package static func goal(
        _ name: String = "web",
        _ version: String,
        replicas: Int = 1,
        adjust: (inout Service) -> Void = { _ in }
    ) -> Goal {
        Samples.cached(name, version) { service in
            brief(&service)
            service.replicas = replicas
            adjust(&service)
        }
    }

    /// What the crash points of are enumerated.
    package static var standard: [(name: String, scenario: Scenario)] {
        let stopFirst: (inout Service) -> Void = { $0.update.order = .stopFirst }
        let job: (inout Service) -> Void = {
            $0.isJob = true
            $0.container.restart = .no
        }
        let waiting: (inout Service) -> Void = {
            $0.dependencies = [Dependency(on: "job", condition: .completed)]
        }
        return [
            ("release", path([goal("web", "v1"), goal("web", "v2")])),
            (
                "three replicas",
                path([goal("web", "v1", replicas: 3), goal("web", "v2", replicas: 3)])
            ),
            (
                "stop-first",
                path([
                    goal("web", "v1", adjust: stopFirst), goal("web", "v2", adjust: stopFirst),
                ])
            ),
            (
                "never ready",
                path(
                    [goal("web", "v1"), goal("web", "v2")],
                    [
                        "webv2": Behaviour(fate: .mute)
                    ]
                )
            ),
            (
                "exit in monitor",
                path(
                    [goal("web", "v1"), goal("web", "v2")],
                    [
                        "webv2": Behaviour(fate: .exits(after: 900, code: 1))
                    ]
                )
            ),
            (
                "unhealthy in monitor",
                path(
                    [goal("web", "v1"), goal("web", "v2")],
                    [
                        "webv2": Behaviour(hasCheck: true, fate: .unhealthy(after: 900))
                    ]
                )
            ),
            (
                "stop-first fails",
                path(
                    [
                        goal("web", "v1", adjust: stopFirst), goal("web", "v2", adjust: stopFirst),
                    ],
                    ["webv2": Behaviour(fate: .exits(after: 900, code: 1))]
                )
            ),
            (
                "revert in monitor",
                path(
                    [goal("web", "v1"), goal("web", "v2"), goal("web", "v1")],
                    every: [0, 8_000, 9_500]
                )
            ),
            (
                "revert while draining",
                path(
                    [goal("web", "v1"), goal("web", "v2"), goal("web", "v1")],
                    every: [0, 8_000, 12_500]
                )
            ),
            (
                "a third version in wait",
                path(
                    [goal("web", "v1"), goal("web", "v2"), goal("web", "v3")],
                    every: [0, 8_000, 8_400]
                )
            ),
            ("scale down", path([goal("web", "v1", replicas: 3), goal("web", "v1", replicas: 1)])),
            ("takeover", takeover(of: [goal("web", "v1", replicas: 2), goal("db", "v1")])),
            (
                "takeover, stop-first",
                takeover(of: [goal("web", "v1"), goal("db", "v1", adjust: stopFirst)])
            ),
            (
                "takeover, never ready",
                takeover(
                    of: [goal("web", "v1"), goal("db", "v1", adjust: stopFirst)],
                    ["webv1": Behaviour(fate: .mute)]
                )
            ),
            (
                "takeover, stop-first fails",
                takeover(
                    of: [goal("web", "v1"), goal("db", "v1", adjust: stopFirst)],
                    ["dbv1": Behaviour(fate: .exits(after: 900, code: 1))]
                )
            ),
            (
                "job",
                path(jobs: [
                    [
                        "job": goal("job", "v1", adjust: job),
                        "web": goal("web", "v1", adjust: waiting),
                    ],
                    [
                        "job": goal("job", "v2", adjust: job),
                        "web": goal("web", "v2", adjust: waiting),
                    ],
                ])
            ),
        ]
    }

    private static func path(
        _ goals: [Goal],
        _ behaviours: [String: Behaviour] = [:],
        every times: [Int64] = [0, 10_000]
    ) -> Scenario {
        var scenario = Scenario()
        scenario.behaviours = behaviours
        scenario.revisions = zip(times, goals).map { ($0, [$1.service.name: $1]) }
        scenario.patience = 60_000
        return scenario
    }

    /// A Compose project runs each service's containers, and the first revision takes them over.
    static func takeover(
        of goals: [Goal],
        _ behaviours: [String: Behaviour] = [:],
        from old: String = "v0"
    ) -> Scenario {
        var scenario = Scenario()
        scenario.behaviours = behaviours
        scenario.revisions = [
            (0, Dictionary(goals.map { ($0.service.name, $0) }, uniquingKeysWith: { $1 }))
        ]
        for goal in goals {
            for slot in 1...goal.service.replicas {
                let number = scenario.containers.count + 1
                scenario.containers.append(Samples.adopted(goal.service, old, slot, number))
            }
        }
        scenario.patience = 60_000
        return scenario
    }

    private static func path(jobs: [Revision]) -> Scenario {
        var scenario = Scenario()
        let ends = Behaviour(fate: .exits(after: 700, code: 0))
        scenario.behaviours = ["jobv1": ends, "jobv2": ends]
        scenario.revisions = zip([0, 10_000], jobs).map { ($0, $1) }
        scenario.patience = 60_000
        return scenario
    }
}
