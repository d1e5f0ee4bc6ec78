package import Foundation

/// What came of the requests to one target.
package struct Report: Sendable {
    /// Requests that brought a whole answer.
    package var succeeded = 0
    /// The others, by reason.
    package var failures: [String: Int] = [:]
    /// Answers by the first 64 bytes of their body's first line; at most 1,000 different ones.
    package var answers: [String: Int] = [:]
    /// When the first hundred failures ended, and their reasons, to be set against a log.
    package var incidents: [(time: Date, reason: String)] = []
    /// The longest time from connecting to the end of the answer.
    package var slowest = Duration.zero

    /// The longest time from the first request that failed to the end of the next good one.
    package var longestOutage = Duration.zero
    private var failingSince: ContinuousClock.Instant?

    /// Nothing came yet.
    package init() {}

    /// How many requests failed.
    package var failed: Int { failures.values.reduce(0, +) }

    mutating func note(
        _ outcome: Result<String, CallFailure>,
        from start: ContinuousClock.Instant,
        to end: ContinuousClock.Instant
    ) {
        slowest = max(slowest, end - start)
        switch outcome {
        case .success(let line):
            succeeded += 1
            if let since = failingSince { longestOutage = max(longestOutage, end - since) }
            failingSince = nil
            guard answers[line] != nil || answers.count < 1000 else { return }
            answers[line, default: 0] += 1
        case .failure(let failure):
            failures[failure.reason, default: 0] += 1
            let since = failingSince ?? start
            failingSince = since
            longestOutage = max(longestOutage, end - since)
            if incidents.count < 100 { incidents.append((Date(), failure.reason)) }
        }
    }
}
