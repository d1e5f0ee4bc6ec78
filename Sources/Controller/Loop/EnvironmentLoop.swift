package import Model
internal import Rollouts

/// Keeps one environment as its revision says: look, decide, act, look again.
///
/// One task owns the loop; steps run beside it and ask for the next look when they are done.
package actor EnvironmentLoop {
    /// The environment's name.
    package nonisolated let environment: String
    /// Asks the loop to look.
    package nonisolated let trigger: Trigger

    private let reconciler: Reconciler
    private let host: any Host
    private let history: History
    private let clock: @Sendable () -> Moment
    private let underWay = StepsUnderWay()
    private let events: EventRecorder
    private var detector: EventDetector
    private var releases = ReleaseRecorder()
    private var idleSince: [String: Moment] = [:]
    private var alarm: Task<Void, Never>?
    /// Why the last look failed, if it did.
    private var fault: Event.Kind?
    private var lookFailures = Backoff()
    private var preparation = Preparation()

    /// What the last look found, if one succeeded.
    package private(set) var latest: Reconciliation?

    /// Makes a loop that has not looked yet.
    package init(
        reconciler: Reconciler,
        host: any Host,
        history: History,
        events: EventRecorder,
        trigger: Trigger = Trigger(),
        clock: @escaping @Sendable () -> Moment
    ) {
        self.trigger = trigger
        environment = reconciler.environment
        self.reconciler = reconciler
        self.host = host
        self.history = history
        self.clock = clock
        self.events = events
        detector = EventDetector(
            environment: reconciler.environment,
            history: history.entries(of: reconciler.environment)
        )
    }

    /// Runs until the task is cancelled, or `isDone` says of a pass that it was the last.
    package func run(until isDone: @Sendable (Pass) -> Bool = { _ in false }) async {
        trigger.pull()
        await withDiscardingTaskGroup { steps in
            for await _ in trigger.looks {
                guard !Task.isCancelled else { break }
                let pass = await look()
                for step in pass.begun { steps.addTask { await self.perform(step, pass) } }
                if isDone(pass) { break }
            }
            alarm?.cancel()
            steps.cancelAll()
        }
        await events.drain()
    }

    // MARK: Looking

    private func look() async -> Pass {
        let began = clock()
        underWay.lookBegins()
        do {
            let wanted = try await reconciler.wanted()
            let (snapshot, restored) = try await host.observeRestoring(
                environment,
                as: wanted.desired,
                stopping: underWay.stopping,
                at: began
            )
            if !restored.isEmpty { record(.restored(restored)) }
            let reconciliation = try await reconciler.reconcile(
                wanted,
                with: snapshot,
                at: began,
                record: history.record(of: environment),
                idleSince: idleSince,
                stopping: underWay.stopping
            )
            idleSince = reconciliation.observation.state.idleSince
            latest = reconciliation
            let pass = try await act(on: reconciliation)
            settle()
            record(.reconciled(took: clock() - began))
            setAlarm(earliest(pass.requeueAt, earliest(underWay.nextRetry, preparation.retry)))
            return pass
        } catch {
            complain(.reconcileFailed(error))
            setAlarm(clock() + lookFailures.next())
            return Pass(
                error: "\(error)",
                waiting: ["\(error)"],
                failures: lookFailures.failures,
                isIdle: underWay.isEmpty
            )
        }
    }

    private func act(on reconciliation: Reconciliation) async throws -> Pass {
        await recordReleases(reconciliation)
        guard let desired = reconciliation.wanted.desired else { return rest(reconciliation) }
        // Whatever else is to be done, those who can serve come first; no other trouble, such as
        // one disk that is full, keeps callers from them.
        let moved = try await reconciliation.snapshot.route(reconciliation.routes)
        for change in moved { record(.trafficChanged(change)) }
        if !moved.isEmpty { trigger.pull() }
        guard !desired.isSuspended else { return rest(reconciliation, hasMoved: !moved.isEmpty) }
        var reconciliation = reconciliation
        let hasMade = await prepare(desired, &reconciliation)
        let steps = reconciliation.steps.filter { $0.created.map(preparation.isReady) ?? true }
        underWay.forget(except: steps)
        let begun = steps.filter { underWay.begin($0, at: reconciliation.now) }
        return Pass(
            reconciliation: reconciliation,
            begun: begun,
            waiting: preparation.unprepared.texts + steps.compactMap { underWay.failure(of: $0) },
            failures: preparation.failures,
            exhausted: exhausted(reconciliation),
            hasMoved: !moved.isEmpty || hasMade,
            isIdle: begun.isEmpty && underWay.isEmpty
        )
    }

    /// A look that leaves the containers as they are.
    private func rest(_ reconciliation: Reconciliation, hasMoved: Bool = false) -> Pass {
        underWay.forget(except: [])
        preparation = Preparation()
        return Pass(reconciliation: reconciliation, hasMoved: hasMoved, isIdle: underWay.isEmpty)
    }

    /// Creates what containers need before they are created; returns whether another look has to
    /// follow.
    private func prepare(
        _ desired: DesiredState,
        _ reconciliation: inout Reconciliation
    ) async -> Bool {
        let names = reconciliation.observation.preparations + reconciliation.observation.leftovers
        guard names.isEmpty || preparation.isDue(at: reconciliation.now) else { return false }
        var missing = PreparationError()
        if !names.isEmpty {
            do {
                (reconciliation.snapshot, missing) = try await reconciliation.snapshot.prepare()
            } catch {
                missing = PreparationError(desired, error)
            }
        }
        if missing.reasons.isEmpty {
            if preparation.hasFailed { record(.preparationSucceeded) }
            preparation.succeed()
        } else {
            for reason in preparation.fail(missing, at: clock()) {
                record(.preparationFailed(reason))
            }
        }
        let isNews = preparation.begin(names)
        // A network that was created is in the table with the next look.
        if isNews { trigger.pull() }
        return isNews
    }

    /// Services with a step that failed so often that an apply would give up.
    private func exhausted(_ reconciliation: Reconciliation) -> Set<String> {
        let isExhausted = preparation.failures >= Pass.patience
        return Set(
            reconciliation.decisions.filter { _, decision in
                decision.steps.contains { step in
                    let isReady = step.created.map(preparation.isReady) ?? true
                    return underWay.failures(of: step) >= Pass.patience || isExhausted && !isReady
                }
            }
            .keys
        )
    }

    // MARK: Acting

    private func perform(_ step: Step, _ pass: Pass) async {
        guard let snapshot = pass.reconciliation?.snapshot else { return }
        let began = clock()
        do {
            if let start = Event.Kind.started(step) { record(start, step.service) }
            try await snapshot.perform(step)
            underWay.succeed(step)
            let phase = pass.reconciliation?.phase(of: step)
            for kind in Event.Kind.succeeded(step, took: clock() - began, phase: phase) {
                record(kind, step.service)
            }
        } catch is CancellationError {
            return
        } catch {
            let failure = underWay.fail(step, "\(error)", at: clock())
            if failure.isNews { record(.failed(step, error), step.service) }
        }
        trigger.pull()
    }

    private func setAlarm(_ moment: Moment?) {
        alarm?.cancel()
        guard let moment else { return alarm = nil }
        let delay = max(moment - clock(), .milliseconds(1))
        alarm = Task { [trigger] in
            guard (try? await Task.sleep(for: delay)) != nil else { return }
            trigger.pull()
        }
    }

    // MARK: Events

    /// Records how releases ended, which decides what is tried again, and says what is new.
    private func recordReleases(_ reconciliation: Reconciliation) async {
        let now = clock()
        let before = history.record(of: environment)
        for entry in releases.additions(of: reconciliation, to: before, at: now) {
            do {
                try await history.save(entry)
            } catch {
                record(.recordFailed("\(error)"))
            }
        }
        let after = history.record(of: environment)
        events.record(detector.events(of: reconciliation, record: after, at: now))
    }

    private nonisolated func record(_ kind: Event.Kind, _ service: String? = nil) {
        events.record([Event(kind, at: clock(), environment: environment, service: service)])
    }

    /// Says once that looking fails, not at every attempt.
    private func complain(_ fault: Event.Kind) {
        guard self.fault != fault else { return }
        self.fault = fault
        record(fault)
    }

    private func settle() {
        lookFailures.reset()
        guard let fault else { return }
        self.fault = nil
        record(fault.recovery)
    }
}

extension Reconciliation {
    /// Where the slot stood that a step is for.
    fileprivate func phase(of step: Step) -> Phase? {
        if case .rename(let container, _) = step {
            decisions[step.service]?.phases[container.slot]
        } else {
            nil
        }
    }
}

func earliest(_ one: Moment?, _ other: Moment?) -> Moment? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
}
