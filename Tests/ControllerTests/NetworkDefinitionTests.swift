import Addresses
import DockerEngine
import Foundation
import Model
import Planning
import XCTest

@testable import Controller

/// How networks differ from their definition, and what follows from it.
final class NetworkDefinitionTests: XCTestCase {
    private typealias Subnet = Model.Network.Subnet

    private static let bridge = "com.docker.network.bridge.name"
    private static let mtu = "com.docker.network.driver.mtu"

    /// A network as Docker records it when it is created as asked.
    private func created(
        _ network: Model.Network,
        as name: String = "prod_n",
        bridge: String = "br-x",
        environment: String = "prod",
        more: (inout [String: Any]) -> Void = { _ in }
    ) throws -> DockerEngine.Network {
        let body = Networks.blueprint(
            network,
            name: name,
            bridge: bridge,
            environment: environment,
            free: IPv4Subnet("172.30.0.0/22")
        )
        let data = try JSONEncoder.engine.encode(body)
        var object = try XCTUnwrap(
            try JSONSerialization.jsonObject(with: data) as? [String: Any]
        )
        object["Id"] = name
        more(&object)
        return try JSONDecoder.engine.decode(
            DockerEngine.Network.self,
            from: try JSONSerialization.data(withJSONObject: object)
        )
    }

    private func rows(_ network: Model.Network, _ found: DockerEngine.Network) -> [String] {
        ObjectDefinition.differences(network, found, bridge: "br-x")
            .map { "\($0.field.dropFirst("networks.n.".count)): \($0.desired) / \($0.actual)" }
    }

    private func network(
        _ subnets: [Subnet] = [],
        _ change: (inout Model.Network) -> Void = { _ in }
    ) -> Model.Network {
        var network = Model.Network(key: "n", subnets: subnets)
        change(&network)
        return network
    }

