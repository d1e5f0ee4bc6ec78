import Digests
import Foundation
import Model
import Synchronization
import TestSupport
import XCTest

@testable import Registry

/// Proving who asks, against a registry that checks.
final class AuthorizationTests: XCTestCase {
    private let now = Moment(milliseconds: 1_000_000)
    private let tokens = StubRegistry.Access.token(
        user: "u",
        password: "p:w",
        identityToken: "id+token",
        anonymous: true
    )
    private let privateTokens = StubRegistry.Access.token(
        user: "u",
        password: "p:w",
        identityToken: "id+token",
        anonymous: false
    )

    func testEveryKindOfProof() async throws {
        let basic = StubRegistry.Access.basic(user: "u", password: "p:w")
        let account = #"{"username":"u","password":"p:w"}"#
        let identity = #"{"identitytoken":"id+token"}"#
        let cases: [(String, StubRegistry.Access, String?, [String])] = [
            ("nobody, open", .open, nil, ["HEAD"]),
            ("basic", basic, account, ["HEAD", "HEAD"]),
            ("nobody, with a token", tokens, nil, ["HEAD", "GET", "HEAD"]),
            ("account, with a token", privateTokens, account, ["HEAD", "GET", "HEAD"]),
            ("identity token", privateTokens, identity, ["HEAD", "POST", "HEAD"]),
        ]
        for (name, access, entry, methods) in cases {
            let stub = try registry(access)
            let want = stub.put("team/app", tag: "1")
            let client = client(stub, entry)
            let digest = try await client.digest(of: image(stub, "team/app:1"), now: now)
            XCTAssertEqual(digest, want, name)
            XCTAssertEqual(stub.requests.map(\.method), methods, name)

            // The second time it is known what is wanted, and tokens are kept.
            _ = try await client.digest(of: image(stub, "team/app:1"), now: now)
            XCTAssertEqual(stub.requests.map(\.method), methods + ["HEAD"], name)
        }
    }

    func testRefusals() async throws {
        let basic = StubRegistry.Access.basic(user: "u", password: "right")
        let wrong = #"{"username":"u","password":"wrong-secret"}"#
        let wrongIdentity = #"{"identitytoken":"wrong-secret"}"#
        let cases: [(String, StubRegistry.Access, String?, RegistryError.Credentials)] = [
            ("basic, nobody", basic, nil, .none),
            ("basic, wrong", basic, wrong, .refused),
            ("token, nobody", privateTokens, nil, .none),
            ("token, wrong", privateTokens, wrong, .refused),
            ("token, wrong identity", privateTokens, wrongIdentity, .refused),
        ]
        for (name, access, entry, proof) in cases {
            let stub = try registry(access)
            stub.put("app", tag: "1")
            let client = client(stub, entry)
            await assertReason(.unauthorized(proof), name) {
                do {
                    _ = try await client.digest(of: self.image(stub, "app:1"), now: self.now)
                } catch {
                    XCTAssertFalse("\(error)".contains("secret"), "\(error)")
                    XCTAssertTrue("\(error)".contains("docker login"), "\(error)")
                    throw error
                }
            }
            XCTAssertLessThanOrEqual(stub.requests.count, 3, name)
        }
    }

    func testATokenThatWentBadIsReplacedOnce() async throws {
        let stub = try registry(tokens)
        stub.put("app", tag: "1")
        let client = client(stub, nil)
        _ = try await client.digest(of: image(stub, "app:1"), now: now)
        stub.revokeTokens()
        let before = stub.requests.count
        _ = try await client.digest(of: image(stub, "app:1"), now: now)
        let methods = stub.requests.dropFirst(before).map(\.method)
        XCTAssertEqual(methods, ["HEAD", "GET", "HEAD"])
    }

    func testAnExpiredTokenIsReplacedBeforeItIsUsed() async throws {
        let stub = try registry(tokens)
        stub.put("app", tag: "1")
        let client = client(stub, nil)
        _ = try await client.digest(of: image(stub, "app:1"), now: now)
        let before = stub.requests.count
        _ = try await client.digest(of: image(stub, "app:1"), now: now + .seconds(301))
        XCTAssertEqual(stub.requests.dropFirst(before).map(\.path).first, "/token")
        XCTAssertEqual(stub.requests.count, before + 2)
    }

    func testEachRepositoryHasItsToken() async throws {
        let stub = try registry(tokens)
        let client = client(stub, nil)
        for name in ["a/x", "b/y"] {
            stub.put(name, tag: "1")
            _ = try await client.digest(of: image(stub, "\(name):1"), now: now)
        }
        let scopes = stub.requests.filter { $0.path == "/token" }.map { $0.query["scope"] }
        XCTAssertEqual(scopes, [["repository:a/x:pull"], ["repository:b/y:pull"]])
    }

