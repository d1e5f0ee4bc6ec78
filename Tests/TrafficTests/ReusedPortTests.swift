import Addresses
import Foundation
import Load
import Platform
import TestSupport
import XCTest

@testable import Traffic

/// A caller who uses a port again is not mistaken for who it was before.
final class ReusedPortTests: XCTestCase {
    private let host = Sample.address(NetworkLab.hostAddress)
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
                try ConntrackTable.identities(over: NetlinkSocket(.netfilter)) {
                    Self.isOurs($0) && $0.server == first
                }
            }
            try await lead(to: 1, director)
            let present = try connect(from: lab.client)
            defer {
                SocketCalls.resetOnClose(present)
                close(present)
            }
            try lab.host.visit { () throws(SystemCallFailure) in
                try ConntrackTable.remove(stale, over: try NetlinkSocket(.netfilter))
            }
            let left = try entries(in: lab.host).filter(\.isOpenConnection).map(\.server)
            XCTAssertEqual(left, [second], "round \(round)")
        }
    }

    func testAReusedPortMeetsTheNewContainerAtOnceAfterTheOldOneResetIt() async throws {
        let lab = try await RealParts.lab(backends: 2, for: self)
        let director = TrafficDirector(in: lab.host)
        let old = try ResettingServer(in: lab.backends[0], port: 80)
        addTeardownBlock { old.stop() }
        try await director.enableLocalRouting(on: lab.bridge)
        let new = try NetworkLabServer("new", in: lab.backends[1], port: 80)
        addTeardownBlock { new.stop() }
        for (side, namespace, address) in callers(lab) {
            try await lead(to: 0, director)
            let ports = 40_200..<UInt16(40_232)
            let kept = try ports.map { try connect(from: namespace, $0, to: address) }
            XCTAssertTrue(old.accepts(kept.count), side)
            try await lead(to: 1, director)
            old.resetAll()
            for (port, socket) in zip(ports, kept) {
                var byte: UInt8 = 0
                XCTAssertLessThanOrEqual(recv(socket, &byte, 1, 0), 0, "\(side): reset or closed")
                close(socket)
                let began = ContinuousClock.now
                let again = try connect(from: namespace, port, to: address)
                XCTAssertEqual(ask(again), "new", "\(side), port \(port)")
                XCTAssertLessThan(began.duration(to: .now), .milliseconds(900), side)
                SocketCalls.resetOnClose(again)
                close(again)
            }
        }
    }

    func testWhatClosesWhileItsContainerLeavesIsNotLeftBehind() async throws {
        let (lab, director) = try await world()
        try await keepClosedConnections(in: lab)
        try await director.enableConnectionEvents()
        try await lead(to: 0, director)
        let before = try connect(from: lab.client)
        XCTAssertEqual(ask(before), "backend 0")
        close(before)
        try await eventually("closed, and kept for stragglers") {
            try self.entries(in: lab.host).map(\.isClosedConnection) == [true]
        }
        let open = try StreamCaller(in: lab.client, to: host, port: 8080)
        try await director.watchClosedConnections(of: [second], in: "prod")
        XCTAssertEqual(try entries(in: lab.host).count, 2, "none leads there")
        try await director.watchClosedConnections(of: [first], in: "prod")
        XCTAssertEqual(try entries(in: lab.host).map(\.isOpenConnection), [true], "at once")
        open.end()
        for _ in 0..<50 {
            let caller = try connect(from: lab.client)
            XCTAssertEqual(ask(caller), "backend 0")
            close(caller)
            try await eventually("announced and removed") {
                try self.entries(in: lab.host).isEmpty
            }
        }
        try await director.watchClosedConnections(of: [], in: "prod")
        let after = try connect(from: lab.client)
        XCTAssertEqual(ask(after), "backend 0")
        close(after)
        try await eventually("closed, and kept again") {
            try self.entries(in: lab.host).map(\.isClosedConnection) == [true]
        }
    }

    /// From another machine, from the host by its own address and by 127.0.0.1.
    private func callers(
        _ lab: NetworkLab
    ) -> [(side: String, namespace: NetworkNamespace, address: IPv4Address)] {
        [
            ("another machine", lab.client, host), ("the host's address", lab.host, host),
            ("127.0.0.1", lab.host, Sample.address("127.0.0.1")),
        ]
    }

    private func keepClosedConnections(in lab: NetworkLab) async throws {
        try await RealParts.run(
            lab.host,
            "sysctl",
            "-qw",
            "net.netfilter.nf_conntrack_tcp_timeout_time_wait=60"
        )
    }

    private func ask(_ socket: Int32) -> String {
        let request = "GET / HTTP/1.0\r\n\r\n"
        _ = send(socket, request, request.utf8.count, Int32(MSG_NOSIGNAL))
        var answer = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return answer.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
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

    /// Connects from always the same port, unless another is named.
    private func connect(
        from namespace: NetworkNamespace,
        _ port: UInt16 = 40123,
        to host: IPv4Address = Sample.address(NetworkLab.hostAddress)
    ) throws -> Int32 {
        let opened = try namespace.visit { socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        var yes: Int32 = 1
        setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        SocketCalls.setTimeout(opened, .seconds(5))
        let isBound = RawSocketAddress(.four(.any), port: port).read {
            bind(opened, $0, $1)
        }
        XCTAssertEqual(isBound, 0)
        XCTAssertTrue(SocketCalls.connect(opened, host, 8080))
        return opened
    }

    /// What the host's connection table knows of our callers.
    private func entries(in namespace: NetworkNamespace) throws -> [ConntrackEntry] {
        var found: [ConntrackEntry] = []
        try namespace.visit { () throws(SystemCallFailure) in
            try ConntrackTable.visit {
                if Self.isOurs($0) { found.append($0) }
            }
        }
        return found
    }

    private static func isOurs(_ entry: ConntrackEntry) -> Bool {
        entry.original.destinationPort == 8080
    }
}