    func testWhatChangedIsNamed() throws {
        let ten = Subnet(subnet: "10.9.0.0/24")
        let eight = Subnet(subnet: "10.8.0.0/24")
        let six = Subnet(subnet: "fd00:9::/64")
        let chosen = "172.30.0.0/22 gateway 172.30.0.1 ip_range 172.30.2.0/23"
        let rows: [(before: Model.Network, after: Model.Network, want: [String])] = [
            (network([ten]), network([ten]), []),
            (
                network([ten]), network([eight]),
                ["ipam.config: 10.8.0.0/24 / 10.9.0.0/24 ip_range 10.9.0.128/25"]
            ),
            (network(), network([ten]), ["ipam.config: 10.9.0.0/24 / \(chosen)"]),
            (
                network([ten]), network(),
                ["ipam.config: chosen by Berth / 10.9.0.0/24 ip_range 10.9.0.128/25"]
            ),
            (
                network([ten]), network([ten, eight]),
                ["ipam.config: 10.8.0.0/24, 10.9.0.0/24 / 10.9.0.0/24 ip_range 10.9.0.128/25"]
            ),
            (
                network([ten, eight]), network([eight]),
                [
                    "ipam.config: 10.8.0.0/24 / 10.8.0.0/24 ip_range 10.8.0.128/25, 10.9.0.0/24 "
                        + "ip_range 10.9.0.128/25"
                ]
            ),
            (network([ten, eight]), network([eight, ten]), []),
            (
                network([ten]), network([Subnet(subnet: "10.9.0.0/24", gateway: "10.9.0.9")]),
                [
                    "ipam.config: 10.9.0.0/24 gateway 10.9.0.9 / 10.9.0.0/24 ip_range "
                        + "10.9.0.128/25"
                ]
            ),
            (
                network([Subnet(subnet: "10.9.0.0/24", gateway: "10.9.0.9")]), network([ten]),
                [
                    "ipam.config: 10.9.0.0/24 / 10.9.0.0/24 gateway 10.9.0.9 ip_range "
                        + "10.9.0.128/25"
                ]
            ),
            (
                network([ten]), network([Subnet(subnet: "10.9.0.0/24", range: "10.9.0.64/26")]),
                [
                    "ipam.config: 10.9.0.0/24 ip_range 10.9.0.64/26 / 10.9.0.0/24 ip_range "
                        + "10.9.0.128/25"
                ]
            ),
            (
                network([Subnet(subnet: "10.9.0.0/24", range: "10.9.0.64/26")]), network([ten]),
                ["ipam.config: 10.9.0.0/24 / 10.9.0.0/24 ip_range 10.9.0.64/26"]
            ),
            (network(), network { $0.enablesIPv6 = true }, ["enable_ipv6: true / false"]),
            (network { $0.enablesIPv6 = true }, network(), ["enable_ipv6: false / true"]),
            (
                network { $0.enablesIPv6 = true }, network([six]) { $0.enablesIPv6 = true },
                ["ipam.config: fd00:9::/64 / \(chosen), fd92:5414:c3dd::/64"]
            ),
            (
                network([six]) { $0.enablesIPv6 = true }, network { $0.enablesIPv6 = true },
                ["ipam.config: chosen by Berth / \(chosen), fd00:9::/64"]
            ),
            (
                network([six]) { $0.enablesIPv6 = true },
                network([Subnet(subnet: "FD00:9:0::/64")]) { $0.enablesIPv6 = true }, []
            ),
            (network(), network { $0.isInternal = true }, ["internal: true / false"]),
            (network { $0.isInternal = true }, network(), ["internal: false / true"]),
            (network(), network { $0.isAttachable = true }, ["attachable: true / false"]),
            (network { $0.isAttachable = true }, network(), ["attachable: false / true"]),
            (
                network(), network { $0.driver = "macvlan" },
                ["driver: macvlan / bridge", "driver_opts.\(Self.bridge): not set / br-x"]
            ),
            (
                network(), network { $0.driverOptions = [Self.mtu: "1400"] },
                ["driver_opts.\(Self.mtu): 1400 / not set"]
            ),
            (
                network { $0.driverOptions = [Self.mtu: "1400"] },
                network { $0.driverOptions = [Self.mtu: "1300"] },
                ["driver_opts.\(Self.mtu): 1300 / 1400"]
            ),
            (
                network { $0.driverOptions = [Self.mtu: "1400"] }, network(),
                ["driver_opts.\(Self.mtu): not set / 1400"]
            ),
            (
                network { $0.driverOptions = [Self.bridge: "lan0"] }, network(),
                ["driver_opts.\(Self.bridge): br-x / lan0"]
            ),
            (
                network { $0.driverOptions = ["parent": "eth1"] },
                network { $0.driverOptions = ["parent": "eth0"] },
                ["driver_opts.parent: eth0 / eth1"]
            ),
            (
                network { $0.driverOptions = ["token": "a"] },
                network { $0.driverOptions = ["token": "b"] },
                ["driver_opts.token: set / set to another value"]
            ),
            (
                network { $0.labels = ["team": "core", "old": "1"] },
                network { $0.labels = ["team": "edge", "new": "2"] },
                [
                    "labels.new: 2 / not set", "labels.old: not set / 1",
                    "labels.team: edge / core",
                ]
            ),
        ]
        for (before, after, want) in rows {
            XCTAssertEqual(self.rows(after, try created(before)), want, "\(before) \(after)")
            XCTAssertEqual(self.rows(before, try created(before)), [], "\(before)")
        }
    }

    /// Docker, and its daemon's configuration, add to what they were asked for.
    func testWhatOthersAddedIsNoDifference() throws {
        let found = try created(network([Subnet(subnet: "10.9.0.0/24")])) { object in
            var options = object["Options"] as? [String: Any] ?? [:]
            options["com.docker.network.enable_ipv4"] = "true"
            options[Self.mtu] = "1450"
            object["Options"] = options
            object["IPAM"] = [
                "Config": [
                    [
                        "Subnet": "10.9.0.0/24", "IPRange": "10.9.0.128/25",
                        "Gateway": "10.9.0.129",
                    ]
                ]
            ]
        }
        XCTAssertEqual(rows(network([Subnet(subnet: "10.9.0.0/24")]), found), [])
        // An earlier version noted nothing of what was given.
        let earlier = try created(network { $0.driverOptions = [Self.mtu: "1400"] }) { object in
            var labels = object["Labels"] as? [String: Any] ?? [:]
            XCTAssertNotNil(labels.removeValue(forKey: "berth.given"))
            object["Labels"] = labels
        }
        XCTAssertEqual(rows(network(), earlier), [])
    }

