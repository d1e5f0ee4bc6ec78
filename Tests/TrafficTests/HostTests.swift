import Addresses
import Foundation
import Platform
import TestSupport
import XCTest

@testable import Traffic

/// What the director does besides rules, on real kernels' parts.
final class HostTests: XCTestCase {
    private let host = Sample.address(NetworkLab.hostAddress)

    @discardableResult
    private func apply(
        _ backends: [Int],
        of name: ChainName,
        on director: TrafficDirector,
        entryPoint: EntryPoint = .hostPort(8080)
    ) async throws -> Ruleset {
        let network = Network(
            environment: "prod",
            bridge: "br-lab",
            subnet: Sample.subnet("172.30.0.0/24")
        )
        let service = ServiceChain(
            name: name,
            entryPoints: [entryPoint],
            backends: backends.map { Sample.backend($0 + 1) }
        )
        let wanted = try Sample.ruleset([service], networks: [network])
        if let changes = wanted.changes(from: try await director.observe()) {
            try await director.apply(changes)
        }
        return wanted
    }

    func testUDPCallersMeetTheNewBackend() async throws {
        let lab = try await RealParts.lab(backends: 2, for: self)
        let director = TrafficDirector(in: lab.host)
        for (index, namespace) in lab.backends.enumerated() {
            let server = try NetworkLabServer(
                "backend \(index)",
                in: namespace,
                port: 53,
                datagrams: true
            )
            addTeardownBlock { server.stop() }
        }
        let name = Sample.name("dns", 53, .udp)
        let caller = try DatagramCaller(in: lab.client, to: host, port: 8080)

        try await apply([], of: name, on: director)
        XCTAssertNil(caller.ask(), "nobody serves")
        let first = try await apply([0], of: name, on: director)
        let unserved = try await director.removeStaleEntries(of: first)
        XCTAssertEqual(unserved, 1, "the entry from the time when nobody served")
        XCTAssertEqual(caller.ask(), "backend 0")

        let second = try await apply([1], of: name, on: director)
        XCTAssertEqual(caller.ask(), "backend 0", "the kernel keeps a caller where it was")
        let ended = try await director.removeStaleEntries(of: second)
        XCTAssertEqual(ended, 1)
        XCTAssertEqual(caller.ask(), "backend 1")
        let again = try await director.removeStaleEntries(of: second)
        XCTAssertEqual(again, 0)
        let moved = try await apply([0], of: name, on: director, entryPoint: .hostPort(8081))
        let other = try await director.removeStaleEntries(of: moved)
        XCTAssertEqual(other, 0, "another port's flows are left alone")
    }

