import Addresses
import Platform
import XCTest

@testable import Traffic

final class RulesetDifferenceTests: XCTestCase {
    private let chain = "svc/prod/web/80-tcp"

    private func rule(_ slot: Int, _ generation: Int, share: Int? = nil) -> String {
        let numgen = share.map { "numgen inc mod \($0) == 0 " } ?? ""
        return "add rule ip berth \(chain) meta l4proto tcp \(numgen)dnat to "
            + "172.30.0.\(generation * 10 + slot):80 "
            + "comment \"web/\(slot) g\(generation) 00000000\(generation)00\(slot) @1700000000000\""
    }

    func testTransactions() throws {
        let one = [Sample.backend(1)]
        let two = [Sample.backend(1), Sample.backend(2)]
        let new = [Sample.backend(1, 2), Sample.backend(2)]
        let service = EntryPoint.port(80, at: .four(Sample.address("198.19.0.5")))
        let rows: [(name: String, from: [ServiceChain], to: [ServiceChain], want: [String])] = [
            ("nothing", [Sample.web(two)], [Sample.web(two)], []),
            (
                "a switch", [Sample.web(two)], [Sample.web(new)],
                ["flush chain ip berth \(chain)", rule(1, 2, share: 2), rule(2, 1)]
            ),
            (
                "scaled up", [Sample.web(one)], [Sample.web(two)],
                ["flush chain ip berth \(chain)", rule(1, 1, share: 2), rule(2, 1)]
            ),
            (
                "the last one is gone", [Sample.web(one)], [Sample.web([])],
                ["flush chain ip berth \(chain)"]
            ),
            (
                "a new service", [], [Sample.web([.hostPort(80), service], one)],
                [
                    "add chain ip berth \(chain)", "flush chain ip berth \(chain)", rule(1, 1),
                    "add element ip berth addresses { 198.19.0.5 . tcp . 80 : goto \(chain) }",
                    "add element ip berth ports { tcp . 80 : goto \(chain) }",
                ]
            ),
            (
                "a service gone", [Sample.web([.hostPort(80)], one)], [],
                [
                    "flush chain ip berth \(chain)",
                    "delete element ip berth ports { tcp . 80 }",
                ]
            ),
            ("an empty chain swept", [Sample.web([], [])], [], ["delete chain ip berth \(chain)"]),
            (
                "an empty chain still led to", [Sample.web([.hostPort(80)], [])], [],
                ["delete element ip berth ports { tcp . 80 }"]
            ),
            (
                "another host port", [Sample.web([.hostPort(80)], one)],
                [Sample.web([.hostPort(81)], one)],
                [
                    "delete element ip berth ports { tcp . 80 }",
                    "add element ip berth ports { tcp . 81 : goto \(chain) }",
                ]
            ),
            (
                "a host port moves to another service",
                [
                    Sample.web([.hostPort(80)], []),
                    ServiceChain(name: Sample.name("api"), entryPoints: [], backends: []),
                ],
                [
                    Sample.web([], []),
                    ServiceChain(
                        name: Sample.name("api"),
                        entryPoints: [.hostPort(80)],
                        backends: []
                    ),
                ],
                [
                    "delete element ip berth ports { tcp . 80 }",
                    "add element ip berth ports { tcp . 80 : goto svc/prod/api/80-tcp }",
                ]
            ),
            (
                "onto one address", [Sample.web([.hostPort(80)], one)],
                [Sample.web([.port(80, at: .four(.loopback))], one)],
                [
                    "delete element ip berth ports { tcp . 80 }",
                    "add element ip berth addresses { 127.0.0.1 . tcp . 80 : goto \(chain) }",
                ]
            ),
        ]
        for (name, from, to, want) in rows {
            let observed = ObservedTable(showing: [try Sample.ruleset(from)])
            let wanted = try Sample.ruleset(to)
            let changes = wanted.changes(from: observed)
            XCTAssertEqual(changes?.statements ?? [], want, name)
            XCTAssertEqual(changes?.isSweep ?? false, name.hasSuffix("swept"), name)
        }
    }

