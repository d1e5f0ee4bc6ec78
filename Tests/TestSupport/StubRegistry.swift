package import Digests
package import Foundation
import Synchronization

/// A registry in this process, on a loopback port of its own, with real rules: manifests, Basic and
/// token authentication.
///
/// It records what it was asked.
/// Faults come from `intercept`, which answers instead of the rules wherever it answers at all, and
/// may block: every connection has a thread.
package final class StubRegistry: Sendable {
    /// Who may read.
    package enum Access: Sendable {
        /// Everybody.
        case open

        /// Who sends this user name and password with every request.
        case basic(user: String, password: String)

        /// Who has a token from `/token`: for the account and its identity token, and for nobody in
        /// particular if `anonymous` is set.
        case token(user: String, password: String, identityToken: String, anonymous: Bool)
    }

    /// What it was asked.
    package struct Request: Sendable {
        /// The method.
        package let method: String
        /// The path, without the query.
        package let path: String
        /// The query's fields; a repeated one keeps all its values.
        package let query: [String: [String]]
        /// The header fields, their names in lower case.
        package let fields: [String: String]
        /// The body.
        package let body: Data
    }

    /// What it answers.
    package struct Response: Sendable {
        /// The status.
        package var status: Int
        /// The header fields, sent in this order; `Content-Length` comes by itself.
        package var fields: [(String, String)]
        /// The body, not sent for HEAD.
        package var body: Data
        /// How much of the body is sent before the connection is closed; nil sends all of it.
        package var cutAfter: Int?

        /// An answer as it should be.
        package init(
            _ status: Int,
            fields: [(String, String)] = [],
            body: Data = Data(),
            cutAfter: Int? = nil
        ) {
            self.status = status
            self.fields = fields
            self.body = body
            self.cutAfter = cutAfter
        }

        /// An error in the specification's form.
        package static func error(_ status: Int, _ code: String, _ message: String) -> Response {
            let object = ["errors": [["code": code, "message": message]]]
            let body = try? JSONSerialization.data(withJSONObject: object)
            return Response(
                status,
                fields: [("Content-Type", "application/json")],
                body: body ?? Data()
            )
        }
    }

    /// Answers instead of the rules; nil lets the rules answer.
    package typealias Intercept = @Sendable (Request) -> Response?

    struct Manifest {
        let type: String
        let body: Data
    }

    struct State {
        var manifests: [String: [String: Manifest]] = [:]
        var requests: [Request] = []
        var intercept: Intercept?
        var tokens: [String: Set<String>] = [:]
        var issued = 0
        var underWay = 0
        var mostAtOnce = 0
    }

    let access: Access
    let state = Mutex(State())
    private let server: LoopbackServer

    /// Starts a registry.
    package init(access: Access = .open, intercept: Intercept? = nil) throws {
        self.access = access
        server = try LoopbackServer()
        state.withLock { $0.intercept = intercept }
        server.start { [self] in count($0) }
    }

    /// `127.0.0.1:port`.
    package var address: String { "127.0.0.1:\(server.port)" }

    /// What it was asked so far.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// How many requests were under way at the same time, at most.
    package var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }

    /// How many connections it accepted.
    package var connectionCount: Int { server.connectionCount }

    /// Puts other faults in place.
    package func intercept(_ intercept: Intercept?) {
        state.withLock { $0.intercept = intercept }
    }

    /// Makes every token that was issued worthless.
    package func revokeTokens() {
        state.withLock { $0.tokens.removeAll() }
    }

    /// Stores a manifest under a tag and under its digest, which it returns.
    @discardableResult
    package func put(
        _ repository: String,
        tag: String,
        manifest: String = #"{"schemaVersion":2}"#,
        type: String = "application/vnd.oci.image.index.v1+json"
    ) -> Digest {
        let manifest = Manifest(type: type, body: Data(manifest.utf8))
        let digest = Digest(hashing: manifest.body)
        state.withLock { state in
            state.manifests[repository, default: [:]][tag] = manifest
            state.manifests[repository, default: [:]][digest.description] = manifest
        }
        return digest
    }

    /// Hangs up on everybody and stops listening.
    package func stop() {
        server.stop()
    }

    private func count(_ request: Request) -> Response {
        let intercept = state.withLock { state in
            state.requests.append(request)
            state.underWay += 1
            state.mostAtOnce = max(state.mostAtOnce, state.underWay)
            return state.intercept
        }
        defer { state.withLock { $0.underWay -= 1 } }
        return intercept?(request) ?? answer(to: request)
    }
}
