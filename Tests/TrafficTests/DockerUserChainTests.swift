import Addresses
import TestSupport
import XCTest

@testable import Traffic

/// The exceptions in Docker's filter: added once, after the administrator's rules.
final class DockerUserChainTests: XCTestCase {
    private let into =
        "! -i br-prod -o br-prod -m conntrack --ctstate DNAT --ctdir ORIGINAL -m comment --comment berth "
        + "-j ACCEPT"
    private let back =
        "-i br-prod ! -o br-prod -m conntrack --ctstate DNAT --ctdir REPLY -m comment --comment berth "
        + "-j ACCEPT"

    func testWhatIsAddedWhere() {
        let drop = "-A DOCKER-USER -s 10.0.0.0/8 -j DROP"
        let end = "-A DOCKER-USER -j RETURN"
        let (first, second) = ("-A DOCKER-USER \(into)", "-A DOCKER-USER \(back)")
        let rows: [(name: String, listing: [String], want: [String])] = [
            ("as Docker makes it", [end], ["1 \(into)", "2 \(back)"]),
            ("without an end", [], ["1 \(into)", "2 \(back)"]),
            ("the administrator's first", [drop, end], ["2 \(into)", "3 \(back)"]),
            ("an end that decides", [end, drop], ["3 \(into)", "4 \(back)"]),
            ("all there", [first, second, end], []),
            ("one there", [drop, first, end], ["3 \(back)"]),
            (
                "another bridge's",
                [first, second].map { $0.replacing("br-prod", with: "br-prod2") } + [end],
                ["3 \(into)", "4 \(back)"]
            ),
        ]
        for (name, listing, want) in rows {
            let text = (["-N DOCKER-USER"] + listing).joined(separator: "\n") + "\n"
            XCTAssertEqual(changes(text), want.map { "-I DOCKER-USER \($0)" }, name)
        }
    }

    private func changes(
        _ listing: String,
        of chain: String = DockerUserChain.name,
        siblings: [IPv4Subnet] = [],
        isInternal: Bool = false,
        admitsFormer: Bool = false
    ) -> [String] {
        let network = Network(
            environment: "prod",
            bridge: "br-prod",
            subnet: Sample.network.subnet,
            siblings: siblings,
            isInternal: isInternal
        )
        let rules = DockerUserChain.rules(for: network, admitsFormer: admitsFormer)
        return DockerUserChain.changes(to: listing, of: chain, for: "br-prod", to: rules)
            .map { $0.joined(separator: " ") }
    }

    /// While containers move, callers reach services on the other network, internal or not.
    func testServicesAreReachedFromSiblings() throws {
        let sibling = try XCTUnwrap(IPv4Subnet("172.30.4.0/22"))
        let own = "--ctstate DNAT --ctorigdst \(Sample.network.subnet)"
        let out = back.replacing("--ctstate DNAT", with: own).replacing("REPLY", with: "ORIGINAL")
        let home = into.replacing("--ctstate DNAT", with: own).replacing("ORIGINAL", with: "REPLY")
        let drop = back.replacing("REPLY", with: "ORIGINAL").replacing("ACCEPT", with: "DROP")
        for (isInternal, others) in [(false, [into, back]), (true, [drop])] {
            let want = ([out, home] + others).enumerated().map { "\($0 + 1) \($1)" }
            let changes = changes("", siblings: [sibling], isInternal: isInternal)
            XCTAssertEqual(changes, want.map { "-I DOCKER-USER \($0)" })
        }
        let network = Network(
            environment: "prod",
            bridge: "br-prod",
            subnet: Sample.network.subnet,
            siblings: [sibling]
        )
        let six = DockerUserChain.rules(for: network, in: .ip6)
        XCTAssertEqual(six.first, [], "addresses of IPv4 mean nothing there")
        let texts = network.rules(in: .ip).map { "\($0)" }
        XCTAssertTrue(texts.contains { $0.contains("172.30.4.0/22") }, "\(texts)")
    }

    func testWhatAnEarlierVersionLetInGoes() {
        let first =
            "-o br-prod -m conntrack --ctstate DNAT --ctdir ORIGINAL -m comment --comment berth "
            + "-j ACCEPT"
        let users = "-i br-prod -m comment --comment mine -j ACCEPT"
        let listing = "-A DOCKER-USER \(first)\n-A DOCKER-USER \(users)\n"
        XCTAssertEqual(
            changes(listing),
            [
                "-I DOCKER-USER 3 \(into)", "-I DOCKER-USER 4 \(back)",
                "-D DOCKER-USER \(first)",
            ]
        )
    }

