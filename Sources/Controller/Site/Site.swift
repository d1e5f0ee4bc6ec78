internal import Addresses
internal import Digests
internal import DockerEngine
internal import Foundation
internal import GitSource
package import Model
package import Platform
internal import Registry
internal import Rollouts
internal import Traffic

/// All parts brought together as a configuration says; nothing is touched before it is asked.
package struct Site: Sendable {
    /// What was configured.
    package let configuration: Configuration
    /// Where things are on the host.
    package let layout: HostLayout
    /// Where desired states come from.
    package let source: any FleetSource
    /// The machine.
    package let host: any Host
    /// What happened.
    package let history: History
    package let log: Log
    let events: EventRecorder

    let tags: any TagSource
    let engine: EngineClient
    let director: TrafficDirector
    let mirror: GitMirror

    /// Brings the parts together.
    ///
    /// `pulls` is told how pulls get on: the image, and how much of it is there, in percent.
    /// Throws when an address or a path cannot be one, or the state directory cannot be made.
    package init(
        _ configuration: Configuration,
        log: Log,
        pulls: @escaping @Sendable (String, Int) -> Void = { _, _ in }
    ) throws {
        self.configuration = configuration
        self.log = log
        layout = HostLayout(stateDirectory: configuration.stateDirectory)
        try AtomicFile.createFolder(configuration.stateDirectory)
        let remote = try GitRemote(
            configuration.repository,
            credentials: Self.credentials(configuration.gitAccess)
        )
        mirror = GitMirror(directory: layout.mirror, remote: remote)
        source = GitFleet(
            mirror: mirror,
            branch: configuration.branch,
            pinned: configuration.revision
        )
        engine = EngineClient(address: try EngineAddress(configuration.engine))
        director = TrafficDirector()
        history = History(path: layout.history)
        let events = EventRecorder([EventLog(log), history], log: log)
        self.events = events
        let logins = DockerCredentials(
            configFile: configuration.dockerConfig,
            environment: configuration.environment
        )
        tags = Registries(
            client: RegistryClient(
                credentials: logins,
                options: RegistryOptions(insecureRegistries: configuration.insecureRegistries)
            )
        )
        host = DockerHost(
            engine: engine,
            director: director,
            layout: layout,
            pool: configuration.addressPool ?? .standard,
            credentials: { await Self.login(for: $0, logins, log) },
            progress: PullTracker(
                record: { events.record([Event($0, at: .now)]) },
                show: pulls
            ).track,
            log: log
        )
    }

    /// Looks at an environment without touching it, however long registries take to answer.
    package func reconciler(for environment: String) -> Reconciler {
        reconciler(for: environment, asking: tags)
    }

    /// Brings an environment to what its revision says, once: looks take as long as registries do.
    package func loop(for environment: String) -> EnvironmentLoop {
        loop(for: environment, asking: tags, Trigger())
    }

    /// Keeps an environment as its revision says, with an eye on its host whatever registries do.
    func watchfulLoop(for environment: String) -> EnvironmentLoop {
        let trigger = Trigger()
        let questions = PendingDigests(to: tags, patience: .seconds(2)) { trigger.pull() }
        return loop(for: environment, asking: questions, trigger)
    }

    private func reconciler(for environment: String, asking tags: any TagSource) -> Reconciler {
        Reconciler(
            environment: environment,
            host: host,
            source: source,
            tags: tags,
            maxAge: configuration.registryInterval
        )
    }

    private func loop(
        for environment: String,
        asking tags: any TagSource,
        _ trigger: Trigger
    ) -> EnvironmentLoop {
        EnvironmentLoop(
            reconciler: reconciler(for: environment, asking: tags),
            host: host,
            history: history,
            events: events,
            trigger: trigger,
            clock: { Moment.now }
        )
    }

    /// Restores the routes to what runs where the table has nothing of the environment, as after a
    /// reboot, without asking the repository's remote or a registry.
    ///
    /// Tries again for as long as Docker does not answer and the task is not cancelled; does
    /// nothing where no revision was ever fetched.
    package func serveFirst(_ environment: String) async {
        var backoff = Backoff(base: .milliseconds(200), limit: .seconds(2))
        while !Task.isCancelled {
            do {
                return try await serveOnce(environment)
            } catch is NothingFetched {
                return
            } catch {
                log(.debug, "cannot restore routes yet: \(error)")
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    private func serveOnce(_ environment: String) async throws {
        guard let desired = try await source.desired(for: environment).desired else { return }
        let restored = try await host.observeRestoring(environment, as: desired, at: .now).restored
        guard !restored.isEmpty else { return }
        events.record([Event(.restored(restored), at: .now, environment: environment)])
    }

    /// Takes the lock that only one process on a state directory may have.
    package func lock() throws(FileLockError) -> FileLock {
        try FileLock(path: layout.lock)
    }

    /// Takes the right to act on an environment, which only one process of this host may have,
    /// whatever its state directory: all share the traffic table.
    package func claim(_ environment: String) throws(HostLockError) -> HostLock {
        try HostLock(environment)
    }

    /// Gives every spec that failed another chance.
    ///
    /// The failed containers are removed: they are what a controller that lost its history goes by.
    package func forgetFailures(of environment: String) async throws {
        for (service, memory) in history.record(of: environment).services {
            for spec in memory.failures.keys {
                try await history.save(
                    HistoryEntry(
                        .retried,
                        at: .now,
                        environment: environment,
                        service: service,
                        spec: spec.description
                    )
                )
            }
        }
        guard let desired = try await source.desired(for: environment).desired else { return }
        let request = ObserveRequest(environment: environment, desired: desired)
        let snapshot = try await host.observe(request)
        for step in snapshot.observation.state.forgettingFailures {
            try await snapshot.perform(step)
        }
    }

    /// The remote, without secrets.
    package var sourceDescription: String { "\(mirror.remote)" }

    /// Sentences about access to the remote that is allowed but should not stay so.
    package var warnings: [String] { mirror.remote.warnings() }

    /// The other process that acts on the state directory, if one does.
    var controllerProcess: Int32? {
        FileLock.holder(path: layout.lock).flatMap { $0 == getpid() ? nil : $0 }
    }

    /// Whether a registry denied that the image exists, rather than failed to say.
    func saysNotFound(_ error: any Error) -> Bool {
        guard let error = error as? RegistryError else { return false }
        if case .notFound = error.reason { return true }
        return false
    }

    private static func credentials(_ access: Configuration.GitAccess) -> GitCredentials {
        switch access {
        case .anonymous: .none
        case .token(let file, let user): .token(file: file, username: user)
        case .sshKey(let file, let knownHosts): .sshKey(file: file, knownHosts: knownHosts)
        }
    }

    /// A helper that fails is said; the pull is then tried without, and says what the registry
    /// said.
    private static func login(
        for image: ImageName,
        _ logins: DockerCredentials,
        _ log: Log
    ) async -> RegistryCredential? {
        do {
            return try await logins.credential(for: image.registry, now: .now)?
                .forEngine(at: image.registry)
        } catch {
            log(.warning, "no credentials for \(image.registry): \(error)")
            return nil
        }
    }
}

extension ObservedState {
    /// What removes the failed containers, in order; Docker removes none that runs, as one does
    /// whose last connections have not ended yet.
    ///
    /// One that is in the table stays: it is better than nothing.
    var forgettingFailures: [Step] {
        containers.filter { $0.name.isFailed && !isServing($0) }.flatMap { container -> [Step] in
            switch container.state {
            case .created, .exited, .dead: return [.remove(container)]
            case .running, .restarting: return [.stop(container), .remove(container)]
            case .paused: return [.unpause(container), .stop(container), .remove(container)]
            }
        }
    }
}

/// Registries, as the loop asks them.
struct Registries: TagSource {
    let client: RegistryClient

    func digest(of image: ImageName, at now: Moment, maxAge: Duration) async throws -> Digest {
        try await client.digest(of: image, now: now, maxAge: maxAge)
    }
}

extension Moment {
    /// The host's clock; the one place where the controller reads it.
    package static var now: Moment {
        Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}
