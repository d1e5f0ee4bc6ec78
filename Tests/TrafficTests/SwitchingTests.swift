import Addresses
import Load
import Foundation
import Platform
import TestSupport
import XCTest

@testable import Traffic

/// What the design rests on: switches under load lose nothing, wherever callers are.
final class SwitchingTests: XCTestCase {
    private let service = Sample.address("172.30.0.99")

    /// Three containers behind port 80, and the host's rules for some of them.
    private func world() async throws -> (NetworkLab, TrafficDirector) {
        let lab = try await RealParts.lab(backends: 3, for: self)
        for (index, namespace) in lab.backends.enumerated() {
            let server = try NetworkLabServer("backend \(index)", in: namespace, port: 80)
            addTeardownBlock { server.stop() }
        }
        let director = TrafficDirector(in: lab.host)
        try await director.enableLocalRouting(on: lab.bridge)
        let subnet = Sample.subnet("172.30.0.0/24")
        for count in [1, 0] {
            let set = try await director.setServiceAddresses(
                [service],
                of: subnet,
                on: lab.bridge
            )
            XCTAssertEqual(set, count)
        }
        let changed = try await director.enableHairpin(on: lab.bridge)
        XCTAssertEqual(changed, 3)
        let again = try await director.enableHairpin(on: lab.bridge)
        XCTAssertEqual(again, 0)
        return (lab, director)
    }

    private func ruleset(_ backends: [Int]) throws -> Ruleset {
        let network = Network(
            environment: "prod",
            bridge: "br-lab",
            subnet: Sample.subnet("172.30.0.0/24")
        )
        let backends = backends.map { Sample.backend($0 + 1) }
        let ports = Sample.web([.hostPort(8080), .port(9090, at: .four(.loopback))], backends)
        let all = ServiceChain(
            name: ChainName(environment: "prod", service: "web", bridge: "br-lab"),
            entryPoints: [.service(service, bridge: "br-lab")],
            backends: backends
        )
        return try Sample.ruleset([ports, all], networks: [network])
    }

    private func targets(_ lab: NetworkLab) -> [Target] {
        let host = Sample.address(NetworkLab.hostAddress)
        return [
            .init("from 127.0.0.1", from: lab.host, to: .loopback, port: 8080),
            .init("127.0.0.1 only", from: lab.host, to: .loopback, port: 9090),
            .init("from the host", from: lab.host, to: host, port: 8080),
            .init("from a neighbour", from: lab.client, to: host, port: 8080),
            .init("from the same network", from: lab.backends[0], to: service, port: 80),
            .init(
                "from the same network to the host's port",
                from: lab.backends[1],
                to: host,
                port: 8080
            ),
        ]
    }

    func testAHundredSwitchesUnderLoadLoseNothing() async throws {
        let (lab, director) = try await world()
        let sets = [[0], [1], [0, 1], [2], [0, 1, 2], [1, 2]]
        var changes = try XCTUnwrap(ruleset([2]).changes(from: .absent))
        try await director.apply(changes)
        let targets = targets(lab)
        let load = LoadGenerator(targets, pause: .microseconds(500))
        let started = ContinuousClock.now
        var slowest = Duration.zero
        var total = Duration.zero
        for round in 0..<100 {
            let seen = load.count
            let wanted = try ruleset(sets[round % sets.count])
            let observed = try await director.observe()
            changes = try XCTUnwrap(wanted.changes(from: observed))
            XCTAssertTrue(
                changes.statements.allSatisfy {
                    $0.hasPrefix("flush chain") || $0.hasPrefix("add rule")
                },
                changes.script
            )
            let time = try await ContinuousClock().measure { try await director.apply(changes) }
            (slowest, total) = (max(slowest, time), total + time)
            try await eventually("connections go on") { load.count > seen + 50 }
        }
        let reports = await load.stop()
        let elapsed = ContinuousClock.now - started
        for target in targets {
            let report = try XCTUnwrap(reports[target.name], target.name)
            XCTAssertEqual(report.failures, [:], target.name)
            XCTAssertEqual(report.answers.count, 3, "\(target.name) \(report.answers)")
            print("\(target.name): \(report.succeeded), slowest \(report.slowest)")
        }
        let sum = reports.values.reduce(0) { $0 + $1.succeeded }
        print(
            "100 switches: \(sum) connections, \(Int(Double(sum) / (elapsed / .seconds(1)))) a second; "
                + "one switch \(total / 100), slowest \(slowest)"
        )
    }

