internal import Model

/// How it goes with what containers need before they can be made: networks, volumes, files.
struct Preparation {
    /// What failed the last time.
    private(set) var unprepared = PreparationError()
    /// When it may be tried again after a failure.
    private(set) var retry: Moment?
    private var backoff = Backoff()
    private var names: [String] = []

    /// Failures since the last success.
    var failures: Int { backoff.failures }

    /// Whether something failed the last time.
    var hasFailed: Bool { !unprepared.reasons.isEmpty }

    /// Whether a service has what it needs, as far as was seen.
    func isReady(_ service: String) -> Bool { unprepared.reasons[service] == nil }

    /// Whether it may be tried.
    func isDue(at now: Moment) -> Bool {
        retry.map { now >= $0 } ?? true
    }

    /// Notes what was to be made; returns whether it is something else than the last time.
    mutating func begin(_ names: [String]) -> Bool {
        defer { self.names = names }
        return !names.isEmpty && names != self.names
    }

    /// Counts a failure; returns the reasons that are news.
    mutating func fail(_ failure: PreparationError, at now: Moment) -> [String] {
        defer { unprepared = failure }
        retry = now + backoff.next()
        let known = unprepared.texts
        return failure.texts.filter { !known.contains($0) }
    }

    /// Forgets the failures.
    mutating func succeed() {
        unprepared = PreparationError()
        retry = nil
        backoff.reset()
    }
}
