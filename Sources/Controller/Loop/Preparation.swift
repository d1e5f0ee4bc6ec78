internal import Model

/// How it goes with what containers need before they can be made: networks, volumes, files.
struct Preparation {
    /// Why it failed the last time; nil when it did not.
    private(set) var failure: String?
    /// When it may be tried again after a failure.
    private(set) var retry: Moment?
    private var backoff = Backoff()
    private var made: [String] = []

    /// Failures since the last success.
    var failures: Int { backoff.failures }

    /// Whether it may be tried.
    func isDue(at now: Moment) -> Bool {
        retry.map { now >= $0 } ?? true
    }

    /// Counts a failure; returns whether it is news.
    mutating func fail(_ reason: String, at now: Moment) -> Bool {
        defer { failure = reason }
        retry = now + backoff.next()
        return failure != reason
    }

    /// Forgets the failures; returns whether `names` were made that were not made just before.
    mutating func succeed(_ names: [String]) -> Bool {
        defer { made = names }
        failure = nil
        retry = nil
        backoff.reset()
        return !names.isEmpty && names != made
    }
}
