import Addresses
import DockerEngine
import Foundation
import Model
import Platform
import Traffic
import XCTest

@testable import Controller

/// What the table is to say, made of what services want and what the table says already.
final class RoutingTests: XCTestCase {
    private let lines = LogLines()

    /// What was seen on a host whose daemon is not asked.
    private func snapshot(
        of environment: String = "prod",
        _ table: ObservedTable = .absent,
        networks: Networks = Networks([])
    ) throws -> DockerSnapshot {
        DockerSnapshot(
            host: DockerHost(
                engine: try EngineClient(socketPath: "/nowhere/docker.sock"),
                director: TrafficDirector(nft: "/nowhere/nft"),
                layout: HostLayout(stateDirectory: "/nowhere/berth"),
                log: lines.log()
            ),
            environment: environment,
            written: nil,
            networks: networks,
            table: table
        )
    }

    private func backend(_ slot: Int, _ container: String) -> Model.Backend {
        Model.Backend(
            slot: slot,
            generation: 1,
            container: container,
            address: IPv4Address("172.30.0.\(slot + 1)"),
            since: Sample.now
        )
    }

    private func service(_ name: String, ports: [(Int, String?)]) throws -> Service {
        try Sample.service(name) { service in
            service.ports = ports.map { number, address in
                PublishedPort(target: .init(80), published: number, hostAddress: address)
            }
        }
    }

    private func entryPoints(_ ruleset: Ruleset, of service: String) -> Set<EntryPoint> {
        let chains = ruleset.services.filter { $0.name.service == service }
        return Set(chains.filter { $0.name.target != nil }.flatMap(\.entryPoints))
    }

    func testAHostPortStaysWithWhoServesUntilItsNewOwnerDoes() throws {
        let old = [backend(1, "aaaaaaaaaaaa")]
        let before = try snapshot().ruleset(
            [Route(name: "web", service: service("web", ports: [(8080, nil)]), backends: old)]
        )
        let site = try service("site", ports: [(8080, nil), (8081, nil)])
        let first: Set<EntryPoint> = [.hostPort(8080), .hostPort6(8080)]
        let second: Set<EntryPoint> = [.hostPort(8081), .hostPort6(8081)]
        // The environment has no network of IPv6, so nothing is held there.
        let rows = [
            (old, [], Set([EntryPoint.hostPort(8080)]), second.union([.hostPort6(8080)])),
            (old, [backend(1, "cccccccccccc")], [], first.union(second)),
            ([], [], [], first.union(second)),
        ]
        for (old, new, web, other) in rows {
            let ruleset = try snapshot(ObservedTable(showing: [before])).ruleset([
                Route(name: "site", service: site, backends: new),
                Route(name: "web", service: nil, backends: old),
            ])
            XCTAssertEqual(entryPoints(ruleset, of: "web"), web)
            XCTAssertEqual(entryPoints(ruleset, of: "site"), other)
        }
    }

    func testWhoIsToHaveAPortAndMayRunBesideItsOwner() throws {
        let web = try service("web", ports: [(8080, nil)])
        let before = try snapshot().ruleset(
            [Route(name: "web", service: web, backends: [backend(1, "aaaaaaaaaaaa")])]
        )
        let table = ObservedTable(showing: [before])
        let rows: [(name: String, port: Int, change: (inout Service) -> Void, isHeir: Bool)] = [
            ("its port", 8080, { _ in }, true),
            ("another port", 8081, { _ in }, false),
            ("stop-first, for its data", 8080, { $0.update.order = .stopFirst }, false),
            ("its container's name", 8080, { $0.containerName = "prod-web-1" }, false),
            ("another name", 8080, { $0.containerName = "frontdoor" }, true),
        ]
        for (name, port, change, isHeir) in rows {
            var site = try service("site", ports: [(port, nil)])
            change(&site)
            let heirs = try snapshot().heirs(
                Sample.desired([site]),
                of: [Sample.container(web)],
                in: table
            )
            XCTAssertEqual(heirs, isHeir ? ["web": ["site"]] : [:], name)
        }
        let stays = try snapshot().heirs(
            Sample.desired([web]),
            of: [Sample.container(web)],
            in: table
        )
        XCTAssertEqual(stays, [:], "it is still described")
    }

    func testAServiceThatIsNoLongerDescribedKeepsItsWaysIn() throws {
        let web = try service("web", ports: [(8080, nil)])
        let serving = [backend(1, "aaaaaaaaaaaa"), backend(2, "bbbbbbbbbbbb")]
        let before = try snapshot().ruleset(
            [Route(name: "web", service: web, backends: serving)]
        )
        let table = ObservedTable(showing: [before])
        let kept = try snapshot(table).ruleset(
            [Route(name: "web", service: nil, backends: serving)]
        )
        XCTAssertNil(kept.changes(from: table))
        // The environment has no network of IPv6, and so no table.
        XCTAssertEqual(
            table.hostPorts(of: "web", in: "prod"),
            HostPort.all(of: web).filter { !$0.entryPoint.isIPv6 }
        )
        let fewer = try snapshot(table).ruleset(
            [Route(name: "web", service: nil, backends: [serving[1]])]
        )
        XCTAssertEqual(entryPoints(fewer, of: "web"), [.hostPort(8080)])
        XCTAssertEqual(fewer.services.map { $0.backends.map(\.slot) }, [[2], [2]])
        // The table was lost: the ways in are not known any more, who serves is.
        let lost = try snapshot().ruleset(
            [Route(name: "web", service: nil, backends: serving)]
        )
        XCTAssertEqual(DockerHost.serving(in: .init(showing: [lost]), of: "prod")["web"], serving)
    }