    func testConnectionsAreShared() async throws {
        let (lab, director) = try await world()
        let changes = try XCTUnwrap(ruleset([0, 1, 2]).changes(from: .absent))
        try await director.apply(changes)
        let host = Sample.address(NetworkLab.hostAddress)
        let load = LoadGenerator([.init("load", from: lab.client, to: host, port: 8080)])
        try await eventually("300 connections") { load.count >= 300 }
        let reports = await load.stop()
        let report = try XCTUnwrap(reports["load"])
        XCTAssertEqual(report.failures, [:])
        XCTAssertEqual(report.answers.count, 3)
        for (name, count) in report.answers {
            XCTAssertLessThanOrEqual(abs(count - report.succeeded / 3), 2, name)
        }
    }

    func testOneAddressWinsOverAll() async throws {
        let (lab, director) = try await world()
        let network = Network(
            environment: "prod",
            bridge: "br-lab",
            subnet: Sample.subnet("172.30.0.0/24")
        )
        let ruleset = try Sample.ruleset(
            [
                Sample.web([.hostPort(8080)], [Sample.backend(1)]),
                ServiceChain(
                    name: Sample.name("admin"),
                    entryPoints: [.port(8080, at: .four(.loopback))],
                    backends: [Sample.backend(2)]
                ),
            ],
            networks: [network]
        )
        try await director.apply(try XCTUnwrap(ruleset.changes(from: .absent)))
        let host = Sample.address(NetworkLab.hostAddress)
        let load = LoadGenerator(
            [
                .init("loopback", from: lab.host, to: .loopback, port: 8080),
                .init("host", from: lab.host, to: host, port: 8080),
                .init("neighbour", from: lab.client, to: host, port: 8080),
            ],
            pause: .milliseconds(1)
        )
        try await eventually("some connections") { load.count >= 60 }
        let reports = await load.stop()
        XCTAssertEqual(reports["loopback"]?.answers.keys.sorted(), ["backend 1"])
        XCTAssertEqual(reports["host"]?.answers.keys.sorted(), ["backend 0"])
        XCTAssertEqual(reports["neighbour"]?.answers.keys.sorted(), ["backend 0"])
    }

    func testANeighbourDoesNotReachTheLoopback() async throws {
        let (lab, director) = try await world()
        let server = try NetworkLabServer("private", in: lab.host, port: 7000)
        addTeardownBlock { server.stop() }
        try await Command("ip", ["route", "add", "127.0.0.0/8", "via", NetworkLab.hostAddress])
            .spoof(in: lab.client)
        try await Command("ip", ["route", "add", "127.0.0.0/8", "via", "172.30.0.1"])
            .spoof(in: lab.backends[0])
        func reached() async throws -> [String: Report] {
            let load = LoadGenerator(
                [
                    .init("neighbour", from: lab.client, to: .loopback, port: 7000),
                    .init("container", from: lab.backends[0], to: .loopback, port: 7000),
                ],
                timeout: .milliseconds(300)
            )
            try await eventually("two attempts") { load.count >= 2 }
            return await load.stop()
        }
        // Without the guard a container does get through: what `route_localnet` relaxes.
        let unguarded = try await reached()
        XCTAssertGreaterThan(unguarded["container"]?.succeeded ?? 0, 0)
        let changes = try XCTUnwrap(ruleset([0]).changes(from: .absent))
        try await director.apply(changes)
        for (name, report) in try await reached() { XCTAssertEqual(report.succeeded, 0, name) }
    }

    func testWithoutABackendConnectionsAreRefusedAtOnce() async throws {
        let (lab, director) = try await world()
        let changes = try XCTUnwrap(ruleset([]).changes(from: .absent))
        try await director.apply(changes)
        let unknown = Sample.address("198.19.200.1")
        let targets =
            targets(lab) + [
                .init("service from the host", from: lab.host, to: service, port: 80),
                .init("service from outside", from: lab.client, to: service, port: 80),
                .init("unknown service", from: lab.backends[0], to: unknown, port: 80),
                .init("unknown service from the host", from: lab.host, to: unknown, port: 80),
            ]
        let load = LoadGenerator(targets, timeout: .seconds(3), pause: .milliseconds(10))
        try await eventually("some attempts") { load.count >= 100 }
        for (name, report) in await load.stop() {
            XCTAssertEqual(report.succeeded, 0, name)
            XCTAssertEqual(Array(report.failures.keys), ["connect: Connection refused"], name)
        }
    }

    /// Neither the service nor, at its address, a port of the host.
    func testAServiceIsReachedByItsBridgeAlone() async throws {
        let (lab, director) = try await world()
        try await director.apply(try XCTUnwrap(ruleset([0]).changes(from: .absent)))
        // The lab's other machine has the host as its default route.
        let targets = [80, 8080].flatMap { (port: UInt16) in
            [
                Target("host, \(port)", from: lab.host, to: service, port: port),
                Target("neighbour, \(port)", from: lab.client, to: service, port: port),
            ]
        }
        let load = LoadGenerator(targets, timeout: .seconds(3), pause: .milliseconds(10))
        try await eventually("some attempts") { load.count >= 40 }
        for (name, report) in await load.stop() {
            XCTAssertEqual(Array(report.failures.keys), ["connect: Connection refused"], name)
            XCTAssertEqual(report.succeeded, 0, name)
        }
        let taken = try await director.setServiceAddresses(
            [],
            of: Sample.subnet("172.30.0.0/24"),
            on: lab.bridge
        )
        XCTAssertEqual(taken, 1)
        let left = try await RealParts.run(lab.host, "ip", "-4", "address", "show", lab.bridge)
        XCTAssertTrue(left.contains("172.30.0.1/24"), left)
    }