    func testHostPortsLeadToTheAddressesOfSix() throws {
        let both: Set<EntryPoint> = [.hostPort(80), .hostPort6(80)]
        let ruleset = { (networks: [Network], backends: [Backend]) in
            try Sample.ruleset([Sample.web(both, backends)], networks: networks)
        }
        let six = { (ruleset: Ruleset, observed: ObservedTable) in
            let statements = ruleset.changes(from: observed)?.statements ?? []
            return statements.filter { $0.contains(" ip6 berth") }
        }
        let one = try ruleset([Sample.network6], [Sample.backend(1)])
        XCTAssertEqual(
            six(one, .absent).filter { !$0.contains(" berth prerouting") },
            [
                "add table ip6 berth",
                "add ct timeout ip6 berth reset-at-once "
                    + "{ protocol tcp; l3proto ip6; policy = { close : 0 }; }",
                "add map ip6 berth addresses "
                    + "{ type ipv6_addr . inet_proto . inet_service : verdict; }",
                "add map ip6 berth ports { type inet_proto . inet_service : verdict; }",
                "add map ip6 berth bridges { type ifname : verdict; }",
                "add chain ip6 berth output { type nat hook output priority -110; policy accept; }",
                "flush chain ip6 berth output",
                "add rule ip6 berth output ip6 daddr != ::1 fib daddr type local "
                    + "ip6 daddr . meta l4proto . th dport vmap @addresses",
                "add rule ip6 berth output ip6 daddr != ::1 fib daddr type local "
                    + "meta l4proto . th dport vmap @ports",
                "add chain ip6 berth postrouting "
                    + "{ type nat hook postrouting priority 90; policy accept; }",
                "flush chain ip6 berth postrouting",
                "add rule ip6 berth postrouting ct status dnat oifname vmap @bridges",
                "add chain ip6 berth net/prod/br-prod", "flush chain ip6 berth net/prod/br-prod",
                "add rule ip6 berth net/prod/br-prod meta l4proto tcp "
                    + "ct timeout set \"reset-at-once\"",
                "add rule ip6 berth net/prod/br-prod ip6 saddr fd00::/64 masquerade",
                "add chain ip6 berth \(chain)", "flush chain ip6 berth \(chain)",
                "add rule ip6 berth \(chain) meta l4proto tcp dnat to [fd00::ac1e:b]:80 "
                    + "comment \"web/1 g1 000000001001 @1700000000000\"",
                "add element ip6 berth bridges { \"br-prod\" : goto net/prod/br-prod }",
                "add element ip6 berth ports { tcp . 80 : goto \(chain) }",
            ]
        )
        let table = ObservedTable(showing: [one])
        let next = try ruleset([Sample.network6], [Sample.backend(1, 2)])
        XCTAssertEqual(
            next.changes(from: table)?.statements,
            ["flush chain ip berth \(chain)", rule(1, 2)] + [
                "flush chain ip6 berth \(chain)",
                "add rule ip6 berth \(chain) meta l4proto tcp dnat to [fd00::ac1e:15]:80 "
                    + "comment \"web/1 g2 000000002001 @1700000000000\"",
            ],
            "both switch as one"
        )
        let without = try ruleset([Sample.network], [Sample.backend(1)])
        XCTAssertEqual(six(without, .absent), [], "no network has IPv6")
        XCTAssertEqual(
            six(without, table),
            [
                "flush chain ip6 berth net/prod/br-prod", "flush chain ip6 berth \(chain)",
                "delete element ip6 berth bridges { \"br-prod\" }",
                "delete element ip6 berth ports { tcp . 80 }",
            ],
            "the network has IPv6 no more"
        )
        let tampered = table.with(chain: chain, nil, dropLast: 1, in: .ip6)
        XCTAssertEqual(six(one, tampered).first, "flush chain ip6 berth \(chain)")
    }

    func testOtherEnvironmentsAreLeftAlone() throws {
        let dev = try Sample.ruleset(
            [
                ServiceChain(
                    name: Sample.name("web", in: "dev"),
                    entryPoints: [.hostPort(80)],
                    backends: [Sample.backend(1)]
                )
            ],
            networks: [
                Network(
                    environment: "dev",
                    bridge: "br-dev",
                    subnet: Sample.subnet("172.31.0.0/24")
                )
            ],
            scope: ["dev"]
        )
        let prod = try Sample.ruleset([Sample.web([.hostPort(81)], [Sample.backend(1)])])
        let both = ObservedTable(showing: [dev, prod])
        XCTAssertNil(dev.changes(from: both))
        XCTAssertNil(prod.changes(from: both))
        let none = try Sample.ruleset([], networks: [])
        XCTAssertEqual(
            none.changes(from: both)?.statements,
            [
                "flush chain ip berth net/prod/br-prod", "flush chain ip berth \(chain)",
                "delete element ip berth bridges { \"br-prod\" }",
                "delete element ip berth ports { tcp . 81 }",
            ]
        )
        let thief = try Sample.ruleset([
            Sample.web([.hostPort(80), .hostPort(81)], [Sample.backend(1)])
        ])
        XCTAssertNil(thief.changes(from: both))
        XCTAssertEqual(
            thief.conflicts(with: both),
            ["tcp . 80 routes to svc/dev/web/80-tcp, so svc/prod/web/80-tcp cannot have it"]
        )
    }