    func testRightsThatDoNotReachAreADenial() async throws {
        let stub = try registry(.open) { request in
            if request.path == "/token" { return .init(200, body: Data(#"{"token":"t"}"#.utf8)) }
            let host = request.fields["host"] ?? ""
            let error =
                request.fields["authorization"] == nil ? "" : ",error=\"insufficient_scope\""
            let challenge = "Bearer realm=\"http://\(host)/token\"\(error)"
            return .init(401, fields: [("WWW-Authenticate", challenge)])
        }
        let client = client(stub, #"{"username":"u","password":"p"}"#)
        await assertReason(.denied) {
            _ = try await client.digest(of: self.image(stub, "app:1"), now: self.now)
        }
    }

    func testUnknownSchemesAreNamed() async throws {
        let stub = try registry(.open) { _ in
            .init(401, fields: [("WWW-Authenticate", "Negotiate, Digest realm=\"x\"")])
        }
        await assertFails("unknown", "(negotiate, digest)") {
            _ = try await self.client(stub, nil).digest(
                of: self.image(stub, "app:1"),
                now: self.now
            )
        }
    }

    func testAMissingTokenServiceIsNamed() async throws {
        let stub = try registry(tokens) { $0.path == "/token" ? .init(404) : nil }
        await assertFails("gone", "token service was not found") {
            _ = try await self.client(stub, nil).digest(
                of: self.image(stub, "app:1"),
                now: self.now
            )
        }
    }

    func testAMovedTokenServiceIsFoundAgain() async throws {
        let stub = try registry(tokens)
        let want = stub.put("app", tag: "1")
        let client = client(stub, nil)
        _ = try await client.digest(of: image(stub, "app:1"), now: now)

        let realm = "http://\(stub.address)/moved"
        stub.intercept { request in
            if request.path == "/token" { return .init(404) }
            if request.path == "/moved" { return .init(200, body: Data(#"{"token":"t"}"#.utf8)) }
            guard request.fields["authorization"] == "Bearer t" else {
                return .init(401, fields: [("WWW-Authenticate", "Bearer realm=\"\(realm)\"")])
            }
            return .init(200, fields: [("Docker-Content-Digest", want.description)])
        }
        let digest = try await client.digest(of: image(stub, "app:1"), now: now + .seconds(400))
        XCTAssertEqual(digest, want)
    }

    func testAuthorizationStaysWithItsHost() async throws {
        let other = try registry(.open) { _ in
            .init(
                200,
                fields: [("Docker-Content-Digest", "sha256:" + String(repeating: "a", count: 64))]
            )
        }
        let stub = try registry(.basic(user: "u", password: "p:w")) { request in
            guard request.fields["authorization"] != nil else { return nil }
            return .init(307, fields: [("Location", "http://\(other.address)/elsewhere")])
        }
        let client = client(stub, #"{"username":"u","password":"p:w"}"#)
        _ = try await client.digest(of: image(stub, "app:1"), now: now)
        XCTAssertEqual(other.requests.map(\.path), ["/elsewhere"])
        XCTAssertEqual(other.requests.map(\.method), ["HEAD"])
        XCTAssertNil(other.requests.first?.fields["authorization"])
    }

    /// Where a redirect leads has no say in where credentials go.
    func testAChallengeFromElsewhereGetsNoCredentials() async throws {
        let account = #"{"username":"u","password":"p:w"}"#
        for entry in [account, #"{"identitytoken":"id+token"}"#] {
            for scheme in ["Basic", "Bearer"] {
                let other = try registry(.open) { request in
                    if request.path == "/token" {
                        return .init(200, body: Data(#"{"token":"t"}"#.utf8))
                    }
                    let realm = "http://\(request.fields["host"] ?? "")/token"
                    let challenge = "\(scheme) realm=\"\(realm)\""
                    return .init(401, fields: [("WWW-Authenticate", challenge)])
                }
                let stub = try registry(.open) { _ in
                    .init(307, fields: [("Location", "http://\(other.address)/elsewhere")])
                }
                await assertFails("\(scheme) \(entry)", "a redirect points to \(other.address)") {
                    _ = try await self.client(stub, entry).digest(
                        of: self.image(stub, "app:1"),
                        now: self.now
                    )
                }
                XCTAssertEqual(other.requests.map(\.path), ["/elsewhere"])
                XCTAssertEqual(stub.requests.compactMap { $0.fields["authorization"] }, [])
            }
        }
    }

    func testAnIdentityTokenIsNotSentOn() async throws {
        let other = try registry(.open)
        let stub = try registry(privateTokens) { request in
            guard request.path == "/token" else { return nil }
            return .init(307, fields: [("Location", "http://\(other.address)/token")])
        }
        let client = client(stub, #"{"identitytoken":"id+token"}"#)
        await assertFails("redirected", "redirected") {
            _ = try await client.digest(of: self.image(stub, "app:1"), now: self.now)
        }
        XCTAssertEqual(other.requests.count, 0)
    }

    private func registry(
        _ access: StubRegistry.Access,
        intercept: StubRegistry.Intercept? = nil
    ) throws -> StubRegistry {
        let stub = try StubRegistry(access: access, intercept: intercept)
        addTeardownBlock { stub.stop() }
        return stub
    }

    private func client(_ stub: StubRegistry, _ entry: String?) -> RegistryClient {
        let variable = entry.map { #"{"auths":{"\#(stub.address)":\#($0)}}"# } ?? ""
        return RegistryClient(
            credentials: DockerCredentials(environment: ["DOCKER_AUTH_CONFIG": variable])
        )
    }

    private func image(_ stub: StubRegistry, _ name: String) throws -> ImageName {
        try ImageName("\(stub.address)/\(name)")
    }
}
