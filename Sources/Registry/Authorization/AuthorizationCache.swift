internal import Model

/// The authorization schemes and tokens of earlier answers.
struct AuthorizationCache {
    /// A repository of a registry, the unit that registries grant rights for.
    struct Repository: Hashable {
        let host: String
        let path: String
    }

    private static let limit = 1024

    private var schemes: [Repository: AuthorizationScheme] = [:]
    private var tokens: [TokenService: AccessToken] = [:]

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
}
