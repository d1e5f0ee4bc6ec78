import Digests
import Foundation
import Model
import TestSupport
import XCTest

@testable import Registry

/// The real docker-registry.
final class PrivateRegistryTests: XCTestCase {
    private let now = Moment(milliseconds: 1_000_000)

    func testDigests() async throws {
        let registry = try await PrivateRegistry.start()
        defer { registry.stop() }
        let first = try await registry.push("team/app", tag: "1.0", layers: [layer("one")])
        let second = try await registry.push("team/app", tag: "1.1", layers: [layer("two")])
        XCTAssertNotEqual(first, second)

        let client = RegistryClient(credentials: DockerCredentials(environment: [:]))
        let image = try ImageName("\(registry.address)/team/app")
        for (tag, want) in [("1.0", first), ("1.1", second)] {
            let digest = try await client.digest(of: image.withTag(tag), now: now)
            XCTAssertEqual(digest, want, tag)
        }
        let pinned = try await client.digest(of: image.pinned(to: first), now: now)
        XCTAssertEqual(pinned, first)

        try await registry.push("team/app", tag: "1.0", layers: [layer("two")])
        let moved = try await client.digest(of: image.withTag("1.0"), now: now)
        XCTAssertEqual(moved, second, "a tag that moved")

        try await registry.delete("team/app", second)
        await assertReason(.notFound(.reference), "deleted") {
            _ = try await client.digest(of: image.withTag("1.1"), now: self.now)
        }
        await assertReason(.notFound(.reference), "never pushed") {
            let other = try ImageName("\(registry.address)/team/other")
            _ = try await client.digest(of: other, now: self.now)
        }
    }

    func testBasicAuthentication() async throws {
        let registry = try await PrivateRegistry.start(isProtected: true)
        defer { registry.stop() }
        let want = try await registry.push("app", tag: "1", layers: [layer("x")])
        let image = try ImageName("\(registry.address)/app:1")

        func client(_ password: String?) -> RegistryClient {
            let entry = password.map {
                #"{"username":"\#(PrivateRegistry.user)","password":"\#($0)"}"#
            }
            let config = #"{"auths":{"\#(registry.address)":\#(entry ?? "{}")}}"#
            return RegistryClient(
                credentials: DockerCredentials(environment: ["DOCKER_AUTH_CONFIG": config])
            )
        }
        let known = client(PrivateRegistry.password)
        let digest = try await known.digest(of: image, now: now)
        XCTAssertEqual(digest, want)
        for (password, proof) in [(nil, .none), ("wrong", .refused)]
            as [(String?, RegistryError.Credentials)]
        {
            await assertReason(.unauthorized(proof), password ?? "nobody") {
                _ = try await client(password).digest(of: image, now: self.now)
            }
        }
    }

    func testSeveralRunSideBySideAndLeaveNothing() async throws {
        let one = try await PrivateRegistry.start()
        let other = try await PrivateRegistry.start()
        XCTAssertNotEqual(one.address, other.address)
        one.stop()
        other.stop()
        let client = RegistryClient(
            credentials: DockerCredentials(environment: [:]),
            options: RegistryOptions(timeout: .seconds(1))
        )
        do {
            _ = try await client.digest(of: ImageName("\(one.address)/app"), now: now)
            XCTFail("a stopped registry answered")
        } catch let error as RegistryError {
            XCTAssertTrue(error.isTemporary, "\(error)")
        }
    }

    private func layer(_ text: String) -> PrivateRegistry.Layer {
        .file("message", Data(text.utf8))
    }
}
