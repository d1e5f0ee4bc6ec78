internal import Model
internal import Rollouts
internal import Synchronization

/// Which steps run, and which failed and have to wait, by subject.
final class StepsUnderWay: Sendable {
    private struct State {
        var running: [String: Step] = [:]
        var backoffs: [String: Backoff] = [:]
        var retries: [String: Moment] = [:]
        var failures: [String: String] = [:]
        /// What steps ended on since the look began.
        var ended: Set<String> = []
    }

    private let state = Mutex(State())

    /// From now on it is looked: what a step ends on meanwhile may have been seen before its end.
    func lookBegins() {
        state.withLock { $0.ended = [] }
    }

    /// Whether the step may begin; if so it counts as running.
    ///
    /// Never on what another step ended on since the look began, whose end asked for a look that
    /// sees it: a job that was started and has ended would be started once more.
    func begin(_ step: Step, at now: Moment) -> Bool {
        state.withLock { state in
            if let retry = state.retries[step.subject], now < retry { return false }
            guard state.running[step.subject] == nil, !state.ended.contains(step.subject) else {
                return false
            }
            state.running[step.subject] = step
            return true
        }
    }

    func succeed(_ step: Step) {
        state.withLock { state in
            state.running[step.subject] = nil
            state.ended.insert(step.subject)
            state.backoffs[step.subject] = nil
            state.retries[step.subject] = nil
            state.failures[step.subject] = nil
        }
    }

    /// Counts a failure; returns whether it is news, and when the step may be tried again.
    func fail(_ step: Step, _ reason: String, at now: Moment) -> (isNews: Bool, retry: Moment) {
        state.withLock { state in
            state.running[step.subject] = nil
            state.ended.insert(step.subject)
            let retry = now + state.backoffs[step.subject, default: Backoff()].next()
            state.retries[step.subject] = retry
            let isNews = state.failures.updateValue(reason, forKey: step.subject) != reason
            return (isNews, retry)
        }
    }

    /// Why the step failed the last time; nil when it did not.
    func failure(of step: Step) -> String? {
        state.withLock { $0.failures[step.subject] }
    }

    /// How often in a row the step failed.
    func failures(of step: Step) -> Int {
        state.withLock { $0.backoffs[step.subject]?.failures ?? 0 }
    }

    /// When the first step that failed and does not run may be tried again.
    ///
    /// In the past where its time came while it was looked: it was refused then, as of the look's
    /// beginning, and nothing else would ask for it.
    var nextRetry: Moment? {
        state.withLock { state in
            state.retries.filter { state.running[$0.key] == nil }.values.min()
        }
    }

    /// The containers that a stop is under way for.
    var stopping: Set<String> {
        state.withLock { state in
            Set(
                state.running.values.compactMap { step in
                    if case .stop(let container) = step { container.id } else { nil }
                }
            )
        }
    }

    /// Whether anything runs.
    var isEmpty: Bool { state.withLock { $0.running.isEmpty } }

    /// Forgets steps on subjects that are no longer asked for.
    func forget(except steps: [Step]) {
        let wanted = Set(steps.map(\.subject))
        state.withLock { state in
            for subject in state.failures.keys where !wanted.contains(subject) {
                state.backoffs[subject] = nil
                state.retries[subject] = nil
                state.failures[subject] = nil
            }
        }
    }
}
