import Addresses
import DockerEngine
import Foundation
import HTTPWire
import Model
import Platform
import Rollouts
import Synchronization
import TestSupport
import Traffic
import XCTest

@testable import Controller

/// Which addresses containers are given, by a daemon that follows a script.
final class ReservationTests: XCTestCase {
    private func snapshot(
        _ desired: DesiredState? = nil,
        socket: String = "/nowhere/docker.sock"
    ) throws -> DockerSnapshot {
        let host = DockerHost(
            engine: try EngineClient(socketPath: socket),
            director: TrafficDirector(nft: "/nowhere/nft"),
            layout: HostLayout(stateDirectory: "/nowhere/berth"),
            log: LogLines().log()
        )
        let list = ["prod_back": 8, "prod_front": 9].map { name, number in
            """
            {"Id": "\(number)", "Name": "\(name)", "Driver": "bridge",
             "Labels": {"berth.environment": "prod"},
             "IPAM": {"Config": [{"Subnet": "10.\(number).0.0/24", "IPRange": "10.\(number).0.128/25",
                                  "Gateway": "10.\(number).0.2",
                                  "AuxiliaryAddresses": {"printer": "10.\(number).0.3"}}]}}
            """
        }
        let networks = Networks(
            try JSONDecoder.engine.decode(
                [DockerEngine.Network].self,
                from: Data("[\(list.joined(separator: ","))]".utf8)
            )
        )
        return DockerSnapshot(
            host: host,
            environment: "prod",
            written: desired,
            networks: networks,
            table: .absent
        )
    }

    /// An environment's own fixed addresses come first; another's take nothing that is in use.
    func testWhoseFixedAddressesMoveAService() throws {
        let snapshot = try snapshot()
        let host = snapshot.host
        let address = { snapshot.serviceAddress(of: "db", in: "prod", on: "prod_back") }
        let first = try XCTUnwrap(address())
        host.withMemory { $0.fixed = ["staging": [first]] }
        XCTAssertEqual(address(), first)
        host.withMemory { $0.fixed = ["prod": [first]] }
        let second = try XCTUnwrap(address())
        XCTAssertNotEqual(second, first)
        host.withMemory { memory in
            memory.fixed = ["staging": [first]]
            memory.names.addresses = ServiceAddresses()
        }
        XCTAssertNotEqual(address(), first, "a new one keeps clear of both")
    }

    private func service(_ name: String, fixed: String? = nil) throws -> Service {
        try Sample.service(name) { service in
            service.container.network = .networks([
                NetworkAttachment(network: "back"),
                NetworkAttachment(network: "front", ipv4Address: fixed),
            ])
        }
    }

    func testAddressesThatAreSpokenFor() throws {
        let desired = Sample.desired([try service("db", fixed: "10.9.0.4")])
        let snapshot = try snapshot(desired)
        let addresses = (0..<2).map { _ in
            snapshot.reserveAddress(in: "prod_front", besides: desired.fixedAddresses)?.description
        }
        XCTAssertEqual(addresses, ["10.9.0.5", "10.9.0.6"])
    }

    func testWhatFailsHalfWayKeepsNoAddress() async throws {
        @Sendable func json(_ body: String, _ status: Int = 200) -> StubHTTPServer.Answer {
            let head = [
                "HTTP/1.1 \(status) X", "Api-Version: 1.41", "Content-Type: application/json",
                "Content-Length: \(body.utf8.count)", "", body,
            ]
            return [.send(Array(head.joined(separator: "\r\n").utf8))]
        }
        let isThere = Flag()
        let spec = Sample.goal(try service("web")).spec
        let server = try StubHTTPServer { request in
            let target = request.target
            if target.hasSuffix("/connect") { return json(#"{"message": "no"}"#, 500) }
            if target.contains("/networks/") {
                return json(
                    #"{"Id": "n", "Name": "n", "Driver": "bridge", "Scope": "local", "Containers": {}}"#
                )
            }
            if target.contains("/containers/create") {
                return isThere.value
                    ? json(#"{"message": "there"}"#, 409) : json(#"{"Id": "c1", "Warnings": []}"#)
            }
            if target.contains("/containers/") {
                return json(
                    """
                    {"Id": "c1", "Name": "/prod-web-1.g1", "Image": "1",
                     "State": {"Status": "created"}, "HostConfig": {}, "Mounts": [],
                     "Config": {"Labels": {"berth.spec": "\(spec)"}}}
                    """
                )
            }
            return json(#"{"Id": "1", "Config": {}}"#)
        }
        defer { server.stop() }
        guard case .unix(let path) = server.address else { return XCTFail("no unix socket") }
        let desired = Sample.desired([try service("web")]) { desired in
            desired.networks = ["back": .init(key: "back"), "front": .init(key: "front")]
        }
        let snapshot = try snapshot(desired, socket: path)
        let step = Step.create(Sample.goal(try service("web")), slot: 1, generation: 1)
        for attempt in ["new", "there already"] {
            do {
                try await snapshot.perform(step)
                XCTFail("must not succeed")
            } catch is EngineError {}
            let reserved = snapshot.host.withMemory { $0.reserved.map(\.description) }
            XCTAssertEqual(reserved, ["10.8.0.4"], "what the new container has: \(attempt)")
            isThere.value = true
        }
    }
}

/// A truth that changes.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var value: Bool {
        get { state.withLock(\.self) }
        set { state.withLock { $0 = newValue } }
    }
}
