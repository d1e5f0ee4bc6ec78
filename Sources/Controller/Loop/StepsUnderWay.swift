internal import Model
internal import Rollouts
internal import Synchronization

/// Which steps run, and which failed and have to wait, by subject.
final class StepsUnderWay: Sendable {
    private struct State {
        var running: Set<String> = []
        var backoffs: [String: Backoff] = [:]
        var retries: [String: Moment] = [:]
        var failures: [String: String] = [:]
    }

    private let state = Mutex(State())

    /// Whether the step may begin; if so it counts as running.
    func begin(_ step: Step, at now: Moment) -> Bool {
        state.withLock { state in
            if let retry = state.retries[step.subject], now < retry { return false }
            return state.running.insert(step.subject).inserted
        }
    }

    func succeed(_ step: Step) {
        state.withLock { state in
            state.running.remove(step.subject)
            state.backoffs[step.subject] = nil
            state.retries[step.subject] = nil
            state.failures[step.subject] = nil
        }
    }

    /// Counts a failure; returns whether it is news, and when the step may be tried again.
    func fail(_ step: Step, _ reason: String, at now: Moment) -> (isNews: Bool, retry: Moment) {
        state.withLock { state in
            state.running.remove(step.subject)
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

    /// When the first failed step may be tried again.
    func nextRetry(after now: Moment) -> Moment? {
        state.withLock { $0.retries.values.filter { $0 > now }.min() }
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
