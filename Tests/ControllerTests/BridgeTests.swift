import DockerEngine
import Foundation
import Platform
import TestSupport
import Traffic
import XCTest

@testable import Controller

/// What a route does beside the table, on real bridges.
final class BridgeTests: XCTestCase {
    private func host(in lab: NetworkLab) throws -> DockerHost {
        let folder = try TemporaryDirectory("berth-bridges")
        addTeardownBlock { folder.remove() }
        return DockerHost(
            engine: try EngineClient(socketPath: "/nowhere/docker.sock"),
            director: TrafficDirector(in: lab.host),
            layout: HostLayout(stateDirectory: folder.path),
            log: LogLines().log()
        )
    }

    /// What is seen on the host with one network.
    private func look(at host: DockerHost, bridge: String) async throws -> DockerSnapshot {
        let json = """
            [{"Id": "1", "Name": "prod_default", "Driver": "bridge",
              "Labels": {"berth.environment": "prod"},
              "Options": {"com.docker.network.bridge.name": "\(bridge)"},
              "IPAM": {"Config": [{"Subnet": "172.30.0.0/24"}]}}]
            """
        return DockerSnapshot(
            host: host,
            environment: "prod",
            written: nil,
            networks: Networks(
                try JSONDecoder.engine.decode([DockerEngine.Network].self, from: Data(json.utf8))
            ),
            table: try await host.director.observe()
        )
    }

    func testAPortThatCameLaterIsPreparedWithoutAChangeOfTheTable() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let host = try host(in: lab)
        let routes = [Route(name: "web", service: try Sample.service(), backends: [])]
        let first = try await look(at: host, bridge: lab.bridge).route(routes)
        XCTAssertEqual(first.count, 1)
        try await RealParts.run(lab.host, "bridge", "link", "set", "dev", "port0", "hairpin", "off")
        let second = try await look(at: host, bridge: lab.bridge).route(routes)
        XCTAssertEqual(second, [], "the table is as it should be")
        let left = try await host.director.enableHairpin(on: lab.bridge)
        XCTAssertEqual(left, 0, "ports that were not prepared")
    }

    func testWhatFailedAfterTheTableChangedIsDoneByTheNextLook() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let host = try host(in: lab)
        let routes = [Route(name: "web", service: try Sample.service(), backends: [])]
        do {
            _ = try await look(at: host, bridge: "br-late").route(routes)
            XCTFail("the bridge is not there yet")
        } catch is TrafficError {}
        try await RealParts.run(lab.host, "ip", "link", "add", "br-late", "type", "bridge")
        let second = try await look(at: host, bridge: "br-late").route(routes)
        XCTAssertEqual(second, [])
        let isNew = try await host.director.enableLocalRouting(on: "br-late")
        XCTAssertFalse(isNew, "it was to be set already")
    }

    func testABridgeIsNotReadyUntilItsIPv6AddressesAreInUse() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let director = TrafficDirector(in: lab.host)
        let ip = { (words: String) in
            let words = words.split(separator: " ").map(String.init)
            return try await Command("nsenter", ["--net=\(lab.host.path)", "ip"] + words).run().text
        }
        try await eventually("its link's own address is in use") {
            try await !director.isDetectingAddresses(on: lab.bridge)
        }
        _ = try await ip("address add fd00:6::1/64 dev \(lab.bridge)")
        let isDetecting = try await director.isDetectingAddresses(on: lab.bridge)
        XCTAssertTrue(isDetecting)
        try await eventually("the kernel has asked") {
            try await !director.isDetectingAddresses(on: lab.bridge)
        }
        let tentative = try await ip("-6 address show dev \(lab.bridge) tentative")
        XCTAssertEqual(tentative, "")
    }
}
