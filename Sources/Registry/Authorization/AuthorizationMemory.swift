internal import Model

/// What earlier answers taught: how repositories want to be asked, tokens that are still good, and
/// hosts that want to be left alone for a while.
struct AuthorizationMemory {
    /// A repository of a registry, the unit that registries hand out rights for.
    struct Repository: Hashable {
        let host: String
        let path: String
    }

    private static let limit = 1024

    private var schemes: [Repository: AuthorizationScheme] = [:]
    private var tokens: [TokenService: AccessToken] = [:]
    private var pauses: [String: Pause] = [:]

    private struct Pause {
        let since: Moment
        let until: Moment
    }

    func scheme(for repository: Repository) -> AuthorizationScheme? { schemes[repository] }

    mutating func remember(_ scheme: AuthorizationScheme, for repository: Repository) {
        if schemes.count >= Self.limit { schemes.removeAll() }
        schemes[repository] = scheme
    }

    mutating func forgetScheme(for repository: Repository) {
        schemes[repository] = nil
    }

    func token(for service: TokenService, now: Moment) -> String? {
        guard let token = tokens[service], token.isGood(at: now) else { return nil }
        return token.value
    }

    mutating func remember(_ token: AccessToken, for service: TokenService, now: Moment) {
        if tokens.count >= Self.limit { tokens = tokens.filter { $0.value.isGood(at: now) } }
        if tokens.count >= Self.limit { tokens.removeAll() }
        tokens[service] = token
    }

    mutating func forgetToken(for service: TokenService) {
        tokens[service] = nil
    }

    /// How long `host` still wants to be left alone.
    func pause(of host: String, now: Moment) -> Duration? {
        guard let pause = pauses[host], pause.since <= now, now < pause.until else { return nil }
        return pause.until - now
    }

    mutating func pause(_ host: String, for duration: Duration, now: Moment) {
        if pauses.count >= Self.limit { pauses.removeAll() }
        pauses[host] = Pause(since: now, until: now + duration)
    }
}
