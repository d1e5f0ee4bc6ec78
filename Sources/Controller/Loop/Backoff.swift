internal import Model

/// How long to wait after failures in a row: doubling, with jitter, bounded.
struct Backoff {
    /// Failures since the last success.
    private(set) var failures = 0
    private let base: Duration
    private let limit: Duration

    init(base: Duration = .seconds(1), limit: Duration = .seconds(60)) {
        self.base = base
        self.limit = limit
    }

    /// Counts a failure and says how long to wait; `random` is between 0 and 1.
    ///
    /// Between half and all of the doubled time, so that many controllers which lost the same
    /// server do not come back in step.
    mutating func next(random: Double = .random(in: 0...1)) -> Duration {
        failures += 1
        let doubled = base * (1 << min(failures - 1, 16))
        return min(doubled, limit) * (0.5 + random / 2)
    }

    /// Forgets the failures.
    mutating func reset() {
        failures = 0
    }
}
