import Platform
import TestSupport
import XCTest

@testable import Traffic

final class ForeignTranslationTests: XCTestCase {
    private static let chain = #"""
        {"chain": {"family": "ip", "table": "nat", "name": "PREROUTING", "type": "nat",
          "hook": "prerouting", "prio": -100}}
        """#
    private static let port = #"""
        {"match": {"op": "==", "right": 8080,
          "left": {"payload": {"protocol": "tcp", "field": "dport"}}}}
        """#
    private static let target = #"{"dnat": {"addr": "10.0.0.5", "port": 80}}"#

    private func parse(_ expressions: String..., chain: String = chain) -> [ForeignTranslation] {
        let rule = #"{"rule": {"family": "ip", "table": "nat", "chain": "PREROUTING", "expr": ["#
        let list = [chain, rule + expressions.joined(separator: ",") + "]}}"]
        let text = #"{"nftables": ["# + list.joined(separator: ",") + "]}"
        return ForeignTranslation.parse(Array(text.utf8))
    }

    private func match(_ left: String, _ right: String, _ sign: String = "==") -> String {
        #"{"match": {"op": "\#(sign)", "left": \#(left), "right": \#(right)}}"#
    }

    func testWhatTakesAllCallersOfAPortIsFound() {
        let destination = #"{"payload": {"protocol": "ip", "field": "daddr"}}"#
        let anyPort = #"{"payload": {"protocol": "th", "field": "dport"}}"#
        let transport = #"{"meta": {"key": "l4proto"}}"#
        let local = match(#"{"fib": {"result": "type", "flags": "daddr"}}"#, #""local""#)
        let set = #"{"set": [53, {"range": [8000, 8099]}]}"#
        let iptables = #"{"xt": {"type": "target", "name": "DNAT"}}"#
        let table: [(name: String, expressions: [String], want: ForeignTranslation?)] = [
            ("a port", [Self.port, Self.target], found()),
            ("iptables", [Self.port, #"{"counter": {}}"#, iptables], found()),
            ("a redirect", [Self.port, #"{"redirect": {"port": 80}}"#], found()),
            ("local only", [local, Self.port, Self.target], found()),
            (
                "a set and a range",
                [match(transport, #""udp""#), match(anyPort, set), Self.target],
                found(.udp, [53...53, 8000...8099])
            ),
            (
                "one address",
                [match(destination, #""192.0.2.1""#), Self.port, Self.target],
                found(address: IPv4Address("192.0.2.1"))
            ),
            ("a verdict alone", [Self.port, #"{"drop": null}"#], nil),
            ("no port", [Self.target], nil),
            (
                "a part of the callers",
                [match(#"{"meta": {"key": "iifname"}}"#, #""wg0""#), Self.port, Self.target], nil
            ),
            (
                "all but one", [match(destination, #""192.0.2.1""#, "!="), Self.port, Self.target],
                nil
            ),
            ("a network", [match(destination, #"{"prefix": {}}"#), Self.port, Self.target], nil),
            ("iptables, accepted", [Self.port, #"{"xt": {"name": "ACCEPT"}}"#], nil),
        ]
        for (name, expressions, want) in table {
            let rule = expressions.joined(separator: ",")
            XCTAssertEqual(parse(rule), want.map { [$0] } ?? [], name)
        }
    }

    private func found(
        _ transport: TransportProtocol = .tcp,
        _ ports: [ClosedRange<Int>] = [8080...8080],
        address: IPv4Address? = nil
    ) -> ForeignTranslation {
        ForeignTranslation(
            table: "ip nat",
            chain: "PREROUTING",
            transport: transport,
            ports: ports,
            address: address
        )
    }

    func testOnlyChainsThatTheKernelCallsAreRead() {
        let regular = #"{"chain": {"family": "ip", "table": "nat", "name": "PREROUTING"}}"#
        XCTAssertEqual(parse(Self.port, Self.target, chain: regular), [])
        XCTAssertEqual(ForeignTranslation.parse(Array("[]".utf8)), [])
        XCTAssertEqual(ForeignTranslation.parse(Array("nothing".utf8)), [])
    }

    func testWhichWaysInAreClaimed() {
        let own = IPv4Address(rawValue: 0xC0_00_02_01)
        let other = IPv4Address(rawValue: 0xC0_00_02_02)
        let table: [(name: String, rule: ForeignTranslation, entrance: Entrance, want: Bool)] = [
            ("the port", found(), .hostPort(8080), true),
            ("another port", found(), .hostPort(8081), false),
            ("another protocol", found(.udp), .hostPort(8080), false),
            ("a port of our address", found(address: own), .hostPort(8080), true),
            ("a port that we route", found(address: other), .hostPort(8080), false),
            ("one address of all", found(), .address(own, port: 8080), true),
            ("the same address", found(address: own), .address(own, port: 8080), true),
            ("another address", found(address: other), .address(own, port: 8080), false),
            ("a service's address", found(), .service(own, bridge: "br-prod"), false),
        ]
        for (name, rule, entrance, want) in table {
            XCTAssertEqual(rule.claims(entrance, .tcp, isHost: { $0 == own }), want, name)
        }
    }

    func testRealRulesOfNftAndIptables() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let director = TrafficDirector(in: lab.host)
        let ways: [(entrance: Entrance, transport: TransportProtocol)] = [
            (.hostPort(8080), .tcp), (.hostPort(9000), .tcp), (.hostPort(8081), .tcp),
        ]
        let before = try await director.foreignTranslations(claiming: ways)
        XCTAssertEqual(before, [nil, nil, nil])
        let script = """
            table ip theirs {
                chain in {
                    type nat hook prerouting priority dstnat;
                    tcp dport 8080 dnat to 10.0.0.5:80
                    iifname "eth9" tcp dport 8081 dnat to 10.0.0.5:80
                    tcp dport { 8999-9001, 53 } redirect to :80
                }
            }
            """
        var command = Command("nft", ["-f", "-"])
        command.input = Array(script.utf8)
        try lab.host.visit { _ = try? command.runBlocking() }
        let after = try await director.foreignTranslations(claiming: ways)
        XCTAssertEqual(after.map { $0?.table }, ["ip theirs", "ip theirs", nil])
    }
}
