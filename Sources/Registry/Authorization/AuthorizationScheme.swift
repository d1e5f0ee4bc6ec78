internal import Foundation

/// How a registry authenticates its clients.
enum AuthorizationScheme: Hashable {
    /// User name and password with every request (RFC 7617).
    case basic

    /// A token from the service that the challenge names (distribution, token authentication).
    case bearer(TokenService)

    /// The best of what is offered: Bearer before Basic, because its tokens are short-lived and
    /// can be had without an account.
    ///
    /// Only the token service of a host on plain HTTP may be on plain HTTP; `scope` is requested if
    /// the challenge names none.
    static func best(
        of challenges: [Challenge],
        from host: RegistryHost,
        scope: String
    ) -> AuthorizationScheme? {
        for challenge in challenges where challenge.scheme == "bearer" {
            if let service = TokenService(challenge, host: host, scope: scope) {
                return .bearer(service)
            }
        }
        return challenges.contains { $0.scheme == "basic" } ? .basic : nil
    }
}

/// Where tokens come from and what they are for; equal services give interchangeable tokens.
struct TokenService: Hashable {
    let realm: URL
    let service: String?

    /// Sorted, each once.
    let scopes: [String]

    init?(_ challenge: Challenge, host: RegistryHost, scope: String) {
        guard let realm = challenge.parameters["realm"].flatMap({ URL(string: $0) }),
            let origin = Origin(realm), realm.user == nil, realm.password == nil,
            // Credentials go to the realm, so it has to be as safe as the registry.
            origin.scheme == "https" || host.base.hasPrefix("http://")
        else { return nil }
        self.realm = realm
        service = challenge.parameters["service"].flatMap { $0.isEmpty ? nil : $0 }
        let offered = (challenge.parameters["scope"] ?? "").split(separator: " ").map(String.init)
        scopes = offered.isEmpty ? [scope] : Array(Set(offered)).sorted()
    }

    /// The request for a token.
    func request(with credential: Credential?) -> HTTPRequest {
        switch credential {
        case .identityToken(let token): exchange(of: token)
        case .password(let user, let password):
            plainRequest.authorized(by: Credential.basic(user, password))
        case .registryToken, nil: plainRequest
        }
    }

    /// `GET realm?service=…&scope=…`, the scope repeated.
    private var plainRequest: HTTPRequest {
        var items = service.map { [URLQueryItem(name: "service", value: $0)] } ?? []
        items += scopes.map { URLQueryItem(name: "scope", value: $0) }
        // `append(queryItems:)` leaves `+` as it is, which servers read as a space.
        let query = items.map { "\($0.name)=\(Self.encoded($0.value ?? ""))" }
        let separator = realm.query == nil ? "?" : "&"
        let text = realm.absoluteString + separator + query.joined(separator: "&")
        return HTTPRequest(url: URL(string: text) ?? realm)
    }

    /// An identity token is an OAuth 2 refresh token, and is taken by POST only.
    private func exchange(of identityToken: String) -> HTTPRequest {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", identityToken),
            ("service", service ?? ""),
            ("client_id", "berth"),
            ("scope", scopes.joined(separator: " ")),
        ]
        let body = form.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
        return HTTPRequest(
            method: .post,
            url: realm,
            fields: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Data(body.utf8)
        )
    }

    /// Percent-encodes all but RFC 3986's unreserved characters.
    private static func encoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        )
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