    func testWhoServesInEnvironmentsWithLongNames() throws {
        for length in [40, 41, 63] {
            let environment = String(repeating: "e", count: length)
            let serving = [backend(1, "aaaaaaaaaaaa")]
            let web = try service("web", ports: [(8080, nil)])
            let ruleset = try snapshot(of: environment).ruleset(
                [Route(name: "web", service: web, backends: serving)]
            )
            let table = ObservedTable(showing: [ruleset])
            XCTAssertEqual(
                DockerHost.serving(in: table, of: environment),
                ["web": serving],
                "\(length) characters"
            )
        }
    }

    func testAnAddressOpensNothingOfTheOtherFamily() throws {
        let four = try XCTUnwrap(IPv4Address("10.0.0.1"))
        let six = try XCTUnwrap(IPv6Address("2001:db8::1"))
        let rows: [(address: String?, want: Set<EntryPoint>)] = [
            (nil, [.hostPort(5432), .hostPort6(5432)]), ("0.0.0.0", [.hostPort(5432)]),
            ("10.0.0.1", [.port(5432, at: .four(four))]), ("::", [.hostPort6(5432)]),
            ("2001:db8::1", [.port(5432, at: .six(six))]), ("::1", []), ("localhost", []),
        ]
        for row in rows {
            let words = row.address ?? "none"
            let database = try service("db", ports: [(5432, row.address)])
            let ruleset = try snapshot().ruleset(
                [Route(name: "db", service: database, backends: [])]
            )
            XCTAssertEqual(entryPoints(ruleset, of: "db"), row.want, words)
            let held = HostPort.all(of: database).map(\.entryPoint)
            XCTAssertEqual(Set(held), row.want, words)
        }
    }

    /// Containers on both networks of a key reach all that serve, by the address in their own.
    func testServicesThatMoveAreReachedFromBothNetworks() throws {
        func network(
            _ name: String,
            _ key: String,
            _ second: Int,
            isApart: Bool = false
        ) -> String {
            """
            {"Id": "\(name)", "Name": "\(name)", "Driver": "bridge",
             "Labels": {"berth.environment": "prod", "berth.network": "\(key)"},
             "Options": {"com.docker.network.bridge.name": "br\(second)",
                         "com.docker.network.bridge.enable_icc": "\(!isApart)"},
             "IPAM": {"Config": [
                {"Subnet": "10.\(second).0.0/24", "IPRange": "10.\(second).0.128/25"}]}}
            """
        }
        let list = [
            network("prod_n", "n", 1), network("prod_n.2", "n", 2), network("prod_m", "m", 3),
            network("prod_n.3", "n", 4, isApart: true),
        ]
        let networks = Networks(
            try JSONDecoder.engine.decode(
                [DockerEngine.Network].self,
                from: Data("[\(list.joined(separator: ","))]".utf8)
            )
        )
        func address(_ text: String) throws -> IPv4Address { try XCTUnwrap(IPv4Address(text)) }
        let endpoints = [
            "aaaaaaaaaaaa": ["prod_n": try address("10.1.0.2"), "prod_m": try address("10.3.0.2")],
            "bbbbbbbbbbbb": [
                "prod_n.2": try address("10.2.0.2"), "prod_m": try address("10.3.0.3"),
            ],
        ]
        var snapshot = try snapshot(networks: networks)
        snapshot.endpoints = endpoints
        let web = try Sample.service("web") { service in
            service.container.network = .networks([.init(network: "n"), .init(network: "m")])
        }
        let route = Route(
            name: "web",
            service: web,
            backends: [backend(1, "aaaaaaaaaaaa"), backend(2, "bbbbbbbbbbbb")]
        )
        let ruleset = try snapshot.ruleset([route])
        let chains = ruleset.services.filter { $0.name.bridge != nil }.map { chain in
            let backends = chain.backends.compactMap(\.address).map(\.description)
            return "\(chain.name.bridge ?? ""): \(backends.joined(separator: ", "))"
        }
        XCTAssertEqual(
            chains.sorted(),
            [
                "br1: 10.1.0.2, 10.2.0.2", "br2: 10.1.0.2, 10.2.0.2", "br3: 10.3.0.2, 10.3.0.3",
                "br4: ",
            ]
        )
        let siblings = ruleset.networks.map { "\($0.bridge): \($0.siblings)" }
        XCTAssertEqual(
            siblings.sorted(),
            ["br1: [10.2.0.0/24]", "br2: [10.1.0.0/24]", "br3: []", "br4: []"]
        )
    }

    func testNetworksThatContainersGetTheirTrafficThroughAreServed() throws {
        func network(_ name: String, _ driver: String, _ labels: String, _ second: Int) -> String {
            """
            {"Id": "\(name)", "Name": "\(name)", "Driver": "\(driver)", "Labels": {\(labels)},
             "Options": {"com.docker.network.bridge.name": "br-\(name)"},
             "IPAM": {"Config": [{"Subnet": "10.\(second).0.0/16"}]}}
            """
        }
        let list = [
            network("ours", "bridge", #""berth.environment": "prod""#, 1),
            network("staging", "bridge", #""berth.environment": "staging""#, 2),
            network("theirs", "bridge", "", 3), network("unused", "bridge", "", 4),
            network("lan", "macvlan", "", 5),
        ]
        let networks = Networks(
            try JSONDecoder.engine.decode(
                [DockerEngine.Network].self,
                from: Data("[\(list.joined(separator: ","))]".utf8)
            )
        )
        var snapshot = try snapshot(networks: networks)
        snapshot.attached = ["theirs", "lan", "gone"]
        let ruleset = try snapshot.ruleset([])
        XCTAssertEqual(Set(ruleset.networks.map(\.bridge)), ["br-ours", "br-theirs"])
    }
}
