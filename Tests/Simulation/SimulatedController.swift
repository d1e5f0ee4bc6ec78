import Model
import Rollouts

/// What a controller process knows beside what it sees; a crash takes it.
struct SimulatedController {
    /// Since when containers are out of the table.
    var idleSince: [String: Moment] = [:]
    /// Steps under way, by subject, and when they are done.
    var underWay: [String: (step: Step, until: Moment)] = [:]
    /// When a step that failed is tried again, by subject.
    var retries: [String: (at: Moment, pause: Duration)] = [:]
    /// When it looks again.
    var requeueAt: Moment?

    var stopping: Set<String> {
        Set(
            underWay.values.compactMap { entry in
                if case .stop(let container) = entry.step { return container.id }
                return nil
            }
        )
    }

    mutating func failed(_ subject: String, at now: Moment) {
        let pause = min((retries[subject]?.pause ?? .milliseconds(250)) * 2, .seconds(5))
        retries[subject] = (now + pause, pause)
    }
}
