import Addresses
import XCTest

@testable import Traffic

final class RulesetTests: XCTestCase {
    func testScriptForAnEmptyHost() throws {
        let ruleset = try Sample.ruleset([
            Sample.web(
                [
                    .hostPort(8080), .port(9090, at: .four(.loopback)),
                    .port(80, at: .four(Sample.address("198.19.0.5"))),
                ],
                [Sample.backend(1), Sample.backend(2), Sample.backend(3)]
            ),
            ServiceChain(name: Sample.name("dns", 53, .udp), entryPoints: [], backends: []),
        ])
        XCTAssertEqual(
            ruleset.script,
            """
            add table ip berth
            add ct timeout ip berth reset-at-once { protocol tcp; l3proto ip; policy = { close : 0 }; }
            add map ip berth addresses { type ipv4_addr . inet_proto . inet_service : verdict; }
            add map ip berth services { type ifname . ipv4_addr : verdict; }
            add set ip berth reserved { type ipv4_addr; }
            add map ip berth ports { type inet_proto . inet_service : verdict; }
            add map ip berth bridges { type ifname : verdict; }
            add chain ip berth guard { type filter hook prerouting priority -310; policy accept; }
            flush chain ip berth guard
            add rule ip berth guard iifname != "lo" ip daddr 127.0.0.0/8 drop
            add rule ip berth guard iifname != "lo" ip saddr 127.0.0.0/8 drop
            add chain ip berth prerouting { type nat hook prerouting priority -110; policy accept; }
            flush chain ip berth prerouting
            add rule ip berth prerouting iifname . ip daddr vmap @services
            add rule ip berth prerouting ip daddr @reserved return
            add rule ip berth prerouting fib daddr type local ip daddr . meta l4proto . th dport vmap @addresses
            add rule ip berth prerouting fib daddr type local meta l4proto . th dport vmap @ports
            add chain ip berth output { type nat hook output priority -110; policy accept; }
            flush chain ip berth output
            add rule ip berth output ip daddr @reserved return
            add rule ip berth output fib daddr type local ip daddr . meta l4proto . th dport vmap @addresses
            add rule ip berth output fib daddr type local meta l4proto . th dport vmap @ports
            add chain ip berth postrouting { type nat hook postrouting priority 90; policy accept; }
            flush chain ip berth postrouting
            add rule ip berth postrouting ct status dnat oifname vmap @bridges
            add chain ip berth refuse-input { type filter hook input priority -10; policy accept; }
            flush chain ip berth refuse-input
            add rule ip berth refuse-input ip daddr @reserved ct state new reject with tcp reset
            add rule ip berth refuse-input ip daddr @reserved ct state new meta l4proto udp reject with icmp port-unreachable
            add chain ip berth refuse-forward { type filter hook forward priority -10; policy accept; }
            flush chain ip berth refuse-forward
            add rule ip berth refuse-forward ip daddr 198.19.0.0/16 reject with icmp port-unreachable
            add chain ip berth refuse-output { type filter hook output priority -10; policy accept; }
            flush chain ip berth refuse-output
            add rule ip berth refuse-output ip daddr 198.19.0.0/16 reject with icmp port-unreachable
            add chain ip berth net/prod/br-prod
            flush chain ip berth net/prod/br-prod
            add rule ip berth net/prod/br-prod meta l4proto tcp ct timeout set "reset-at-once"
            add rule ip berth net/prod/br-prod ip saddr 127.0.0.0/8 masquerade
            add rule ip berth net/prod/br-prod ip saddr 172.30.0.0/24 masquerade
            add chain ip berth svc/prod/dns/53-udp
            flush chain ip berth svc/prod/dns/53-udp
            add chain ip berth svc/prod/web/80-tcp
            flush chain ip berth svc/prod/web/80-tcp
            add rule ip berth svc/prod/web/80-tcp meta l4proto tcp numgen inc mod 3 == 0 dnat to 172.30.0.11:80 comment "web/1 g1 000000001001 @1700000000000"
            add rule ip berth svc/prod/web/80-tcp meta l4proto tcp numgen inc mod 2 == 0 dnat to 172.30.0.12:80 comment "web/2 g1 000000001002 @1700000000000"
            add rule ip berth svc/prod/web/80-tcp meta l4proto tcp dnat to 172.30.0.13:80 comment "web/3 g1 000000001003 @1700000000000"
            add element ip berth addresses { 127.0.0.1 . tcp . 9090 : goto svc/prod/web/80-tcp }
            add element ip berth addresses { 198.19.0.5 . tcp . 80 : goto svc/prod/web/80-tcp }
            add element ip berth bridges { "br-prod" : goto net/prod/br-prod }
            add element ip berth ports { tcp . 8080 : goto svc/prod/web/80-tcp }

            """
        )
    }

