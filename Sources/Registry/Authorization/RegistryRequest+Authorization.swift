internal import Foundation
internal import Model
internal import Synchronization

extension RegistryRequest {
    /// Token answers are a few kilobytes, even with the long tokens of cloud registries.
    private static let tokenLimit = 256 << 10

    private struct Authorization {
        /// The value of the header field.
        let field: String?
        let hasCredentials: Bool

        /// Whether it comes from an earlier answer, and may have expired since.
        let isCached: Bool
    }

    /// Sends `request` with the authorization that the registry requires.
    ///
    /// The scheme that worked last time is tried first, so that one request is usually enough.
    ///
    /// - Returns: any answer but 401.
    func authorizedReply(
        to request: HTTPRequest,
        limit: Int
    ) async throws(RegistryError) -> HTTPReply {
        let known = try await knownAuthorization(request.url)
        let reply = try await send(request.authorized(by: known?.field), limit: limit)
        guard reply.status == 401 else { return reply }

        let scheme = try requiredScheme(reply, request.url)
        if known?.isCached == true { forgetAuthorization(for: scheme) }
        let fresh = try await authorization(for: scheme, request.url)
        guard let field = fresh.field, field != known?.field else {
            throw refusal(of: fresh, reply, request.url)
        }
        let second = try await send(request.authorized(by: field), limit: limit)
        guard second.status != 401 else {
            forgetAuthorization(for: scheme)
            throw refusal(of: fresh, second, request.url)
        }
        client.authorizations.withLock { $0.remember(scheme, for: repository) }
        return second
    }

    /// An authorization by the scheme that worked before; nil if there is none, or if it fails.
    private func knownAuthorization(_ url: URL) async throws(RegistryError) -> Authorization? {
        guard let scheme = client.authorizations.withLock({ $0.scheme(for: repository) }) else {
            return nil
        }
        do throws(RegistryError) {
            return try await authorization(for: scheme, url)
        } catch  where !error.isTemporary && error.reason != .cancelled {
            // The registry may have moved its token service: ask for its challenge again.
            client.authorizations.withLock { $0.forgetScheme(for: repository) }
            return nil
        }
    }

    private func requiredScheme(
        _ reply: HTTPReply,
        _ url: URL
    ) throws(RegistryError) -> AuthorizationScheme {
        let challenges = Challenge.list(in: reply["WWW-Authenticate"] ?? "")
        let scope = "repository:\(image.path):pull"
        if let scheme = AuthorizationScheme.best(of: challenges, from: host, scope: scope) {
            return scheme
        }
        let names = challenges.map(\.scheme).joined(separator: ", ")
        let offer = ServerMessage.oneLine(names, atMost: 80) ?? "nothing"
        let detail = "it requires authentication, and none of its schemes (\(offer)) is supported"
        throw failure(.malformed(detail), url, ServerMessage(reply.body))
    }

    private func forgetAuthorization(for scheme: AuthorizationScheme) {
        client.credentials.forgetAnswer(for: host.name)
        guard case .bearer(let service) = scheme else { return }
        client.authorizations.withLock { $0.forgetToken(for: service) }
    }

    private func refusal(
        of authorization: Authorization,
        _ reply: HTTPReply,
        _ url: URL
    ) -> RegistryError {
        let challenges = Challenge.list(in: reply["WWW-Authenticate"] ?? "")
        let lacksRight = challenges.contains { $0.parameters["error"] == "insufficient_scope" }
        let reason: RegistryError.Reason =
            if authorization.hasCredentials, lacksRight { .denied } else {
                .unauthorized(authorization.hasCredentials ? .refused : .none)
            }
        return failure(reason, url, ServerMessage(reply.body))
    }

    private func authorization(
        for scheme: AuthorizationScheme,
        _ url: URL
    ) async throws(RegistryError) -> Authorization {
        let credential: Credential?
        do {
            credential = try await client.credentials.credential(for: host.name, now: now)
        } catch {
            throw failure(.credentials(error), url)
        }
        switch (scheme, credential) {
        case (.basic, .password(let user, let password)):
            let field = Credential.basic(user, password)
            return Authorization(field: field, hasCredentials: true, isCached: true)
        case (.basic, nil):
            return Authorization(field: nil, hasCredentials: false, isCached: false)
        case (.basic, .identityToken), (.basic, .registryToken):
            let detail = "it requires a user name and a password, and the credentials are a token"
            throw failure(.malformed(detail), url)
        case (.bearer, .registryToken(let token)):
            return Authorization(field: "Bearer \(token)", hasCredentials: true, isCached: false)
        case (.bearer(let service), _):
            let cached = client.authorizations.withLock { $0.token(for: service, now: now) }
            let token: String
            if let cached { token = cached } else { token = try await fetch(service, credential) }
            return Authorization(
                field: "Bearer \(token)",
                hasCredentials: credential != nil,
                isCached: cached != nil
            )
        }
    }

    private func fetch(
        _ service: TokenService,
        _ credential: Credential?
    ) async throws(RegistryError) -> String {
        let request = service.request(with: credential)
        let reply = try await send(request, limit: Self.tokenLimit)
        guard reply.isSuccess else {
            let error = failure(for: reply, request.url)
            // Token servers say 400 or 401 for credentials that they do not know
            // (RFC 6749 §5.2); 404 means that there is no token server.
            switch reply.status {
            case 400, 401:
                client.credentials.forgetAnswer(for: host.name)
                let credentials: RegistryError.Credentials = credential == nil ? .none : .refused
                throw failure(.unauthorized(credentials), request.url, error.serverMessage)
            case 404:
                throw failure(.malformed("its token service was not found"), request.url)
            default:
                throw error
            }
        }
        guard let token = AccessToken(reply.body, now: now) else {
            throw failure(.malformed("its token service returned no token"), request.url)
        }
        client.authorizations.withLock { $0.remember(token, for: service, now: now) }
        return token.value
    }
}