    // MARK: What follows

    private func succession(
        _ network: Model.Network,
        _ found: [DockerEngine.Network],
        users: [String: NetworkSuccession.Users] = [:]
    ) -> NetworkSuccession {
        NetworkSuccession(
            of: network,
            named: "prod_n",
            in: "prod",
            among: Networks(found),
            users: users,
            bridge: { "br\($0)" }
        )
    }

    func testWhichNetworkStandsForAKey() throws {
        let (v4, v6, mtu) = (
            network(), network { $0.enablesIPv6 = true },
            network { $0.driverOptions = [Self.mtu: "1400"] }
        )
        func plain(_ network: Model.Network) throws -> DockerEngine.Network {
            try created(network, bridge: "br")
        }
        func numbered(_ number: Int, _ network: Model.Network) throws -> DockerEngine.Network {
            try created(network, as: "prod_n.\(number)", bridge: "br.\(number)")
        }
        let used = NetworkSuccession.Users(isUsed: true)
        let first = ["prod_n": used]
        let both = first.merging(["prod_n.2": used]) { $1 }
        let rows:
            [(
                name: String, found: [DockerEngine.Network],
                users: [String: NetworkSuccession.Users], suffix: String, leftovers: [String]
            )] = [
                ("none", [], [:], "", []),
                ("as defined", [try plain(v6)], first, "", []),
                ("changed and used", [try plain(v4)], first, ".2", []),
                ("changed and not used", [try plain(v4)], [:], "", ["prod_n"]),
                ("moving", [try plain(v4), try numbered(2, v6)], both, ".2", []),
                (
                    "moved", [try plain(v4), try numbered(2, v6)], ["prod_n.2": used], ".2",
                    ["prod_n"]
                ),
                ("for good", [try numbered(2, v6)], ["prod_n.2": used], ".2", []),
                ("changed again", [try numbered(2, v4)], ["prod_n.2": used], "", []),
                ("changed while moving", [try plain(v4), try numbered(2, mtu)], both, ".3", []),
                ("taken back", [try plain(v6), try numbered(2, v4)], both, "", []),
                ("given up", [try plain(v4), try numbered(2, mtu)], first, ".2", ["prod_n.2"]),
                (
                    "another environment's",
                    [try created(v4, bridge: "br", environment: "dev")], first, "", []
                ),
                (
                    "taken number",
                    [
                        try plain(v4),
                        try created(v6, as: "prod_n.2", bridge: "br.2", environment: "dev"),
                    ], first, ".3", []
                ),
            ]
        for (name, found, users, suffix, leftovers) in rows {
            let result = succession(v6, found, users: users)
            XCTAssertEqual(result.suffix, suffix, name)
            XCTAssertEqual(result.leftovers, leftovers, name)
            XCTAssertNil(result.obstacle, name)
        }
    }

