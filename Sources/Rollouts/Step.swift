package import Model

/// One call to the host that a rollout wants next.
///
/// Every step may be made twice, or fail half-way: the next look decides anew.
package enum Step: Hashable, Sendable {
    /// Make the candidate of a slot, pulling its image first where the host lacks it.
    case create(Goal, slot: Int, generation: Int)
    /// Start a container that was made or has ended.
    case start(Container)
    /// Let a paused container go on.
    case unpause(Container)
    /// Give a container the name of its new role.
    case rename(Container, to: ContainerName.Role)
    /// End a container with its stop signal and grace period.
    case stop(Container)
    /// Remove a container that has ended, with its anonymous volumes.
    case remove(Container)

    /// The service that a container is made for, and whose networks, volumes and files have to be
    /// there; nil for all other steps.
    package var created: String? {
        if case .create(let goal, _, _) = self { goal.service.name } else { nil }
    }

    /// What the step acts on; two steps on one subject are never under way at once.
    package var subject: String {
        switch self {
        case .create(let goal, let slot, _): "\(goal.service.name)/\(slot)"
        case .start(let container), .unpause(let container), .rename(let container, _),
            .stop(let container), .remove(let container):
            container.id
        }
    }
}
