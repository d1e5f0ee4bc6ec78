import Addresses
import DockerEngine
import Foundation
import Model
import XCTest

@testable import Controller

final class NetworksTests: XCTestCase {
    private let free = IPv4Subnet("172.30.0.0/22")

    private func blueprint(_ network: Model.Network) -> NetworkCreateBody {
        Networks.blueprint(
            network,
            name: "prod_\(network.key)",
            bridge: "br-prod",
            environment: "prod",
            free: free
        )
    }

    func testADefaultNetworkKeepsHalfOfItsAddresses() {
        let body = blueprint(Model.Network(key: "default", labels: ["team": "core"]))
        XCTAssertEqual(body.name, "prod_default")
        XCTAssertEqual(body.driver, "bridge")
        XCTAssertEqual(body.options, ["com.docker.network.bridge.name": "br-prod"])
        XCTAssertEqual(
            body.labels,
            [
                "team": "core", "berth.environment": "prod", "berth.network": "default",
                "com.docker.compose.project": "berth-prod",
                "com.docker.compose.network": "default",
            ]
        )
        XCTAssertEqual(
            body.ipam?.config,
            [
                DockerEngine.AddressPool(
                    subnet: "172.30.0.0/22",
                    ipRange: "172.30.2.0/23",
                    gateway: "172.30.0.1"
                )
            ]
        )
        XCTAssertNil(body.isInternal)
        XCTAssertNil(body.attachable)
        XCTAssertEqual(body.enableIPv6, false)
    }

    func testWhatTheManifestFixesIsKept() {
        let subnets = [
            Model.Network.Subnet(subnet: "10.9.0.0/24", gateway: "10.9.0.254"),
            Model.Network.Subnet(subnet: "10.8.0.0/24", range: "10.8.0.64/26"),
            Model.Network.Subnet(subnet: "fd00::/64"),
        ]
        let body = blueprint(
            Model.Network(
                key: "front",
                driverOptions: ["com.docker.network.bridge.name": "mine"],
                isInternal: true,
                isAttachable: true,
                enablesIPv6: true,
                subnets: subnets
            )
        )
        XCTAssertEqual(body.options, ["com.docker.network.bridge.name": "mine"])
        XCTAssertEqual(
            body.ipam?.config,
            [
                .init(subnet: "10.9.0.0/24", ipRange: "10.9.0.128/25", gateway: "10.9.0.254"),
                .init(subnet: "10.8.0.0/24", ipRange: "10.8.0.64/26"),
                .init(subnet: "fd00::/64"),
            ]
        )
        XCTAssertEqual(body.isInternal, true)
        XCTAssertEqual(body.attachable, true)
        XCTAssertEqual(body.enableIPv6, true)
    }

    func testNetworksWithIPv6GetASubnetOfTheirOwn() {
        let six = { (subnets: [Model.Network.Subnet]) in
            let network = Model.Network(key: "front", enablesIPv6: true, subnets: subnets)
            return self.blueprint(network).ipam?.config?.map(\.subnet) ?? []
        }
        // fd, the first 40 bits of the name's hash (printf prod_front | sha256sum), and zeros.
        XCTAssertEqual(six([]), ["172.30.0.0/22", "fd17:24a6:8aca::/64"])
        XCTAssertEqual(six([.init(subnet: "10.9.0.0/24")]), ["10.9.0.0/24", "fd17:24a6:8aca::/64"])
        XCTAssertEqual(six([.init(subnet: "fd00::/64")]), ["fd00::/64", "172.30.0.0/22"])
    }

    func testOtherDriversChooseForThemselves() {
        let body = blueprint(Model.Network(key: "lan", driver: "macvlan"))
        XCTAssertEqual(body.driver, "macvlan")
        XCTAssertNil(body.options)
        XCTAssertNil(body.ipam?.config)
    }

