public import Model
public import Platform
public import Rollouts

/// Keeps one environment as its revision says: look, decide, act, look again.
///
/// One task owns the loop; steps run beside it and ask for the next look when they are done.
public actor EnvironmentLoop {
    /// The environment's name.
    public nonisolated let environment: String
    /// Asks the loop to look.
    public nonisolated let trigger = Trigger()

    private let examiner: Examiner
    private let host: any Host
    private let history: History
    private let clock: @Sendable () -> Moment
    private let underWay = StepsUnderWay()
    private var narrator: Narrator
    private var idleSince: [String: Moment] = [:]
    private var alarm: Task<Void, Never>?
    private var complaint: String?
    private var lookFailures = Backoff()

    /// What the last look found, if one succeeded.
    public private(set) var latest: Examination?

    /// Makes a loop that has not looked yet.
    public init(
        examiner: Examiner,
        host: any Host,
        history: History,
        log: Log,
        clock: @escaping @Sendable () -> Moment
    ) {
        environment = examiner.environment
        self.examiner = examiner
        self.host = host
        self.history = history
        self.clock = clock
        narrator = Narrator(environment: examiner.environment, log: log, history: history)
    }

    /// Runs until the task is cancelled, or `isDone` says of a pass that it was the last.
    public func run(until isDone: @Sendable (Pass) -> Bool = { _ in false }) async {
        trigger.pull()
        await withTaskGroup(of: Void.self) { steps in
            for await _ in trigger.looks {
                guard !Task.isCancelled else { break }
                let pass = await look()
                for step in pass.begun { steps.addTask { await self.perform(step, pass) } }
                if isDone(pass) { break }
            }
            alarm?.cancel()
            steps.cancelAll()
        }
    }

    // MARK: Looking

    private func look() async -> Pass {
        let began = clock()
        do {
            var idle = idleSince
            let examination = try await examiner.examine(
                at: began,
                memory: history.memory(of: environment),
                idleSince: &idle,
                stopping: underWay.stopping
            )
            idleSince = idle
            latest = examination
            let pass = try await act(on: examination)
            settle()
            narrator.tellLook(took: clock() - began)
            setAlarm(earliest(pass.wake, underWay.nextRetry(after: clock())))
            return pass
        } catch {
            complain("\(error)")
            setAlarm(clock() + lookFailures.next())
            return Pass(
                error: "\(error)",
                failures: lookFailures.failures,
                isIdle: underWay.isEmpty
            )
        }
    }

    private func act(on examination: Examination) async throws -> Pass {
        narrator.tell(examination, at: clock())
        guard let desired = examination.wanted.desired, !desired.isSuspended else {
            return Pass(examination: examination, isIdle: underWay.isEmpty)
        }
        if !examination.observation.preparations.isEmpty { try await host.prepare(desired) }
        // Whatever else is to be done, those who can serve come first.
        let moved = try await host.route(examination.routes, of: environment)
        narrator.tellTraffic(moved, examination)
        let steps = examination.steps
        underWay.forget(except: steps)
        let begun = steps.filter { underWay.begin($0, at: examination.now) }
        if !moved.isEmpty { trigger.pull() }
        return Pass(
            examination: examination,
            begun: begun,
            waiting: steps.compactMap { underWay.failure(of: $0) },
            failures: steps.map { underWay.failures(of: $0) }.max() ?? 0,
            hasMoved: !moved.isEmpty,
            isIdle: begun.isEmpty && underWay.isEmpty
        )
    }

    // MARK: Acting

    private func perform(_ step: Step, _ pass: Pass) async {
        guard let desired = pass.examination?.wanted.desired else { return }
        let began = clock()
        do {
            narrator.tellBeginning(of: step)
            try await host.perform(step, in: desired)
            underWay.succeed(step)
            narrator.tell(step, took: clock() - began, pass.examination, at: clock())
        } catch is CancellationError {
            return
        } catch {
            let failure = underWay.fail(step, "\(error)", at: clock())
            if failure.isNews { narrator.tell(step, failed: "\(error)") }
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

    /// Says once that looking fails, not at every attempt.
    private func complain(_ text: String) {
        guard complaint != text else { return }
        complaint = text
        narrator.complain(text)
    }

    private func settle() {
        lookFailures.reset()
        guard complaint != nil else { return }
        complaint = nil
        narrator.recover()
    }
}

/// What one look led to.
public struct Pass: Sendable {
    /// What was seen and decided; nil when looking failed.
    public var examination: Examination?
    /// Why looking failed.
    public var error: String?
    /// The steps that were begun.
    public var begun: [Step] = []
    /// Why steps that are still wanted failed the last time.
    public var waiting: [String] = []
    /// The most failures in a row of any step that is still wanted, or of looking itself.
    public var failures = 0
    /// Whether traffic was moved.
    public var hasMoved = false
    /// Whether nothing is under way.
    public var isIdle: Bool

    var wake: Moment? { examination?.wake }

    /// Whether nothing but another attempt at what failed is left to do.
    public var isStuck: Bool {
        isIdle && failures >= Self.patience && !hasMoved
    }

    /// As many attempts as a step, or a look, is worth before an apply gives up.
    private static let patience = 5

    /// Whether everything is as it should be, or has failed for good.
    public var isSettled: Bool {
        guard let examination, isIdle, !hasMoved else { return false }
        return examination.decisions.values.allSatisfy(\.isSettled)
    }
}

func earliest(_ one: Moment?, _ other: Moment?) -> Moment? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
}