    func testNothingLeavesAnInternalNetwork() {
        let drop =
            "-i br-prod ! -o br-prod -m conntrack --ctstate DNAT --ctdir ORIGINAL -m comment "
            + "--comment berth -j DROP"
        let other = "-A DOCKER-USER \(into.replacing("br-prod", with: "br-x"))"
        let users = "-A DOCKER-USER -s 10.0.0.0/8 -j DROP"
        let rows: [(name: String, listing: [String], want: [String])] = [
            ("alone", [], ["-I DOCKER-USER 1 \(drop)"]),
            ("before what admits", [users, other], ["-I DOCKER-USER 2 \(drop)"]),
            ("there", ["-A DOCKER-USER \(drop)", other], []),
            (
                "it was not internal before", ["-A DOCKER-USER \(into)"],
                ["-I DOCKER-USER 1 \(drop)", "-D DOCKER-USER \(into)"]
            ),
        ]
        for (name, listing, want) in rows {
            let text = listing.joined(separator: "\n")
            XCTAssertEqual(changes(text, isInternal: true), want, name)
        }
    }

    func testAddressesOfTheFormerRangeAreAdmittedOnceMore() {
        let former = { (words: String) in
            "-m conntrack --ctstate DNAT --ctorigdst 198.19.0.0/16 --ctdir \(words) -m comment "
                + "--comment berth -j ACCEPT"
        }
        XCTAssertEqual(
            changes("", isInternal: true, admitsFormer: true),
            [
                "-I DOCKER-USER 1 -o br-prod \(former("ORIGINAL"))",
                "-I DOCKER-USER 2 -i br-prod \(former("REPLY"))",
                "-I DOCKER-USER 3 -i br-prod ! -o br-prod -m conntrack --ctstate DNAT "
                    + "--ctdir ORIGINAL -m comment --comment berth -j DROP",
            ]
        )
    }

    func testElsewhereOursComeFirst() {
        let others = "-P FORWARD DROP\n-A FORWARD -j DOCKER-ISOLATION-STAGE-1\n"
        XCTAssertEqual(
            changes(others, of: "FORWARD"),
            ["-I FORWARD 1 \(into)", "-I FORWARD 2 \(back)"]
        )
    }

    func testRealRulesOfSixAreAddedWhereDockerFilters() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let director = TrafficDirector(in: lab.host)
        let rows: [(newChain: String?, place: String, rules: Int)] = [
            (nil, "FORWARD", 0), ("DOCKER", "FORWARD", 2), ("DOCKER-USER", "DOCKER-USER", 2),
        ]
        for (chain, place, rules) in rows {
            if let chain { try await RealParts.run(lab.host, "ip6tables", "-N", chain) }
            let added = try await director.admitOtherNetworks(to: Self.network6(lab))
            XCTAssertEqual(added, rules, place)
            let again = try await director.admitOtherNetworks(to: Self.network6(lab))
            XCTAssertEqual(again, 0, place)
            let listing = try await RealParts.run(lab.host, "ip6tables", "-S", place)
            XCTAssertEqual(listing.matches(of: /--comment berth/).count, rules, listing)
        }
    }

    func testRealRulesAreAddedOnceAndLetThrough() async throws {
        let lab = try await RealParts.lab(backends: 1, for: self)
        let director = TrafficDirector(in: lab.host)
        let without = try await director.admitOtherNetworks(to: Self.network(lab))
        XCTAssertEqual(without, 0, "no Docker here")
        try await RealParts.run(lab.host, "iptables", "-N", "DOCKER-USER")
        try await RealParts.run(lab.host, "iptables", "-A", "DOCKER-USER", "-j", "RETURN")
        let added = try await director.admitOtherNetworks(to: Self.network(lab))
        XCTAssertEqual(added, 2)
        let again = try await director.admitOtherNetworks(to: Self.network(lab))
        XCTAssertEqual(again, 0)
        let listing = try await RealParts.run(lab.host, "iptables", "-S", "DOCKER-USER")
        XCTAssertTrue(listing.hasSuffix("ACCEPT\n-A DOCKER-USER -j RETURN\n"), listing)
    }

    private static func network(_ lab: NetworkLab) -> Network {
        Network(environment: "prod", bridge: lab.bridge, subnet: Sample.network.subnet)
    }

    private static func network6(_ lab: NetworkLab) -> Network {
        Network(
            environment: "prod",
            bridge: lab.bridge,
            subnet: Sample.network6.subnet,
            subnet6: Sample.network6.subnet6
        )
    }
}
