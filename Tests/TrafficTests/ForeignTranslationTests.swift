import Addresses
import Platform
import TestSupport
import XCTest

@testable import Traffic

/// Which entry points the rules of others take, as nft and iptables show these rules.
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
    private static let own = IPv4Address(rawValue: 0xC000_0201)  // 192.0.2.1

    private func parse(_ expressions: String, chain: String = chain) -> [ForeignTranslation] {
        let rule = #"{"rule": {"family": "ip", "table": "nat", "chain": "PREROUTING", "expr": ["#
        let list = [chain, rule + expressions + "]}}"]
        let text = #"{"nftables": ["# + list.joined(separator: ",") + "]}"
        return NftRules.parse(Array(text.utf8)).rules.translations
    }

    private func match(_ left: String, _ right: String, _ sign: String = "==") -> String {
        #"{"match": {"op": "\#(sign)", "left": \#(left), "right": \#(right)}}"#
    }

    /// Whether any of the rules takes an entry point of a host with the address 192.0.2.1.
    private func claims(
        _ rules: [ForeignTranslation],
        _ entryPoint: EntryPoint,
        _ transport: TransportProtocol = .tcp
    ) -> Bool {
        let addresses = [IPAddress.four(Self.own), .four(.loopback), .six(.loopback)]
        let host = NumberRanges(addresses.map { $0.number...$0.number })
        guard let claim = PortClaim(entryPoint, transport)?.limited(to: host) else { return false }
        return rules.contains { $0.claims(claim) }
    }

    func testExpressions() {
        let destination = #"{"payload": {"protocol": "ip", "field": "daddr"}}"#
        let anyPort = #"{"payload": {"protocol": "th", "field": "dport"}}"#
        let transport = #"{"meta": {"key": "l4proto"}}"#
        let type = #"{"fib": {"result": "type", "flags": "daddr"}}"#
        let set = #"{"set": [53, {"range": [8000, 8099]}]}"#
        let iptables = #"{"xt": {"type": "target", "name": "DNAT"}}"#
        let map = #"{"map": {"key": \#(anyPort), "data": {"set": [[8080, "10.0.0.5"]]}}}"#
        let other = #"{"map": {"key": \#(anyPort), "data": {"set": [[80, "10.0.0.5"]]}}}"#
        let concat = #"{"concat": [\#(destination), \#(transport), \#(anyPort)]}"#
        func triple(_ port: Int) -> String {
            #"{"set": [{"concat": ["192.0.2.1", "tcp", \#(port)]}]}"#
        }
        let rows: [(name: String, expressions: [String], isClaimed: Bool)] = [
            ("a port", [Self.port, Self.target], true),
            ("iptables", [Self.port, #"{"counter": {}}"#, iptables], true),
            ("a redirect", [Self.port, #"{"redirect": {"port": 80}}"#], true),
            ("a transparent proxy", [Self.port, #"{"tproxy": {"port": 80}}"#], true),
            ("local only", [match(type, #""local""#), Self.port, Self.target], true),
            ("all but local", [match(type, #""local""#, "!="), Self.port, Self.target], false),
            (
                "a set with a range",
                [match(transport, #""tcp""#), match(anyPort, set), Self.target],
                true
            ),
            (
                "another protocol",
                [match(transport, #""udp""#), match(anyPort, set), Self.target],
                false
            ),
            ("another port", [match(anyPort, "8081"), Self.target], false),
            ("at least", [match(anyPort, "8080", ">="), Self.target], true),
            ("more than", [match(anyPort, "8080", ">"), Self.target], false),
            ("all ports but one", [match(anyPort, "22", "!="), Self.target], true),
            ("all ports but this", [match(anyPort, "8080", "!="), Self.target], false),
            ("our address", [match(destination, #""192.0.2.1""#), Self.port, Self.target], true),
            (
                "an address that we route",
                [match(destination, #""192.0.2.2""#), Self.port, Self.target], false
            ),
            (
                "our network",
                [
                    match(destination, #"{"prefix": {"addr": "192.0.2.0", "len": 24}}"#), Self.port,
                    Self.target,
                ], true
            ),
            (
                "another network",
                [
                    match(destination, #"{"prefix": {"addr": "10.0.0.0", "len": 8}}"#), Self.port,
                    Self.target,
                ], false
            ),
            (
                "all but another address",
                [match(destination, #""192.0.2.2""#, "!="), Self.port, Self.target], true
            ),
            (
                "a part of the callers",
                [match(#"{"meta": {"key": "iifname"}}"#, #""wg0""#), Self.port, Self.target], true
            ),
            ("a map of targets", [#"{"dnat": {"addr": \#(map)}}"#], true),
            ("a map of other ports", [#"{"dnat": {"addr": \#(other)}}"#], false),
            ("a redirect by a map", [#"{"redirect": {"port": \#(map)}}"#], true),
            ("all at once", [match(concat, triple(8080)), Self.target], true),
            ("all at once, another port", [match(concat, triple(8081)), Self.target], false),
            ("a whole host", [Self.target], true),
            ("a verdict alone", [Self.port, #"{"drop": null}"#], false),
            ("iptables, accepted", [Self.port, #"{"xt": {"name": "ACCEPT"}}"#], false),
            ("nonsense", [#"{"match": {"op": 7}}"#, #"{"jump": 7}"#, #"7"#], false),
        ]
        for (name, expressions, isClaimed) in rows {
            let rules = parse(expressions.joined(separator: ","))
            XCTAssertEqual(claims(rules, .hostPort(8080)), isClaimed, name)
        }
    }

    func testOnlyChainsThatTheKernelCallsAreRead() {
        let regular = #"{"chain": {"family": "ip", "table": "nat", "name": "PREROUTING"}}"#
        let rule = [Self.port, Self.target].joined(separator: ",")
        XCTAssertEqual(parse(rule, chain: regular), [])
        for hook in ["input", "forward", "postrouting"] {
            let chain = Self.chain.replacingOccurrences(of: "prerouting", with: hook)
            XCTAssertEqual(parse(rule, chain: chain), [], hook)
        }
        for bytes in ["[]", "nothing", "", #"{"nftables": 7}"#, #"{"nftables": [7, {"rule": 7}]}"#]
        {
            XCTAssertEqual(NftRules.parse(Array(bytes.utf8)).rules.translations, [], bytes)
        }
    }

    /// A jump that goes round ends, and rules that multiply with each other do, too.
    func testRulesWithoutEnd() {
        func rules(_ count: Int, _ verdict: ForeignRules.Rule.Verdict) -> [ForeignRules.Rule] {
            Array(
                repeating: .init(claims: [.everything], isExact: true, verdict: verdict),
                count: count
            )
        }
        let place = ForeignRules.Place(table: "ip nat", chain: "a")
        var book = ForeignRules()
        book.starts = [.init(place: place, priority: 0)]
        book.rules[place] = rules(50, .jump("a")) + rules(1, .translate)
        let clock = ContinuousClock()
        let took = clock.measure { XCTAssertFalse(book.translations.isEmpty) }
        XCTAssertLessThan(took, .seconds(20))
    }

    func testIptablesSave() {
        let head = "*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n"
        let rows: [(name: String, lines: [String], isClaimed: Bool)] = [
            ("a port", ["-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to 10.0.0.5:80"], true),
            (
                "a range", ["-A OUTPUT -p tcp -m tcp --dport 8000:8099 -j REDIRECT --to-ports 1"],
                true
            ),
            (
                "several",
                ["-A PREROUTING -p tcp -m multiport --dports 53,8080 -j DNAT --to 1.1.1.1"],
                true
            ),
            (
                "other ports",
                ["-A PREROUTING -p tcp -m multiport --dports 53,80 -j DNAT --to 1.1.1.1"],
                false
            ),
            (
                "another protocol",
                ["-A PREROUTING -p udp -m udp --dport 8080 -j DNAT --to 1.1.1.1"],
                false
            ),
            (
                "all ports but this",
                ["-A PREROUTING -p tcp -m tcp ! --dport 8080 -j DNAT --to 1.1.1.1"], false
            ),
            ("a network", ["-A PREROUTING -d 192.0.2.0/24 -p tcp -j DNAT --to 1.1.1.1"], true),
            (
                "a mask", ["-A PREROUTING -d 192.0.2.0/255.255.255.0 -p tcp -j DNAT --to 1.1.1.1"],
                true
            ),
            (
                "another address", ["-A PREROUTING -d 192.0.2.2/32 -p tcp -j DNAT --to 1.1.1.1"],
                false
            ),
            (
                "as Docker has it",
                [
                    "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
                    "-A DOCKER -i docker0 -j RETURN",
                    "-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to 172.17.0.2:80",
                ], true
            ),
            (
                "a chain that is not called",
                ["-A DOCKER -p tcp -m tcp --dport 8080 -j DNAT --to 172.17.0.2:80"], false
            ),
            (
                "not for the host",
                ["-A PREROUTING -m addrtype ! --dst-type LOCAL -p tcp -j DNAT --to 1.1.1.1"], false
            ),
            (
                "let through before",
                [
                    "-A PREROUTING -p tcp -m tcp --dport 8080 -j RETURN",
                    "-A PREROUTING -p tcp -j REDIRECT --to-ports 1",
                ], false
            ),
            (
                "some let through before",
                [
                    "-A PREROUTING -i wg0 -p tcp -m tcp --dport 8080 -j RETURN",
                    "-A PREROUTING -p tcp -j REDIRECT --to-ports 1",
                ], true
            ),
            (
                "a comment",
                [#"-A PREROUTING -m comment --comment "a \" -j DNAT" -p tcp -j ACCEPT"#], false
            ),
            ("nonsense", ["-A", "-A ", "-A PREROUTING -d", "-A PREROUTING !", "-A X -j"], false),
        ]
        for (name, lines, isClaimed) in rows {
            let text = head + lines.joined(separator: "\n") + "\nCOMMIT\n"
            let read = IptablesRules.parse(text, .ip) { "ip \($0)" }
            XCTAssertEqual(read.tables, ["ip nat"], name)
            XCTAssertEqual(claims(read.rules.translations, .hostPort(8080)), isClaimed, name)
        }
    }

    /// What is called for which entry point, on the kernel itself.
    func testRealRules() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let director = TrafficDirector(in: lab.host)
        let ways: [(entryPoint: EntryPoint, transport: TransportProtocol, isRouted: Bool)] = [
            (.hostPort(8080), .tcp, false), (.hostPort6(8080), .tcp, false),
            (.port(8080, at: .four(.loopback)), .tcp, false), (.hostPort(8080), .udp, false),
            (.hostPort(8081), .tcp, false), (.hostPort(8080), .tcp, true),
        ]
        // In the order of the ways: all of IPv4, of IPv6, 127.0.0.1, datagrams, another port, and
        // a port that the table routes already.
        let nothing = [false, false, false, false, false, false]
        let rows: [(name: String, commands: [[String]], table: String, want: [Bool])] = [
            ("nothing", [], "", nothing),
            (
                "ip", nft("ip", "type nat hook prerouting priority dstnat", "dnat to 10.0.0.5:80"),
                "ip theirs", [true, false, true, false, false, false]
            ),
            (
                "ip6", nft("ip6", "type nat hook prerouting priority dstnat", "redirect to :80"),
                "ip6 theirs", [false, true, false, false, false, false]
            ),
            (
                "inet", nft("inet", "type nat hook prerouting priority dstnat", "redirect to :80"),
                "inet theirs", [true, true, true, false, false, false]
            ),
            (
                "before ours",
                nft("inet", "type nat hook prerouting priority -150", "redirect to :80"),
                "inet theirs", [true, true, true, false, false, true]
            ),
            (
                "locally", nft("ip", "type nat hook output priority -150", "redirect to :80"),
                "ip theirs", [true, false, true, false, false, true]
            ),
            (
                "a transparent proxy",
                nft("ip", "type filter hook prerouting priority mangle", "tproxy to :80"),
                "ip theirs", [true, false, true, false, false, true]
            ),
            (
                "a chain that is called by a map",
                [
                    ["nft", "add table inet theirs"],
                    ["nft", "add chain inet theirs web"],
                    ["nft", "add rule inet theirs web meta l4proto tcp redirect to :80"],
                    [
                        "nft",
                        "add map inet theirs ports { type inet_service : verdict; "
                            + "elements = { 8080 : jump web }; }",
                    ],
                    [
                        "nft",
                        "add chain inet theirs in { type nat hook prerouting priority dstnat; }",
                    ],
                    ["nft", "add rule inet theirs in tcp dport vmap @ports"],
                ], "inet theirs", [true, true, true, false, false, false]
            ),
            (
                "iptables",
                iptables("iptables-nft", "-p tcp -m multiport --dports 53,8080 -j REDIRECT"),
                "ip nat", [true, false, true, false, false, false]
            ),
            (
                "ip6tables",
                iptables("ip6tables-nft", "-p tcp -m multiport --dports 53,8080 -j REDIRECT"),
                "ip6 nat", [false, true, false, false, false, false]
            ),
            (
                "iptables-legacy",
                iptables("iptables-legacy", "-p tcp -m tcp --dport 8080 -j REDIRECT"),
                "iptables-legacy nat", [true, false, true, false, false, false]
            ),
            (
                "an interface",
                nft("ip", "type nat hook prerouting priority dstnat", "redirect to :80", "iif lo"),
                "ip theirs", [true, false, true, false, false, false]
            ),
            (
                "another address",
                nft(
                    "ip",
                    "type nat hook prerouting priority dstnat",
                    "dnat to 10.0.0.5:80",
                    "ip daddr 203.0.113.9"
                ), "", nothing
            ),
        ]
        for row in rows {
            for words in row.commands { try await run(words, in: lab.host) }
            let found = try await director.foreignTranslations(claiming: ways)
            XCTAssertEqual(found.map { $0 != nil }, row.want, row.name)
            for rule in found.compactMap(\.self) {
                XCTAssertEqual(rule.table, row.table, row.name)
                // What the message says to look at is there.
                try await run(rule.listing.split(separator: " ").map(String.init), in: lab.host)
            }
            for words in [["nft", "flush", "ruleset"], ["iptables-legacy", "-t", "nat", "-F"]]
            where !row.commands.isEmpty {
                try await run(words, in: lab.host)
            }
        }
    }

    private func nft(
        _ family: String,
        _ hook: String,
        _ verdict: String,
        _ more: String = ""
    ) -> [[String]] {
        [
            ["nft", "add table \(family) theirs"],
            ["nft", "add chain \(family) theirs in { \(hook); }"],
            ["nft", "add rule \(family) theirs in \(more) tcp dport 8080 \(verdict)"],
        ]
    }

    private func iptables(_ program: String, _ rule: String) -> [[String]] {
        [[program, "-t", "nat", "-A", "PREROUTING"] + rule.split(separator: " ").map(String.init)]
    }

    private func run(_ words: [String], in host: NetworkNamespace) async throws {
        try await Command("nsenter", ["--net=\(host.path)"] + words).run()
    }
}
