import Foundation
import Load
import Platform
import TestSupport
import XCTest

@testable import Traffic

/// A caller who uses a port again is not mistaken for who it was before.
final class ReusedPortTests: XCTestCase {
    private let host = Sample.address(NetworkLab.hostAddress)
    private let port: UInt16 = 40123
    private let first = IPAddress.four(Sample.address(NetworkLab.backendAddress(0)))
    private let second = IPAddress.four(Sample.address(NetworkLab.backendAddress(1)))

    func testAnEndedConnectionIsNotTakenForTheNextOfItsPort() async throws {
        let (lab, director) = try await world()
        // The kernel gives the place in memory of the ended entry to the next one most of the
        // time, and with it its id; twenty times is often enough to meet that.
        for round in 0..<20 {
            try await lead(to: 0, director)
            let past = try connect(from: lab.client)
            SocketCalls.resetOnClose(past)
            close(past)
            let stale = try lab.host.visit { () throws(SystemCallFailure) in
                try ConnectionTable.identities { Self.isOurs($0) && $0.server == first }
            }
            try await lead(to: 1, director)
            let present = try connect(from: lab.client)
            defer {
                SocketCalls.resetOnClose(present)
                close(present)
            }
            try lab.host.visit { () throws(SystemCallFailure) in
                try ConnectionTable.remove(stale)
            }
            let left = try flows(in: lab.host).filter(\.isOpenConnection).map(\.server)
            XCTAssertEqual(left, [second], "round \(round)")
        }
    }

    func testOnlyClosedConnectionsEndBeforeAStop() async throws {
        let (lab, director) = try await world()
        try await lead(to: 0, director)
        let past = try connect(from: lab.client)
        SocketCalls.resetOnClose(past)
        close(past)
        let open = try StreamCaller(in: lab.client, to: host, port: 8080)
        let elsewhere = try await director.endClosedFlows(to: [second])
        XCTAssertEqual(elsewhere, 0)
        let ended = try await director.endClosedFlows(to: [first])
        XCTAssertEqual(ended, 1)
        let left = try flows(in: lab.host).map(\.server)
        XCTAssertEqual(left, [first])
        open.end()
    }

    private func world() async throws -> (NetworkLab, TrafficDirector) {
        let lab = try await RealParts.lab(backends: 2, for: self)
        for (index, namespace) in lab.backends.enumerated() {
            let server = try NetworkLabServer("backend \(index)", in: namespace, port: 80)
            addTeardownBlock { server.stop() }
        }
        return (lab, TrafficDirector(in: lab.host))
    }

    private func lead(to backend: Int, _ director: TrafficDirector) async throws {
        let network = Network(
            environment: "prod",
            bridge: "br-lab",
            subnet: Sample.subnet("172.30.0.0/24")
        )
        let chain = Sample.web([.hostPort(8080)], [Sample.backend(backend + 1)])
        let wanted = try Sample.ruleset([chain], networks: [network])
        if let changes = wanted.changes(from: try await director.observe()) {
            try await director.apply(changes)
        }
    }

    /// Connects from always the same port.
    private func connect(from namespace: NetworkNamespace) throws -> Int32 {
        let opened = try namespace.visit { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        var yes: Int32 = 1
        setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        SocketCalls.setTimeout(opened, .seconds(5))
        let isBound = SocketCalls.withAddress(IPv4Address(rawValue: 0), port) {
            bind(opened, $0, $1)
        }
        XCTAssertEqual(isBound, 0)
        XCTAssertTrue(SocketCalls.connect(opened, host, 8080))
        return opened
    }

    /// What the host's connection table knows of our callers.
    private func flows(in namespace: NetworkNamespace) throws -> [Flow] {
        var found: [Flow] = []
        try namespace.visit { () throws(SystemCallFailure) in
            try ConnectionTable.visit {
                if Self.isOurs($0) { found.append($0) }
            }
        }
        return found
    }

    private static func isOurs(_ flow: Flow) -> Bool { flow.original.destinationPort == 8080 }
}
