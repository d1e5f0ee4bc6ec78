import Digests
import Foundation
import Synchronization

extension StubRegistry {
    /// What a registry answers by the distribution specification.
    func answer(to request: Request) -> Response {
        if request.path == "/token" { return token(for: request) }
        guard request.path.hasPrefix("/v2/") else { return Response(404) }
        let parts = request.path.dropFirst("/v2/".count).split(separator: "/").map(String.init)
        if parts.isEmpty { return refusal(of: request, repository: nil) ?? Response(200) }
        guard parts.count >= 3 else { return Response(404) }
        let repository = parts.dropLast(2).joined(separator: "/")
        if let refusal = refusal(of: request, repository: repository) { return refusal }
        guard parts[parts.count - 2] == "manifests" else { return Response(404) }
        return manifest(repository, parts[parts.count - 1], request)
    }

    private func manifest(
        _ repository: String,
        _ reference: String,
        _ request: Request
    ) -> Response {
        guard let manifests = state.withLock({ $0.manifests[repository] }) else {
            return .error(404, "NAME_UNKNOWN", "repository name not known to registry")
        }
        guard let manifest = manifests[reference] else {
            return .error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        }
        // Registries answer old clients, which do not name the type, with something else.
        guard (request.fields["accept"] ?? "").contains(manifest.type) else {
            return .error(404, "MANIFEST_UNKNOWN", "manifest unknown to this client")
        }
        return Response(
            200,
            fields: [
                ("Content-Type", manifest.type + "; charset=utf-8"),
                ("Docker-Content-Digest", Digest(hashing: manifest.body).description),
            ],
            body: manifest.body
        )
    }

    /// Nil if the request may go on.
    private func refusal(of request: Request, repository: String?) -> Response? {
        let authorization = request.fields["authorization"]
        let challenge: String
        switch access {
        case .open:
            return nil
        case .basic(let user, let password):
            if authorization == Self.basic(user, password) { return nil }
            challenge = "Basic realm=\"stub, or not\""
        case .token:
            let scope = repository.map { "repository:\($0):pull" }
            let token = authorization.map { String($0.dropFirst("Bearer ".count)) } ?? ""
            let granted = state.withLock { $0.tokens[token] } ?? []
            if scope.map(granted.contains) ?? !granted.isEmpty { return nil }
            let wanted = scope.map { ",scope=\"\($0)\"" } ?? ""
            let error = authorization == nil ? "" : ",error=\"invalid_token\""
            challenge =
                "Bearer realm=\"http://\(address)/token\",service=\"stub\"\(wanted)\(error)"
        }
        var response = Response.error(401, "UNAUTHORIZED", "authentication required")
        response.fields.append(("WWW-Authenticate", challenge))
        return response
    }

    /// Token authentication: GET with Basic or with nothing, POST with an identity token.
    private func token(for request: Request) -> Response {
        guard case .token(let user, let password, let identityToken, let anonymous) = access else {
            return Response(404)
        }
        let refusal = Response(
            401,
            fields: [("WWW-Authenticate", "Basic realm=\"tokens\"")],
            body: Data(#"{"details":"incorrect username or password"}"#.utf8)
        )
        let scopes: [String]
        if request.method == "POST" {
            let form = LoopbackServer.query(String(decoding: request.body, as: UTF8.self))
            guard form["grant_type"] == ["refresh_token"],
                form["refresh_token"] == [identityToken], form["service"] == ["stub"]
            else { return refusal }
            scopes = form["scope"]?.first?.split(separator: " ").map(String.init) ?? []
        } else {
            let authorization = request.fields["authorization"]
            let isKnown = authorization == Self.basic(user, password)
            guard isKnown || authorization == nil && anonymous else { return refusal }
            scopes = request.query["scope"] ?? []
        }
        let token = state.withLock { state in
            state.issued += 1
            state.tokens["token-\(state.issued)"] = Set(scopes)
            return "token-\(state.issued)"
        }
        let name = request.method == "POST" ? "access_token" : "token"
        return Response(200, body: Data(#"{"\#(name)":"\#(token)","expires_in":300}"#.utf8))
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }
}
