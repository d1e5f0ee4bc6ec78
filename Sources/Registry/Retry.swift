/// Whether a failed question is asked again by itself.
enum Retry {
    private static let limit = 2

    /// How long to wait before the next attempt; nil if there is to be none.
    ///
    /// A registry that names a time gets it, if that fits; one that says "too often" without a
    /// time is left alone, for asking on would make it worse.
    /// `attempt` counts the attempts before the one that failed.
    static func pause(
        after reason: RegistryError.Reason,
        retryAfter: Duration?,
        attempt: Int,
        remaining: Duration,
        longest: Duration
    ) -> Duration? {
        guard attempt < limit else { return nil }
        let pause: Duration
        switch reason {
        case .rateLimited(let limit):
            guard let wait = limit.retryAfter else { return nil }
            pause = wait
        case .unreachable, .server, .timeout:
            pause = retryAfter ?? .milliseconds(250 << (2 * attempt))
        default:
            return nil
        }
        return pause <= longest && pause < remaining ? pause : nil
    }
}