    func testAFlushedTableIsRestored() async throws {
        let (lab, director) = try await world()
        let wanted = try ruleset([0, 1])
        try await director.apply(try XCTUnwrap(wanted.changes(from: .absent)))
        _ = try await Command("nft", ["flush", "ruleset"]).output(in: lab.host)
        let observed = try await director.observe()
        XCTAssertEqual(observed, .absent)
        let script = Command("nft", ["-f", "-"], input: Array(wanted.script.utf8))
        for round in ["flushed", "there already"] {
            _ = try await script.output(in: lab.host)
            let table = try await director.observe()
            XCTAssertTrue(table == ObservedTable(showing: [wanted]), round)
        }
        let load = LoadGenerator(targets(lab), pause: .milliseconds(1))
        try await eventually("some connections") { load.count >= 100 }
        for (name, report) in await load.stop() { XCTAssertEqual(report.failures, [:], name) }
    }

    func testTamperingIsRepairedUnderLoad() async throws {
        let (lab, director) = try await world()
        let wanted = try ruleset([0, 1])
        let intact = ObservedTable(showing: [wanted])
        try await director.apply(try XCTUnwrap(wanted.changes(from: .absent)))
        let chain = "ip berth svc/prod/web/80-tcp"
        let rows: [(name: String, statements: String)] = [
            ("a rule added", "add rule \(chain) meta l4proto tcp counter"),
            ("a rule put first", "insert rule \(chain) meta l4proto tcp dnat to 172.30.0.13:80"),
            ("rules gone", "flush chain \(chain)"),
            ("the guard gone", "flush chain ip berth guard"),
            ("output gone", "flush chain ip berth output"),
            ("a rule more in a base chain", "add rule ip berth prerouting counter"),
            ("an element gone", "delete element ip berth ports { tcp . 8080 }"),
            (
                "an element elsewhere",
                "delete element ip berth ports { tcp . 8080 }\nadd chain ip berth mine\n"
                    + "add element ip berth ports { tcp . 8080 : goto mine }"
            ),
            (
                "an element accepts",
                "delete element ip berth ports { tcp . 8080 }\n"
                    + "add element ip berth ports { tcp . 8080 : accept }"
            ),
            ("a bridge gone", "delete element ip berth bridges { \"br-lab\" }"),
            ("a policy", "add chain ip berth refuse-output { policy drop; }"),
            (
                "a chain at another priority",
                "flush chain ip berth guard\ndelete chain ip berth guard\n"
                    + "add chain ip berth guard { type filter hook input priority 0; }"
            ),
            (
                "a map of another kind",
                "flush chain ip berth prerouting\nflush chain ip berth output\n"
                    + "delete map ip berth ports\n"
                    + "add map ip berth ports { type inet_service : verdict; }"
            ),
            ("the whole table", "delete table ip berth"),
        ]
        for (name, statements) in rows {
            _ = try await Command("nft", ["-f", "-"], input: Array(statements.utf8))
                .output(in: lab.host)
            let changes = wanted.changes(from: try await director.observe())
            try await director.apply(try XCTUnwrap(changes, name))
            let repaired = try await director.observe()
            XCTAssertNil(wanted.changes(from: repaired), name)
            XCTAssertTrue(repaired[.ip].elements == intact[.ip].elements, name)
            for (chain, rules) in intact[.ip].chains {
                XCTAssertEqual(repaired[.ip].chains[chain], rules, "\(name): \(chain)")
            }
        }
        let load = LoadGenerator(targets(lab), pause: .milliseconds(1))
        try await eventually("some connections") { load.count >= 100 }
        for (name, report) in await load.stop() { XCTAssertEqual(report.failures, [:], name) }
    }
}

extension Command {
    /// Adds a route to 127.0.0.0/8 the way an attacker would: loopback addresses may leave.
    fileprivate func spoof(in namespace: NetworkNamespace) async throws {
        let script =
            "ip addr del 127.0.0.1/8 dev lo; ip route flush table local 127.0.0.0/8; "
            + "sysctl -qw net.ipv4.conf.all.route_localnet=1 net.ipv4.conf.eth0.route_localnet=1"
        _ = try await Command("sh", ["-c", script]).output(in: namespace)
        _ = try await output(in: namespace)
    }
}