    /// Somebody else's rules take a caller while ours are away; it comes back with them.
    func testCallersThatWereLedAstrayComeBack() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let director = TrafficDirector(in: lab.host)
        let server = try NetworkLabServer("backend 0", in: lab.backends[0], port: 80)
        addTeardownBlock { server.stop() }
        let away = "dnat to \(NetworkLab.clientAddress):1"
        let chain = "{ type nat hook prerouting priority -100; tcp dport 8080 \(away); }"
        let table = "table ip foreign { chain prerouting \(chain); }"
        try await RealParts.run(lab.host, "nft", table)
        let call = Task { [host] in
            await BlockingQueue(label: "caller").run {
                let socket = try? lab.client.visit { () throws(SocketError) in
                    try StreamSocket.connect(
                        to: .tcp(.four(host), port: 8080),
                        until: .now + .seconds(10)
                    )
                }
                return socket != nil
            }
        }
        try await eventually("the caller is on its way to nowhere") {
            try lab.host.visit { () throws(SystemCallFailure) in
                var count = 0
                try ConntrackTable.visit { count += $0.isUnansweredConnection ? 1 : 0 }
                return count == 1
            }
        }
        try await RealParts.run(lab.host, "nft", "delete table ip foreign")
        let wanted = try await apply([0], of: Sample.name("web"), on: director)
        let ended = try await director.removeStaleEntries(of: wanted)
        XCTAssertEqual(ended, 1)
        let isConnected = await call.value
        XCTAssertTrue(isConnected, "its first packet comes again after a second")
    }

    func testWhichFlowsAreStale() throws {
        let four = { (text: String) in IPAddress.four(Sample.address(text)) }
        let six = { (text: String) in IPv6Address(text).map(IPAddress.six) ?? .six(.any) }
        let (host, host6) = (four(NetworkLab.hostAddress), six("2001:db8::1"))
        let service = four("198.19.0.5")
        let (backend, drained) = (four("172.30.0.11"), four("172.30.0.99"))
        let (backend6, drained6) = (six("fd00::ac1e:b"), six("fd00::ac1e:63"))
        let (elsewhere, elsewhere6) = (four("8.8.8.8"), six("2001:db8:8::8"))
        let ways = EntryPointIndex(
            try Sample.ruleset(
                [
                    ServiceChain(
                        name: Sample.name("dns", 53, .udp),
                        entryPoints: [
                            .hostPort(53), .hostPort6(53),
                            .port(54, at: .four(Sample.address("198.19.0.5"))),
                        ],
                        backends: [Sample.backend(1)]
                    ), Sample.web([.hostPort(80), .hostPort6(80)], [Sample.backend(1)]),
                ],
                networks: [Sample.network6]
            ),
            host: HostAddresses(addresses: [host, host6])
        )
        typealias Row = (
            name: String, transport: TransportProtocol, to: IPAddress, port: UInt16,
            state: UInt8?, server: IPAddress, isStale: Bool
        )
        let rows: [Row] = [
            ("a host port", .udp, host, 53, nil, drained, true),
            ("led right", .udp, host, 53, nil, backend, false),
            ("on the loopback", .udp, four("127.0.0.1"), 53, nil, drained, true),
            ("on all of it", .udp, four("127.1.2.3"), 53, nil, drained, true),
            ("another host port", .udp, host, 54, nil, drained, false),
            ("an address", .udp, service, 54, nil, drained, true),
            ("its other port", .udp, service, 53, nil, drained, false),
            ("somebody else's port", .udp, elsewhere, 53, nil, elsewhere, false),
            ("unanswered, astray", .tcp, host, 80, 1, elsewhere, true),
            ("unanswered, at a backend", .tcp, host, 80, 1, backend, false),
            ("unanswered, at one that drains", .tcp, host, 80, 1, drained, false),
            ("answered, astray", .tcp, host, 80, 3, elsewhere, false),
            ("another port, astray", .tcp, host, 81, 1, elsewhere, false),
            ("IPv6: a host port", .udp, host6, 53, nil, drained6, true),
            ("IPv6: led right", .udp, host6, 53, nil, backend6, false),
            ("IPv6: another host port", .udp, host6, 54, nil, drained6, false),
            ("IPv6: somebody else's port", .udp, elsewhere6, 53, nil, elsewhere6, false),
            ("IPv6: unanswered, astray", .tcp, host6, 80, 1, elsewhere6, true),
            ("IPv6: unanswered, at one that drains", .tcp, host6, 80, 1, drained6, false),
        ]
        for row in rows {
            var flow = ConntrackEntry()
            flow.original.transport = row.transport.number
            (flow.original.destination, flow.original.destinationPort) = (row.to, row.port)
            flow.reply.source = row.server
            flow.tcpState = row.state
            XCTAssertEqual(ways.isStale(flow), row.isStale, row.name)
        }
    }

    func testOpenConnectionsAreCounted() async throws {
        let lab = try await RealParts.lab(backends: 2, for: self)
        let director = TrafficDirector(in: lab.host)
        let server = try NetworkLabServer("backend 0", in: lab.backends[0], port: 80)
        addTeardownBlock { server.stop() }
        try await apply([0], of: Sample.name("web"), on: director)
        let first = IPAddress.four(Sample.address("172.30.0.11"))
        let second = IPAddress.four(Sample.address("172.30.0.12"))
        let addresses: Set = [first, second]
        var counts = await director.openConnections(to: addresses)
        XCTAssertEqual(counts?.values.reduce(0, +), 0)
        let connections = try (0..<3).map { _ in
            try StreamCaller(in: lab.client, to: host, port: 8080)
        }
        counts = await director.openConnections(to: addresses)
        XCTAssertEqual(counts?[first], 3)
        XCTAssertEqual(counts?[second], 0)
        connections.forEach { $0.end() }
        try await eventually("connections to be over") {
            let counts = await director.openConnections(to: addresses)
            return counts?[first] == 0
        }
        let ended = try await director.removeEntries(to: addresses)
        XCTAssertLessThanOrEqual(ended, 3)
    }

    func testABridgesPortThatGoesAwayStopsNobody() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let count = try lab.host.visit { () throws(SystemCallFailure) in
            let port = if_nametoindex("port0")
            return try Bridge(lab.bridge).enableHairpin(of: [99_999, port])
        }
        XCTAssertEqual(count, 1)
    }

    func testChangesAreTold() async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let director = TrafficDirector(in: lab.host)
        let changes = try await director.changes()
        var told = changes.makeAsyncIterator()
        try await apply([0], of: Sample.name("web"), on: director)
        for statement in [
            "add rule ip berth guard counter", "delete element ip berth ports { tcp . 8080 }",
            "flush chain ip berth svc/prod/web/80-tcp", "flush ruleset",
        ] {
            let first: Void? = await told.next()
            XCTAssertNotNil(first, "before \(statement)")
            _ = try await Command("nft", ["-f", "-"], input: Array(statement.utf8))
                .output(in: lab.host)
        }
        let last: Void? = await told.next()
        XCTAssertNotNil(last)
        let silent = Task {
            for await _ in changes { return true }; return false
        }
        silent.cancel()
        let heard = await silent.value
        XCTAssertFalse(heard, "a cancelled reader ends")
    }

    func testOtherTablesAreNotTold() async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let director = TrafficDirector(in: lab.host)
        let socket = try lab.host.visit { () throws(SystemCallFailure) in
            SocketBox(try NetlinkSocket(.netfilter, groups: TableWatch.announcements))
        }
        for other in ["ip other", "ip6 other", "inet berth"] {
            let script = "add table \(other)\nadd chain \(other) guard\n"
            _ = try await Command("nft", ["-f", "-"], input: Array(script.utf8))
                .output(in: lab.host)
            XCTAssertFalse(TableWatch.drain(socket.descriptor), other)
        }
        try await apply([0], of: Sample.name("web"), on: director)
        XCTAssertTrue(TableWatch.drain(socket.descriptor))
        XCTAssertFalse(TableWatch.drain(socket.descriptor))
        try await RealParts.run(lab.host, "nft", "add table ip6 berth")
        XCTAssertTrue(TableWatch.drain(socket.descriptor), "ours of IPv6")
    }

    func testErrorsNameTheStatement() async throws {
        let lab = try await RealParts.lab(backends: 0, for: self)
        let director = TrafficDirector(in: lab.host)
        let wrong = Transaction(
            statements: ["add table ip berth", "flush chain ip berth nowhere"],
            isSweep: false
        )
        for action in ["check", "apply"] {
            do {
                try await action == "check" ? director.check(wrong) : director.apply(wrong)
                XCTFail("must fail")
            } catch {
                XCTAssertEqual(error.kind, .notFound)
                XCTAssertEqual(error.statement, wrong.statements[1])
            }
        }
        let observed = try await director.observe()
        XCTAssertEqual(observed, .absent, "nothing of it took place")
    }

    func testANftThatHangsOrIsMissingOrTalksNonsense() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("berth-nft-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        addTeardownBlock { try? FileManager.default.removeItem(at: folder) }
        let rows: [(script: String, want: TrafficError.Kind)] = [
            ("exec sleep 60", .timedOut), ("echo nonsense", .unreadable),
            ("echo '[]'", .unreadable),
            ("echo '{\"nftables\": 5}'", .unreadable), ("exit 1", .refused),
            ("echo 'Operation not permitted (you must be root)' >&2; exit 1", .notPermitted),
        ]
        for (number, row) in rows.enumerated() {
            let path = folder.appendingPathComponent("nft\(number)").path
            try "#!/bin/sh\n\(row.script)\n".write(toFile: path, atomically: false, encoding: .utf8)
            chmod(path, 0o755)
            await assertFails(TrafficDirector(nft: path, deadline: .milliseconds(500)), row.want)
        }
        await assertFails(TrafficDirector(nft: "\(folder.path)/none"), .notInstalled)
        let nowhere = NetworkNamespace(path: "\(folder.path)/none")
        await assertFails(TrafficDirector(in: nowhere), .refused)
    }

    private func assertFails(_ director: TrafficDirector, _ want: TrafficError.Kind) async {
        do {
            _ = try await director.observe()
            XCTFail("must fail with \(want)")
        } catch {
            XCTAssertEqual(error.kind, want, error.description)
        }
    }
}
