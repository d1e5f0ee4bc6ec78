internal import Foundation
internal import Model
internal import Synchronization

extension Question {
    /// Token answers are a few kilobytes, even with the long tokens of cloud registries.
    private static let tokenLimit = 256 << 10

    /// What goes into `Authorization`, and whether somebody's credentials are behind it.
    private struct Proof {
        let authorization: String?
        let hasCredentials: Bool
        let isFromMemory: Bool
    }

    /// Sends `request` with proof of who asks, in the way the registry wants it.
    ///
    /// What it wanted the last time is tried first, so that there is usually one request only.
    ///
    /// - Returns: any answer but 401.
    func authorizedReply(
        to request: HTTPRequest,
        limit: Int
    ) async throws(RegistryError) -> HTTPReply {
        let shown = try await rememberedProof(request.url)
        let reply = try await send(request.authorized(by: shown?.authorization), limit: limit)
        guard reply.status == 401 else { return reply }

        let scheme = try wantedScheme(reply, request.url)
        // A kept token or a helper's kept answer may have gone bad; a fresh one has not.
        if shown?.isFromMemory == true { forgetProof(for: scheme) }
        let fresh = try await proof(for: scheme, request.url)
        guard let authorization = fresh.authorization, authorization != shown?.authorization else {
            throw refusal(of: fresh, reply, request.url)
        }
        let second = try await send(request.authorized(by: authorization), limit: limit)
        guard second.status != 401 else {
            forgetProof(for: scheme)
            throw refusal(of: fresh, second, request.url)
        }
        client.memory.withLock { $0.remember(scheme, for: repository) }
        return second
    }

    /// Proof in the way that worked before; nil if there is none, or if it works no more.
    private func rememberedProof(_ url: URL) async throws(RegistryError) -> Proof? {
        guard let scheme = client.memory.withLock({ $0.scheme(for: repository) }) else {
            return nil
        }
        do throws(RegistryError) {
            return try await proof(for: scheme, url)
        } catch  where !error.isTemporary && error.reason != .cancelled {
            // The registry may have moved its token service: ask it anew.
            client.memory.withLock { $0.forgetScheme(for: repository) }
            return nil
        }
    }

    private func wantedScheme(
        _ reply: HTTPReply,
        _ url: URL
    ) throws(RegistryError) -> AuthorizationScheme {
        let challenges = Challenge.list(in: reply["WWW-Authenticate"] ?? "")
        let scope = "repository:\(image.path):pull"
        if let scheme = AuthorizationScheme.best(of: challenges, from: host, scope: scope) {
            return scheme
        }
        let names = challenges.map(\.scheme).joined(separator: ", ")
        let offer = Complaint.oneLine(names, atMost: 80) ?? "nothing"
        let detail = "it wants to know who asks, and the ways it offers (\(offer)) cannot be used"
        throw failure(.malformed(detail), url, Complaint(reply.body))
    }

    private func forgetProof(for scheme: AuthorizationScheme) {
        client.credentials.forgetAnswer(for: host.name)
        guard case .bearer(let service) = scheme else { return }
        client.memory.withLock { $0.forgetToken(for: service) }
    }

    private func refusal(of proof: Proof, _ reply: HTTPReply, _ url: URL) -> RegistryError {
        let challenges = Challenge.list(in: reply["WWW-Authenticate"] ?? "")
        let lacksRight = challenges.contains { $0.parameters["error"] == "insufficient_scope" }
        let reason: RegistryError.Reason =
            if proof.hasCredentials, lacksRight { .denied } else {
                .unauthorized(proof.hasCredentials ? .refused : .none)
            }
        return failure(reason, url, Complaint(reply.body))
    }

    private func proof(
        for scheme: AuthorizationScheme,
        _ url: URL
    ) async throws(RegistryError) -> Proof {
        let credential: Credential?
        do {
            credential = try await client.credentials.credential(for: host.name, now: now)
        } catch {
            throw failure(.credentials(error), url)
        }
        let hasCredentials = credential != nil
        switch (scheme, credential) {
        case (.basic, .password(let user, let password)):
            let authorization = Credential.basic(user, password)
            return Proof(
                authorization: authorization,
                hasCredentials: true,
                isFromMemory: true
            )
        case (.basic, nil):
            return Proof(authorization: nil, hasCredentials: false, isFromMemory: false)
        case (.basic, .identityToken), (.basic, .registryToken):
            let detail = "it wants a user name and a password, and the credentials are a token"
            throw failure(.malformed(detail), url)
        case (.bearer, .registryToken(let token)):
            return Proof(
                authorization: "Bearer \(token)",
                hasCredentials: true,
                isFromMemory: false
            )
        case (.bearer(let service), _):
            let kept = client.memory.withLock { $0.token(for: service, now: now) }
            let token: String
            if let kept { token = kept } else { token = try await fetch(service, credential) }
            return Proof(
                authorization: "Bearer \(token)",
                hasCredentials: hasCredentials,
                isFromMemory: kept != nil
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
                let proof: RegistryError.Proof = credential == nil ? .none : .refused
                throw failure(.unauthorized(proof), request.url, error.complaint)
            case 404:
                throw failure(.malformed("its token service is not there"), request.url)
            default:
                throw error
            }
        }
        guard let token = AccessToken(reply.body, now: now) else {
            throw failure(.malformed("its token service gave no token"), request.url)
        }
        client.memory.withLock { $0.remember(token, for: service, now: now) }
        return token.value
    }
}
