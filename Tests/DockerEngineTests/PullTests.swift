import DockerEngine
import Foundation
import HTTPWire
import Platform
import TestSupport
import XCTest

final class PullTests: XCTestCase {
    /// A daemon whose pull answers this, and that knows every image.
    private func engine(
        timeouts: EngineTimeouts = EngineTimeouts(),
        _ pull: StubHTTPServer.Answer
    ) throws -> StubEngine {
        try StubEngine(timeouts: timeouts) { request in
            request.method == "POST" ? pull : .json(#"{"Id":"sha256:image"}"#)
        }
    }

    func testReportsProgressAndLooksAfterwards() async throws {
        let lines = [
            #"{"status":"Pulling from library/nginx","id":"1.27"}"# + "\r\n",
            #"{"status":"Downloading","progressDetail":{"current":10,"#,
            #""total":20},"progress":"[=>  ]","id":"abc"}"# + "\r\n"
                + #"{"status":"Pull complete","progressDetail":{},"id":"abc"}"# + "\r\n",
            #"{"status":"Status: Downloaded newer image"}"#,
        ]
        let engine = try engine(.chunks(lines) + .end)
        let steps = Collected<PullProgress>()
        let image = try await engine.client.pullImage("nginx", .tag("1.27")) { steps.add($0) }
        XCTAssertEqual(image.id, "sha256:image")
        XCTAssertEqual(
            engine.asked,
            [
                "POST /v1.41/images/create?fromImage=nginx&tag=1.27",
                "GET /v1.41/images/nginx:1.27/json",
            ]
        )
        XCTAssertEqual(
            steps.all.map(\.status),
            [
                "Pulling from library/nginx", "Downloading", "Pull complete",
                "Status: Downloaded newer image",
            ]
        )
        XCTAssertEqual(steps.all[1].layer, "abc")
        XCTAssertEqual(steps.all[1].current, 10)
        XCTAssertEqual(steps.all[1].total, 20)
        XCTAssertEqual(steps.all[2].total, nil)
        engine.server.stop()
    }

    func testPullsADigestForAPlatform() async throws {
        let engine = try engine(.chunks([]) + .end)
        _ = try await engine.client.pullImage(
            "localhost:5000/a/b",
            .digest("sha256:00"),
            platform: "linux/arm64"
        )
        XCTAssertEqual(
            engine.asked,
            [
                "POST /v1.41/images/create?fromImage=localhost%3A5000%2Fa%2Fb"
                    + "&tag=sha256%3A00&platform=linux%2Farm64",
                "GET /v1.41/images/localhost:5000/a/b@sha256:00/json",
            ]
        )
        engine.server.stop()
    }

    func testNeverPullsEveryTag() async throws {
        let table: [(name: String, version: ImageVersion)] = [
            ("nginx", .tag("")), ("nginx", .digest("")), ("nginx", .tag("sha256:00")),
            ("nginx", .digest("1.27")), ("nginx:1", .tag("2")), ("nginx@sha256:00", .tag("1")),
            ("", .tag("1")),
        ]
        let engine = try engine(.chunks([]) + .end)
        for (name, version) in table {
            let error = await engineError("\(name) \(version)") {
                _ = try await engine.client.pullImage(name, version)
            }
            XCTAssertEqual(error?.kind, .badParameter, "\(name) \(version)")
        }
        XCTAssertEqual(engine.asked, [])
        engine.server.stop()
    }

    func testEveryWayToFailIsAnError() async throws {
        let detail = #"{"errorDetail":{"code":1,"message":"no space left"},"error":"old"}"#
        let table:
            [(
                name: String, pull: StubHTTPServer.Answer, kind: EngineError.Kind, want: String
            )] = [
                (
                    "before the first byte", .json(#"{"message":"denied"}"#, status: 404),
                    .pullFailed, "denied"
                ),
                (
                    "in the stream",
                    .chunks([#"{"status":"x"}"# + "\r\n", detail + "\r\n"]) + .end,
                    .pullFailed, "no space left"
                ),
                ("in the last line", .chunks([detail]) + .end, .pullFailed, "no space left"),
                (
                    "the old way", .chunks([#"{"error":"manifest unknown"}"# + "\r\n"]) + .end,
                    .pullFailed, "manifest unknown"
                ),
                (
                    "cut", .chunks([#"{"status":"x"}"# + "\r\n"]),
                    .connectionLost, "closed the connection"
                ),
                ("garbage", .chunks(["<html>\n"]) + .end, .malformedResponse, "JSON"),
                (
                    "endless line", .chunks([String(repeating: "x", count: 2_000_000)]) + .end,
                    .tooLarge, "over 1048576 bytes"
                ),
            ]
        for (name, pull, kind, want) in table {
            let engine = try engine(pull)
            let error = await engineError(name) {
                _ = try await engine.client.pullImage("nginx", .tag("1"))
            }
            XCTAssertEqual(error?.kind, kind, "\(name): \(error as Any)")
            XCTAssertTrue("\(error as Any)".contains(want), "\(name): \(error as Any)")
            XCTAssertEqual(error?.operation, "POST /images/create (nginx:1)", name)
            XCTAssertEqual(engine.asked.count, 1, "\(name): nothing to look for")
            engine.server.stop()
        }
    }

    func testAnImageThatIsNotThereAfterwardsIsAnError() async throws {
        let engine = try StubEngine { request in
            request.method == "POST"
                ? .chunks([]) + .end : .json(#"{"message":"No such image"}"#, status: 404)
        }
        let error = await engineError {
            _ = try await engine.client.pullImage("nginx", .tag("1"))
        }
        XCTAssertEqual(error?.kind, .notFound)
        engine.server.stop()
    }

    func testSilenceEndsAPull() async throws {
        var timeouts = EngineTimeouts()
        timeouts.pullIdle = .milliseconds(100)
        let silent = try engine(timeouts: timeouts, .chunks([#"{"status":"x"}"#]) + [.hold])
        let error = await engineError {
            _ = try await silent.client.pullImage("nginx", .tag("1"))
        }
        XCTAssertEqual(error?.kind, .timedOut)
        silent.server.stop()
    }

    func testCredentialsGoIntoTheHeaderAndNowhereElse() async throws {
        let table: [(credential: RegistryCredential, want: NSDictionary)] = [
            (
                .password(user: "me", password: "s3cr?t>>", registry: "ghcr.io"),
                ["username": "me", "password": "s3cr?t>>", "serveraddress": "ghcr.io"]
            ),
            (
                .identityToken("s3cr?t>>", registry: "x.azurecr.io"),
                ["identitytoken": "s3cr?t>>", "serveraddress": "x.azurecr.io"]
            ),
            (.registryToken("s3cr?t>>"), ["registrytoken": "s3cr?t>>"]),
        ]
        for (credential, want) in table {
            let engine = try engine(.json(#"{"message":"no"}"#, status: 500))
            let error = await engineError {
                _ = try await engine.client.pullImage("a", .tag("1"), credential: credential)
            }
            let pull = engine.server.requests.first { $0.method == "POST" }
            let header = try XCTUnwrap(pull?.fields["X-Registry-Auth"])
            XCTAssertNil(header.firstIndex { "+/".contains($0) }, header)
            let base64 = header.replacing("-", with: "+").replacing("_", with: "/")
            let json = try XCTUnwrap(Data(base64Encoded: base64))
            XCTAssertEqual(try JSONSerialization.jsonObject(with: json) as? NSDictionary, want)

            var dumped = ""
            dump(credential, to: &dumped)
            for text in ["\(error as Any)", "\(credential)", "\([credential])", dumped] {
                XCTAssertFalse(text.contains("s3cr"), text)
            }
            engine.server.stop()
        }
    }
}