    func testWhoUsesANetwork() throws {
        let rows:
            [(name: String, state: String, labels: [String: String], isUsed: Bool, isOthers: Bool)] =
                [
                    ("prod-web-1", "running", [:], true, false),
                    ("prod-web-1", "paused", [:], true, false),
                    ("prod-web-1", "restarting", [:], true, false),
                    ("prod-web-1", "exited", [:], true, false),
                    ("prod-web-1", "created", [:], true, false),
                    ("prod-web-1.g2", "running", [:], true, false),
                    ("prod-web-1.g2", "created", [:], false, false),
                    ("prod-web-1.old2", "running", [:], true, false),
                    ("prod-web-1.old2", "exited", [:], false, false),
                    ("prod-web-1.bad2", "exited", [:], false, false),
                    ("prod-web-1", "exited", ["berth.service": "migrate"], false, false),
                    ("prod-web-1", "running", ["berth.service": "migrate"], true, false),
                    ("prod-web-1", "exited", ["berth.environment": "dev"], false, true),
                    ("renamed", "exited", [:], false, true),
                    ("stranger", "exited", ["berth.environment": ""], false, true),
                ]
        let desired = Sample.desired([
            try Sample.service("web"), try Sample.service("migrate") { $0.isJob = true },
        ])
        let found = try created(network())
        for (name, state, more, isUsed, isOthers) in rows {
            let labels = [
                "berth.environment": "prod", "berth.service": "web", "berth.slot": "1",
                "berth.spec": "\(Sample.digest("spec"))", "berth.generation": "2",
                "berth.image": "localhost/web@\(Sample.digest("image"))",
                "berth.name": "prod-web-1",
            ].merging(more) { $1 }
            func users(on id: String) throws -> NetworkSuccession.Users {
                let object: [String: Any] = [
                    "Id": "1", "Names": ["/\(name)"], "State": state, "Labels": labels,
                    "NetworkSettings": ["Networks": ["prod_n": ["NetworkID": id]]],
                ]
                let container = try JSONDecoder.engine.decode(
                    ContainerSummary.self,
                    from: try JSONSerialization.data(withJSONObject: object)
                )
                return .init(of: found, among: [container], in: desired)
            }
            let want = NetworkSuccession.Users(isUsed: isUsed, other: isOthers ? name : nil)
            let words = "\(name) \(state) \(more)"
            XCTAssertEqual(try users(on: found.id), want, words)
            XCTAssertEqual(try users(on: ""), want, words)
            XCTAssertEqual(try users(on: "lost"), .init(), words)
        }
    }

    func testWhereNoOtherNetworkCanComeBeside() throws {
        let fixed = { (subnet: String, bridge: String?) in
            self.network([Subnet(subnet: subnet)]) {
                $0.driverOptions = bridge.map { [Self.bridge: $0] } ?? [:]
            }
        }
        let old = try created(fixed("10.9.0.0/24", "lan0"))
        let rows: [(after: Model.Network, other: String?, want: NetworkSuccession.Obstacle?)] = [
            (network(), nil, nil), (network(), "stranger", .container("stranger")),
            (network { $0.driver = "macvlan" }, nil, .driver),
            (fixed("10.9.0.0/25", nil), nil, .subnet("10.9.0.0/25")),
            (fixed("10.0.0.0/8", nil), nil, .subnet("10.0.0.0/8")),
            (fixed("10.8.0.0/24", nil), nil, nil),
            (fixed("10.8.0.0/24", "lan0"), nil, .bridge("lan0")),
            (fixed("10.8.0.0/24", "lan1"), nil, nil),
        ]
        for (after, other, want) in rows {
            let users = ["prod_n": NetworkSuccession.Users(isUsed: true, other: other)]
            let found = succession(after, [old], users: users)
            XCTAssertEqual(found.obstacle, want, "\(after)")
            XCTAssertEqual(found.suffix, want == nil ? ".2" : "", "\(after)")
            XCTAssertEqual(found.leftovers, [], "\(after)")
            // One that only a stopped container of the environment knows is replaced at once.
            guard other == nil else { continue }
            let unused = succession(after, [old])
            XCTAssertEqual(unused.leftovers, ["prod_n"], "\(after)")
            XCTAssertEqual([unused.suffix, unused.obstacle.map { "\($0)" }], ["", nil])
        }
        for (obstacle, hasOutage) in [
            (NetworkSuccession.Obstacle.container("stranger"), false), (.driver, true),
        ] {
            let changed = ChangedObject(
                kind: "network",
                name: "prod_n",
                differences: [],
                obstacle: obstacle
            )
            let advice = "take the services that join it out of the environment"
            XCTAssertEqual("\(changed)".contains(advice), hasOutage, "\(changed)")
        }
        let external = Model.Network(key: "n", isExternal: true)
        XCTAssertEqual(succession(external, [old], users: [:]), succession(external, []))
    }
}
