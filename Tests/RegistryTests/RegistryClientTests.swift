import Digests
import Foundation
import Model
import TestSupport
import XCTest

@testable import Registry

/// Digests, against a registry with real rules.
final class RegistryClientTests: XCTestCase {
    private let now = Moment(milliseconds: 1_000_000)

    func testDigestOfATagIsOneHead() async throws {
        let stub = try registry()
        let want = stub.put("team/app", tag: "1.0")
        let digest = try await client().digest(of: image(stub, "team/app:1.0"), now: now)
        XCTAssertEqual(digest, want)
        XCTAssertEqual(stub.requests.map(\.method), ["HEAD"])
        XCTAssertEqual(stub.requests.map(\.path), ["/v2/team/app/manifests/1.0"])
    }

    func testLatestIsMeantWhereNothingIsSaid() async throws {
        let stub = try registry()
        let want = stub.put("app", tag: "latest")
        let digest = try await client().digest(of: image(stub, "app"), now: now)
        XCTAssertEqual(digest, want)
    }

    func testDigestDecidesBesideATag() async throws {
        let stub = try registry()
        let old = stub.put("app", tag: "1", manifest: #"{"schemaVersion":2,"a":1}"#)
        stub.put("app", tag: "1", manifest: #"{"schemaVersion":2,"a":2}"#)
        let digest = try await client().digest(of: image(stub, "app:1@\(old)"), now: now)
        XCTAssertEqual(digest, old)
    }

    func testGetWhereHeadDoesNotDo() async throws {
        let body = #"{"schemaVersion":2,"spaces":   "count"}"#
        let want = Digest(hashing: body.utf8)
        for (name, head) in [
            ("not allowed", StubRegistry.Response(405)),
            ("forbidden", StubRegistry.Response(403)),
            ("no digest", StubRegistry.Response(200)),
            ("bad digest", .init(200, fields: [("Docker-Content-Digest", "sha256:x")])),
        ] {
            let stub = try registry { request in
                request.method == "HEAD" ? head : .init(200, body: Data(body.utf8))
            }
            let digest = try await client().digest(of: image(stub, "app:1"), now: now)
            XCTAssertEqual(digest, want, name)
            XCTAssertEqual(stub.requests.map(\.method), ["HEAD", "GET"], name)
        }
    }

    func testWhatIsNoManifestHasNoDigest() async throws {
        let lie = Digest(hashing: "lie".utf8).description
        let old = "application/vnd.docker.distribution.manifest.v1+prettyjws"
        let real = Data(#"{"schemaVersion":2}"#.utf8)
        let cases: [(String, StubRegistry.Response, String)] = [
            ("login page", .init(200, body: Data("<html>".utf8)), "not a manifest"),
            ("cut short", .init(200, body: real.dropLast()), "not a manifest"),
            ("schema 1", .init(200, fields: [("Content-Type", old)], body: real), "schema 1"),
            (
                "another digest", .init(200, fields: [("Docker-Content-Digest", lie)], body: real),
                "its header says"
            ),
        ]
        for (name, answer, words) in cases {
            let stub = try registry { $0.method == "HEAD" ? .init(405) : answer }
            await assertFails(name, words) {
                _ = try await self.client().digest(of: self.image(stub, "app:1"), now: self.now)
            }
        }
    }

    func testWrongDigestForADigestIsAnError() async throws {
        let stub = try registry { request in
            let digest = Digest(hashing: "other".utf8).description
            return .init(200, fields: [("Docker-Content-Digest", digest)])
        }
        let wanted = Digest(hashing: "wanted".utf8)
        await assertFails("wrong digest", "it was asked for \(wanted.short)") {
            let image = try self.image(stub, "app@\(wanted)")
            _ = try await self.client().digest(of: image, now: self.now)
        }
    }

    func testMissingThings() async throws {
        let stub = try registry()
        stub.put("app", tag: "1")
        let client = client()
        await assertReason(.notFound(.reference)) {
            _ = try await client.digest(of: self.image(stub, "app:2"), now: self.now)
        }
        // Which of the two is missing stands in the body, and HEAD has none.
        await assertReason(.notFound(.reference)) {
            _ = try await client.digest(of: self.image(stub, "nothing:1"), now: self.now)
        }
        stub.intercept { $0.method == "HEAD" ? .init(405) : nil }
        await assertReason(.notFound(.repository)) {
            _ = try await client.digest(of: self.image(stub, "nothing:1"), now: self.now)
        }
    }

    func testForbiddenInTheRegistrysWords() async throws {
        let stub = try registry { _ in .error(403, "DENIED", "quota of requests\nexceeded") }
        await assertFails("denied", "(DENIED: quota of requests exceeded)") {
            _ = try await self.client().digest(of: self.image(stub, "app:1"), now: self.now)
        }
    }

    func testDigestsAreRemembered() async throws {
        let stub = try registry()
        let first = stub.put("app", tag: "1", manifest: #"{"schemaVersion":2,"a":1}"#)
        let client = client()
        let image = try image(stub, "app:1")
        var digest = try await client.digest(of: image, now: now, maxAge: .seconds(60))
        XCTAssertEqual(digest, first)

        let second = stub.put("app", tag: "1", manifest: #"{"schemaVersion":2,"a":2}"#)
        for (name, seconds, want, requests) in [
            ("young enough", 60, first, 1),
            ("too old", 61, second, 2),
            ("dated anew", 121, second, 2),
            ("clock jumped back", 0, second, 3),
        ] {
            let later = now + .seconds(seconds)
            digest = try await client.digest(of: image, now: later, maxAge: .seconds(60))
            XCTAssertEqual(digest, want, name)
            XCTAssertEqual(stub.requests.count, requests, name)
        }
    }

    private func registry(intercept: StubRegistry.Intercept? = nil) throws -> StubRegistry {
        let stub = try StubRegistry(intercept: intercept)
        addTeardownBlock { stub.stop() }
        return stub
    }

    private func client() -> RegistryClient {
        RegistryClient(credentials: DockerCredentials(environment: [:]))
    }

    private func image(_ stub: StubRegistry, _ name: String) throws -> ImageName {
        try ImageName("\(stub.address)/\(name)")
    }
}