    func testContradictionsAreRefused() throws {
        let web = Sample.web([.hostPort(80)], [])
        let long = IPv4Subnet(Sample.address("10.0.0.1"), prefixLength: 32)
        let bad = Backend(
            slot: 1,
            generation: 1,
            container: "x\" drop",
            address: .loopback,
            since: 0
        )
        let rows:
            [(name: String, services: [ServiceChain], networks: [Network], want: RulesetError)] =
                [
                    (
                        "one port for two services",
                        [
                            web,
                            ServiceChain(
                                name: Sample.name("api"),
                                entryPoints: [.hostPort(80)],
                                backends: []
                            ),
                        ], [],
                        .sharedEntryPoint("tcp . 80", "svc/prod/api/80-tcp", "svc/prod/web/80-tcp")
                    ),
                    ("one chain twice", [web, web], [], .duplicateChain("svc/prod/web/80-tcp")),
                    (
                        "another environment",
                        [
                            ServiceChain(
                                name: Sample.name("web", in: "dev"),
                                entryPoints: [],
                                backends: []
                            )
                        ], [], .outOfScope("dev")
                    ),
                    (
                        "bridge name", [],
                        [
                            Network(
                                environment: "prod",
                                bridge: "br*",
                                subnet: Sample.network.subnet
                            )
                        ],
                        .invalidBridge("br*")
                    ),
                    (
                        "subnet of one", [],
                        [
                            Network(
                                environment: "prod",
                                bridge: "br0",
                                subnet: try XCTUnwrap(long)
                            )
                        ], .invalidSubnet("10.0.0.1/32")
                    ),
                    (
                        "backend", [Sample.web([bad])], [],
                        .invalidBackend("svc/prod/web/80-tcp", "web/1 g1 x\" drop @0")
                    ),
                    (
                        "port 0", [Sample.web([.hostPort(0)], [])], [],
                        .invalidPort("svc/prod/web/80-tcp")
                    ),
                ]
        for (name, services, networks, want) in rows {
            XCTAssertThrowsError(try Sample.ruleset(services, networks: networks), name) {
                XCTAssertEqual($0 as? RulesetError, want, name)
            }
        }
        XCTAssertNoThrow(
            try Sample.ruleset([
                Sample.web([.hostPort(53)], []),
                ServiceChain(
                    name: Sample.name("web", 53, .udp),
                    entryPoints: [.hostPort(53)],
                    backends: []
                ),
            ]),
            "the same port of two protocols"
        )
    }

    func testAServicesAddressLeadsToItsContainersAsTheyAre() throws {
        let name = ChainName(environment: "prod", service: "job", bridge: "br-prod")
        let ruleset = try Sample.ruleset(
            [
                ServiceChain(
                    name: name,
                    entryPoints: [.service(Sample.address("172.30.0.99"), bridge: "br-prod")],
                    backends: [Sample.unaddressed, Sample.backend(2), Sample.backend(3)]
                )
            ],
            networks: []
        )
        let job = try XCTUnwrap(ruleset.changes(from: ObservedTable(showing: [])))
        XCTAssertEqual(
            job.statements,
            [
                "add chain ip berth \(name)", "flush chain ip berth \(name)",
                "add rule ip berth \(name) numgen inc mod 2 == 0 dnat to 172.30.0.12 "
                    + "comment \"job/2 g1 000000001002 @1700000000000\"",
                "add rule ip berth \(name) dnat to 172.30.0.13 "
                    + "comment \"job/3 g1 000000001003 @1700000000000\"",
                "add rule ip berth \(name) return comment \"job/1 g1 0123456789ab @5\"",
                "add element ip berth reserved { 172.30.0.99 }",
                "add element ip berth services { \"br-prod\" . 172.30.0.99 : goto \(name) }",
            ]
        )
        XCTAssertEqual("\(name)", "svc/prod/job/on/br-prod")
        let gone = try Sample.ruleset([], networks: []).changes(
            from: ObservedTable(showing: [ruleset])
        )
        XCTAssertEqual(
            gone?.statements,
            [
                "flush chain ip berth \(name)", "delete element ip berth reserved { 172.30.0.99 }",
                "delete element ip berth services { \"br-prod\" . 172.30.0.99 }",
            ]
        )
    }

    func testAnotherEnvironmentsAddressesStayReserved() throws {
        let other = try Sample.ruleset(
            [
                ServiceChain(
                    name: ChainName(environment: "staging", service: "web", bridge: "br-staging"),
                    entryPoints: [.service(Sample.address("172.30.4.9"), bridge: "br-staging")],
                    backends: []
                )
            ],
            networks: [],
            scope: ["staging"]
        )
        let ours = try Sample.ruleset([], networks: [])
        XCTAssertNil(ours.changes(from: ObservedTable(showing: [other])))
    }

    func testOrderDoesNotMatter() throws {
        let one = try Sample.ruleset([Sample.web([Sample.backend(1), Sample.backend(2)])])
        let two = try Sample.ruleset([Sample.web([Sample.backend(2), Sample.backend(1)])])
        XCTAssertEqual(one, two)
        XCTAssertEqual(one.script, two.script)
    }
}
