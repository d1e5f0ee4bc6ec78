internal import DockerEngine
internal import Model
internal import Rollouts

/// Docker starts a container with `restart: always` whenever its daemon comes back, be it that it
/// was stopped. Of containers that must not run beside each other it may start only the slot's own:
/// a candidate gets its policy when it becomes that, and one that is retired loses it.
extension DockerSnapshot {
    /// Takes the policy from a container that is about to be created, and keeps it as a label.
    static func withholdRestart(of service: Service, in body: inout ContainerCreateBody) {
        guard service.update.order == .stopFirst, !service.isJob,
            let policy = body.hostConfig.restartPolicy
        else { return }
        body.config.labels?[Label.restart] = policy.words
        body.hostConfig.restartPolicy = .init(name: "no")
    }

    /// Gives a container the policy that goes with its new role.
    func setRestart(
        of container: Container,
        as role: ContainerName.Role,
        in desired: DesiredState
    ) async throws {
        guard desired.service(named: container.service)?.update.order == .stopFirst else { return }
        switch role {
        case .retired:
            try await engine.updateContainer(container.id, restartPolicy: .init(name: "no"))
        case .committed:
            let details = try await engine.inspectContainer(container.id)
            guard
                let policy = details.config.labels?[Label.restart].flatMap({
                    DockerEngine.RestartPolicy(words: $0)
                }), policy != details.hostConfig.restartPolicy
            else { return }
            try await engine.updateContainer(container.id, restartPolicy: policy)
        case .candidate, .withdrawn, .failed:
            return
        }
    }
}

extension DockerEngine.RestartPolicy {
    /// As Compose writes it: `always`, `on-failure:3`.
    fileprivate var words: String {
        let retries = maximumRetryCount ?? 0
        return (name ?? "no") + (retries > 0 ? ":\(retries)" : "")
    }

    fileprivate init?(words: String) {
        let parts = words.split(separator: ":", maxSplits: 1)
        guard let name = parts.first else { return nil }
        guard parts.count > 1 else {
            self.init(name: String(name))
            return
        }
        guard let retries = Int(parts[1]) else { return nil }
        self.init(name: String(name), maximumRetryCount: retries)
    }
}
