import Foundation
import TestSupport
import XCTest

/// Where images come from.
final class ImageTests: EndToEndTestCase {
    func testPolicyNeverWithoutTheImage() async throws {
        try await withFleet { fleet in
            let service = ServiceText(
                image: "absent",
                replicas: 1,
                more: "    pull_policy: never\n"
            )
            try fleet.commit("Describe the fleet", service)
            let ended = try await fleet.berth("apply", "--timeout", "20s")
            XCTAssertNotEqual(ended.code, 0, "\(ended)")
            let said = ended.output + ended.errors
            XCTAssertTrue(said.contains("load it, or change the policy"), said)
            var image = TestImage(name: "absent", version: "1.0.0")
            image.tag = "1.0.0"
            try await fleet.world.load(image)
            let second = try await fleet.berth("apply")
            XCTAssertEqual(second.code, 0, "\(second)")
        }
    }

    func testVersionWithADigest() async throws {
        try await withFleet { fleet in
            var image = TestImage(name: "pinned", version: "1.0.0")
            image.tag = "1.0.0"
            let digest = try await fleet.world.pushForDigest(image)
            image.version = "2.0.0"
            _ = try await fleet.world.pushForDigest(image)
            try fleet.commit(
                "Describe the fleet",
                ServiceText(image: "pinned", version: "1.0.0@\(digest)", replicas: 1)
            )
            let ended = try await fleet.berth("apply")
            XCTAssertEqual(ended.code, 0, "\(ended)")
            let answer = try await fleet.world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "pinned 1.0.0")
        }
    }

    func testMirrorServesWhileItsRegistryIsDown() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            let mirror = try await World.registry(port: 5004, in: world.docker)
            defer { mirror.stop() }
            var image = TestImage(name: "mirrored", version: "1.0.0")
            image.registry = "localhost:5004"
            try await world.load(image)
            try await world.docker("push", "-q", image.reference)
            try await world.docker("rmi", image.reference)
            try fleet.commit(
                "Describe the fleet",
                ServiceText(image: "mirrored", replicas: 1),
                top: "mirrors: { \"localhost:5000\": [\"localhost:5004\"] }\n"
            )
            try await world.cutOff(port: 5000)
            let ended = try await fleet.berth("apply")
            try await world.reconnect()
            XCTAssertEqual(ended.code, 0, "\(ended)")
            let answer = try await world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "mirrored 1.0.0")
            let drift = try await fleet.drift()
            XCTAssertFalse(drift.contains { $0.kind == "configuration" }, "\(drift)")
        }
    }

    func testRegistryThatAsksForAPassword() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            let registry = try await World.registry(port: 5003, isProtected: true, in: world.docker)
            defer { registry.stop() }
            let login = Data("\(PrivateRegistry.user):\(PrivateRegistry.password)".utf8)
            let folder = try TemporaryDirectory("berth-login")
            let config = try folder.write(
                "config.json",
                "{\"auths\": {\"localhost:5003\": {\"auth\": \"\(login.base64EncodedString())\"}}}"
            )
            var image = TestImage(name: "private", version: "1.0.0")
            image.registry = "localhost:5003"
            try await world.load(image)
            try await world.docker("--config", folder.path, "push", "-q", image.reference)
            try await world.docker("rmi", image.reference)
            try fleet.commit(
                "Describe the fleet",
                ServiceText(
                    image: "private",
                    replicas: 1,
                    more: "    registry: localhost:5003\n"
                )
            )
            let refused = try await fleet.berth("plan")
            XCTAssertEqual(refused.code, 1, "\(refused)")
            XCTAssertTrue(refused.output.contains("blocked"), "\(refused)")
            let ended = try await fleet.berth("apply", "--docker-config", config)
            XCTAssertEqual(ended.code, 0, "\(ended)")
            let answer = try await world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "private 1.0.0")
        }
    }
}

extension World {
    /// Pushes an image and returns its manifest's digest.
    fileprivate func pushForDigest(_ image: TestImage) async throws -> String {
        try await load(image)
        let text = try await docker("push", image.reference)
        try await docker("rmi", image.reference)
        guard let match = text.firstMatch(of: /sha256:[0-9a-f]{64}/) else {
            throw Missing("docker push named no digest: \(text)")
        }
        return String(match.0)
    }
}
