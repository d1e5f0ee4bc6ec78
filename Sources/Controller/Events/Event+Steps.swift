internal import DockerEngine
internal import Model
internal import Rollouts

/// What the loop itself says of its calls to the host.
extension Event.Kind {
    /// Nil where the end of the step is all there is to say.
    static func started(_ step: Step) -> Self? {
        guard case .create(let goal, let slot, let generation) = step else { return nil }
        return .candidateStarted(
            slot: slot,
            generation: generation,
            image: goal.image.description
        )
    }

    /// `phase` is where the step's slot stood when it was decided.
    static func succeeded(_ step: Step, took: Duration, phase: Phase?) -> [Self] {
        let isRemoval = if case .remove = step { true } else { false }
        let done = Self.stepSucceeded(step.past, took: took, isMinor: isRemoval)
        guard case .rename(let container, .failed) = step, case .failed(let reason) = phase else {
            return [done]
        }
        let kept = "\(container.name.base).bad\(container.generation)"
        return [done, .candidateKept("\(container.name)", reason: reason, kept: kept)]
    }

    static func failed(_ step: Step, _ error: any Error) -> Self {
        guard let pull = error as? PullError else {
            return .stepFailed(step.present, reason: "\(error)")
        }
        return .pullFailed(image: pull.image.familiar, reason: "\(error)")
    }

    /// A pass that could not look.
    static func reconcileFailed(_ error: any Error) -> Self {
        switch (error as? EngineError)?.kind {
        case .unreachable, .timedOut, .connectionLost: .hostUnreachable("\(error)")
        default: .reconcileFailed("\(error)")
        }
    }

    /// What to say when a pass that could not look is followed by one that could.
    var recovery: Self {
        if case .hostUnreachable = self { .hostReachable } else { .reconcileRecovered }
    }

    /// Traffic that a table which had nothing of the environment got back.
    static func restored(_ routes: [Route]) -> Self {
        let serving = routes.filter { !$0.backends.isEmpty }
        return .trafficRestored(
            services: serving.map(\.name),
            containers: serving.reduce(0) { $0 + $1.backends.count }
        )
    }
}

extension Step {
    var service: String {
        switch self {
        case .create(let goal, _, _): goal.service.name
        case .start(let container), .unpause(let container), .rename(let container, _),
            .stop(let container), .remove(let container):
            container.service
        }
    }

    fileprivate var past: String { "\(verb.past) \(object)" }

    fileprivate var present: String { "\(verb.present) \(object)" }

    private var verb: (past: String, present: String) {
        switch self {
        case .create: ("created", "creating")
        case .start: ("started", "starting")
        case .unpause: ("unpaused", "unpausing")
        case .rename: ("renamed", "renaming")
        case .stop: ("stopped", "stopping")
        case .remove: ("removed", "removing")
        }
    }

    private var object: String {
        switch self {
        case .create(_, let slot, let generation): "candidate g\(generation) of slot \(slot)"
        case .rename(let container, let role):
            "\(container.name) to \(ContainerName(base: container.name.base, role: role))"
        case .start(let container), .unpause(let container), .stop(let container),
            .remove(let container):
            "\(container.name)"
        }
    }
}
