import Foundation
import TestSupport
import XCTest

@testable import Registry

final class ChallengeTests: XCTestCase {
    func testReadsChallenges() {
        let hub = [
            "realm": "https://auth.docker.io/token", "service": "registry.docker.io",
            "scope": "repository:library/redis:pull",
        ]
        let basic = challenge("basic", ["realm": "x"])
        let cases: [(String, String, [Challenge])] = [
            ("empty", "", []),
            ("basic", "Basic realm=\"x\"", [basic]),
            (
                "bearer",
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                    + "scope=\"repository:library/redis:pull\"",
                [challenge("bearer", hub)]
            ),
            (
                "any case and spaces", "BEARER  Realm = \"r\" ,\t SERVICE=s",
                [challenge("bearer", ["realm": "r", "service": "s"])]
            ),
            (
                "escapes and commas", #"Basic realm="a \"b\", c\\d""#,
                [challenge("basic", ["realm": #"a "b", c\d"#])]
            ),
            (
                "two in one field", "Bearer realm=\"r\",scope=\"a:b:pull,push\", Basic realm=\"x\"",
                [challenge("bearer", ["realm": "r", "scope": "a:b:pull,push"]), basic]
            ),
            (
                "without parameters", "Negotiate, Basic realm=x",
                [challenge("negotiate", [:]), basic]
            ),
            (
                "with a blob", "Negotiate YIIb+/a==, Basic realm=x",
                [challenge("negotiate", [:]), basic]
            ),
            (
                "unquoted address", "Bearer realm=https://a/b?c=d,service=s",
                [challenge("bearer", ["realm": "https://a/b?c=d", "service": "s"])]
            ),
            ("empty items", ", ,Basic realm=x,,", [basic]),
            (
                "open quotes end it", "Basic realm=x, Bearer realm=\"r",
                [basic, challenge("bearer", [:])]
            ),
            ("no scheme", "realm=x", []),
            ("nonsense", "\"\"\"", []),
        ]
        for (name, field, want) in cases {
            XCTAssertEqual(Challenge.list(in: field), want, name)
        }
    }

    func testAnyBytesAreSurvived() {
        var generator = SeededGenerator.reported()
        let seed = generator.seed
        let pieces = ["Bearer", "Basic", " ", ",", "=", "\"", "\\", "realm", "é", "\t", "a/b", ";"]
        for _ in 0..<2000 {
            let count = Int.random(in: 0...12, using: &generator)
            let words = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }
            let field = words.joined()
            let challenges = Challenge.list(in: field)
            XCTAssertLessThanOrEqual(challenges.count, count, "seed \(seed): \(field)")
        }
    }

    func testBearerIsPreferredAndAsksForWhatTheRegistryNames() {
        let field = "Basic realm=x, Bearer realm=\"https://ghcr.io/token\",scope=\"b a b\""
        let service = tokenService(Challenge.list(in: field), scope: "unused")
        XCTAssertEqual(service?.scopes, ["a", "b"])
        XCTAssertNil(service?.service)
    }

    func testScopeIsOursWhereTheRegistryNamesNone() {
        let challenges = Challenge.list(in: "Bearer realm=\"https://quay.io/v2/auth\"")
        let service = tokenService(challenges, scope: "repository:a/b:pull")
        XCTAssertEqual(service?.scopes, ["repository:a/b:pull"])
    }

    func testUnsafeRealmsAreRefused() {
        for (name, registry, realm, isAccepted) in [
            ("https for https", "ghcr.io", "https://auth.example/t", true),
            ("http for https", "ghcr.io", "http://auth.example/t", false),
            ("http for loopback", "localhost:5000", "http://localhost:5001/t", true),
            ("file", "ghcr.io", "file:///etc/passwd", false),
            ("with a user", "ghcr.io", "https://a:b@ghcr.io/t", false),
            ("relative", "ghcr.io", "/token", false),
            ("missing", "ghcr.io", "", false),
        ] {
            let challenges = [challenge("bearer", ["realm": realm])]
            let service = tokenService(challenges, registry: registry, scope: "s")
            XCTAssertEqual(service != nil, isAccepted, name)
        }
    }

    func testTokenRequests() throws {
        let parameters = [
            "realm": "https://a.example/token?x=1", "service": "a b+c", "scope": "r:p:pull q",
        ]
        let service = try XCTUnwrap(tokenService([challenge("bearer", parameters)], scope: ""))
        let query = "x=1&service=a%20b%2Bc&scope=q&scope=r%3Ap%3Apull"

        let anonymous = service.request(with: nil)
        XCTAssertEqual(anonymous.url.absoluteString, "https://a.example/token?\(query)")
        XCTAssertNil(anonymous.fields["Authorization"])

        let known = service.request(with: .password(user: "u", password: "p:q"))
        XCTAssertEqual(known.url, anonymous.url)
        XCTAssertEqual(known.fields["Authorization"], "Basic dTpwOnE=")

        let exchange = service.request(with: .identityToken("a&b=c"))
        XCTAssertEqual(exchange.method, .post)
        XCTAssertEqual(exchange.url.absoluteString, "https://a.example/token?x=1")
        XCTAssertEqual(
            exchange.body.map { String(decoding: $0, as: UTF8.self) },
            "grant_type=refresh_token&refresh_token=a%26b%3Dc&service=a%20b%2Bc&client_id=berth"
                + "&scope=q%20r%3Ap%3Apull"
        )
    }

    private func challenge(_ scheme: String, _ parameters: [String: String]) -> Challenge {
        Challenge(scheme: scheme, parameters: parameters)
    }

    private func tokenService(
        _ challenges: [Challenge],
        registry: String = "ghcr.io",
        scope: String
    ) -> TokenService? {
        let host = RegistryHost(registry, insecure: [])
        let scheme = AuthorizationScheme.best(of: challenges, from: host, scope: scope)
        guard case .bearer(let service) = scheme else { return nil }
        return service
    }
}