    func testAddressesOfSixFollowFromThoseOfFour() throws {
        let network = { (name: String, more: String, pools: String) in
            """
            {"Id": "\(name)", "Name": "\(name)", "Driver": "bridge", \(more)
             "IPAM": {"Config": [\(pools)]}}
            """
        }
        let ours = "\"EnableIPv6\": true, \"Labels\": {\"berth.environment\": \"prod\"},"
        let half = { (subnet: String) in
            "{\"Subnet\": \"\(subnet).0/24\", \"IPRange\": \"\(subnet).128/25\"}"
        }
        let list = [
            network("six", ours, half("10.1.0") + ", {\"Subnet\": \"fd00:1::/64\"}"),
            network("small", ours, half("10.2.0") + ", {\"Subnet\": \"fd00:2::/112\"}"),
            network(
                "theirs",
                "\"EnableIPv6\": true,",
                half("10.3.0") + ", {\"Subnet\": \"fd00:3::/64\"}"
            ),
            network("four", ours.replacing("true", with: "false"), half("10.4.0")),
        ]
        let json = "[\(list.joined(separator: ","))]"
        let networks = Networks(
            try JSONDecoder.engine.decode([DockerEngine.Network].self, from: Data(json.utf8))
        )
        for (four, want) in [
            ("10.1.0.9", "fd00:1::a01:9"), ("10.2.0.9", nil), ("10.3.0.9", nil), ("10.4.0.9", nil),
            ("10.5.0.9", nil),
        ] {
            let address = try XCTUnwrap(IPv4Address(four))
            XCTAssertEqual(networks.address6(of: address)?.description, want, four)
        }
    }

    func testReadingDockersList() throws {
        let json = """
            [
              {"Id": "0123456789abcdef", "Name": "prod_default", "Driver": "bridge",
               "Labels": {"berth.environment": "prod"},
               "Options": {"com.docker.network.bridge.name": "br-prod"},
               "IPAM": {"Config": [{"Subnet": "172.30.0.0/22", "IPRange": "172.30.2.0/23",
                                    "Gateway": "172.30.0.1"}]}},
              {"Id": "fedcba9876543210", "Name": "theirs", "Driver": "bridge",
               "IPAM": {"Config": [{"Subnet": "fd00::/64"}, {"Subnet": "10.1.0.0/16"}]}},
              {"Id": "2", "Name": "upper", "Driver": "bridge", "IPAM": {"Config": [
                {"Subnet": "10.2.0.0/24", "IPRange": "10.2.0.128/25"}, {"Subnet": "fd02::/126"}]}},
              {"Id": "3", "Name": "lower", "Driver": "bridge", "IPAM": {"Config": [
                {"Subnet": "10.3.0.0/24", "IPRange": "10.3.0.0/25"},
                {"Subnet": "fd03::/64", "Gateway": "fd03::9/64"}]}},
              {"Id": "1", "Name": "host", "Driver": "host", "IPAM": {"Config": []}}
            ]
            """
        let networks = Networks(
            try JSONDecoder.engine.decode([DockerEngine.Network].self, from: Data(json.utf8))
        )
        for (name, four, six) in [
            ("prod_default", "172.30.0.1", nil), ("theirs", "10.1.0.1", "fd00::1"),
            ("upper", "10.2.0.128", nil), ("lower", "10.3.0.1", "fd03::9"), ("host", nil, nil),
        ] as [(String, String?, String?)] {
            XCTAssertEqual(networks.gateway(name)?.description, four, name)
            XCTAssertEqual(networks.gateway6(name)?.description, six, name)
        }
        XCTAssertEqual(networks.subnet("prod_default")?.description, "172.30.0.0/22")
        XCTAssertEqual(networks.subnet("theirs")?.description, "10.1.0.0/16")
        XCTAssertNil(networks.subnet("host"))
        XCTAssertNil(networks.subnet("nowhere"))
        XCTAssertEqual(networks.bridge("prod_default"), "br-prod")
        XCTAssertEqual(networks.bridge("theirs"), "br-fedcba987654")
        XCTAssertNil(networks.bridge("host"))
        XCTAssertTrue(networks.isAssigned("prod_default"))
        XCTAssertFalse(networks.isAssigned("theirs"))
        XCTAssertEqual(
            networks.subnets.map(\.description).sorted(),
            ["10.1.0.0/16", "10.2.0.0/24", "10.3.0.0/24", "172.30.0.0/22"]
        )
    }
}