    func testTamperingIsRepaired() throws {
        let wanted = try Sample.ruleset([Sample.web([.hostPort(80)], [Sample.backend(1)])])
        let table = ObservedTable(showing: [wanted])
        let guardRules = [
            "flush chain ip berth guard",
            "add rule ip berth guard iifname != \"lo\" ip daddr 127.0.0.0/8 drop",
            "add rule ip berth guard iifname != \"lo\" ip saddr 127.0.0.0/8 drop",
        ]
        let addGuard =
            "add chain ip berth guard { type filter hook prerouting priority -310; policy accept; }"
        var moved = BaseChain.guarded.intact(in: .ip)
        moved = .init(
            hook: Hook(type: "filter", hook: "prerouting", priority: 0),
            rules: moved.rules
        )
        let dropping = FamilyTable.Chain(
            hook: Hook(type: "filter", hook: "prerouting", priority: -310, policy: "drop"),
            rules: BaseChain.guarded.intact(in: .ip).rules
        )
        let rows: [(name: String, table: ObservedTable, want: [String])] = [
            ("a rule gone", table.with(chain: "guard", nil, dropLast: 1), guardRules),
            ("a chain gone", table.with(chain: "guard", nil), [addGuard] + guardRules),
            (
                "another priority", table.with(chain: "guard", moved),
                ["flush chain ip berth guard", "delete chain ip berth guard", addGuard] + guardRules
            ),
            ("another policy", table.with(chain: "guard", dropping), [addGuard] + guardRules),
            (
                "a backend's rule gone", table.with(chain: chain, nil, dropLast: 1),
                ["flush chain ip berth \(chain)", rule(1, 1)]
            ),
            (
                "an element elsewhere",
                table.with(element: .port(.tcp, 80), .chain("evil")),
                [
                    "delete element ip berth ports { tcp . 80 }",
                    "add element ip berth ports { tcp . 80 : goto \(chain) }",
                ]
            ),
            (
                "an element accepts", table.with(element: .port(.tcp, 80), .other),
                [
                    "delete element ip berth ports { tcp . 80 }",
                    "add element ip berth ports { tcp . 80 : goto \(chain) }",
                ]
            ),
            (
                "an element gone", table.with(element: .port(.tcp, 80), nil),
                ["add element ip berth ports { tcp . 80 : goto \(chain) }"]
            ),
            (
                "a foreign chain and element",
                table.with(chain: "mine", .init(hook: nil, rules: []))
                    .with(element: .port(.tcp, 99), .chain("mine")), []
            ),
        ]
        for (name, table, want) in rows {
            XCTAssertEqual(
                wanted.changes(from: table)?.statements ?? [],
                want,
                name
            )
        }
    }

    func testFromNothingIsTheScript() throws {
        let wanted = try Sample.ruleset([Sample.web([Sample.backend(1)])])
        XCTAssertEqual(wanted.changes(from: .absent)?.script, wanted.script)
    }
}

extension ObservedTable {
    /// The table with one chain replaced, removed, or without its last rules.
    fileprivate func with(
        chain name: String,
        _ chain: FamilyTable.Chain?,
        dropLast count: Int = 0,
        in family: Family = .ip
    ) -> Self {
        var table = self[family]
        if count > 0 {
            table.chains[name]?.rules.removeLast(count)
        } else {
            table.chains[name] = chain
        }
        return with(table, in: family)
    }

    fileprivate func with(
        element key: ElementKey,
        _ target: FamilyTable.Target?,
        in family: Family = .ip
    ) -> Self {
        var table = self[family]
        table.elements[key] = target
        return with(table, in: family)
    }

    private func with(_ table: FamilyTable, in family: Family) -> Self {
        var families = families
        families[family] = table
        return Self(services: services, foreign: foreign, families: families)
    }
}
