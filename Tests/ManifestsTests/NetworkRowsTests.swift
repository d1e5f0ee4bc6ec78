import Model
import XCTest

@testable import Manifests

/// What of a network's addresses and options no container could have, row by row, with neighbours.
final class NetworkRowsTests: XCTestCase {
    func testOneAddressIsGivenOnce() {
        let net =
            "networks: { n: { ipam: { config: [{ subnet: 10.5.0.0/24 }, "
            + "{ subnet: 'fd00:5::/64' }] } }, m: { ipam: { config: [{ subnet: 10.6.0.0/24 }] } } }\n"
        for (first, second, want) in [
            (
                "ipv4_address: 10.5.0.9", "ipv4_address: 10.5.0.9",
                "the address 10.5.0.9 is already that of api"
            ),
            (
                "ipv6_address: 'fd00:5::9'", "ipv6_address: 'fd00:5:0::9'",
                "the address fd00:5:0::9 is already that of api"
            ),
            (
                "link_local_ips: [169.254.7.7]", "link_local_ips: [169.254.7.8, 169.254.7.7]",
                "the address 169.254.7.7 is already that of api"
            ),
            ("ipv4_address: 10.5.0.9", "ipv4_address: 10.5.0.10", nil),
            ("link_local_ips: [169.254.7.7]", "link_local_ips: [169.254.7.8]", nil),
        ] as [(String, String, String?)] {
            let found = SampleFleet.of(
                """
                services:
                  api: { image: "quay.io/a:1", networks: { n: { \(first) } } }
                  web: { image: "quay.io/a:1", networks: { n: { \(second) } } }
                \(net)
                """,
                "services: { api: , web: }\n"
            ).problems()
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(second): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
        check([
            (
                "networks: { n: { link_local_ips: [169.254.7.7] } }\n    scale: 2", net, "",
                "2 containers cannot share one address"
            )
        ])
    }

    func testAddressesThatNoMachineCanHave() {
        func net(_ pool: String) -> String {
            "networks: { n: { ipam: { config: [{ \(pool) }] } } }\n"
        }
        for (pool, want) in [
            ("subnet: 10.5.0.0/24, gateway: 10.5.0.0", "10.5.0.0 is the first address of"),
            ("subnet: 10.5.0.0/24, gateway: 10.5.0.255", "is the broadcast address of 10.5.0.0/24"),
            ("subnet: 10.5.0.0/22, gateway: 10.5.3.255", "is the broadcast address of 10.5.0.0/22"),
            ("subnet: 10.5.0.4/30, gateway: 10.5.0.7", "is the broadcast address of 10.5.0.4/30"),
            ("subnet: 'fd00:5::/64', gateway: 'fd00:5::'", "fd00:5:: is the first address of"),
            ("subnet: 10.5.0.0/24, gateway: 10.5.0.1", nil),
            ("subnet: 10.5.0.0/22, gateway: 10.5.0.255", nil),
            ("subnet: 10.5.0.0/22, gateway: 10.5.1.0", nil),
            ("subnet: 10.5.0.4/30, gateway: 10.5.0.5", nil),
            ("subnet: 'fd00:5::/64', gateway: 'fd00:5::ffff:ffff:ffff:ffff'", nil),
            ("subnet: 10.5.0.0/31", "10.5.0.0/31 has no address for a container; give a prefix of"),
            ("subnet: 10.5.0.7/32", "10.5.0.7/32 has no address for a container"),
            ("subnet: 10.5.0.0/31, gateway: 10.5.0.0", "10.5.0.0/31 has no address"),
            ("subnet: 'fd00:5::/127'", "give a prefix of at most 126 bits"),
            ("subnet: 'fd00:5::1/128'", "fd00:5::1/128 has no address for a container"),
            ("subnet: 10.5.0.0/30", nil), ("subnet: 'fd00:5::/126'", nil),
        ] as [(String, String?)] {
            check([("networks: [n]", net(pool), "", want), ("tty: true", net(pool), "", nil)])
        }
        let pool = "subnet: 10.5.0.0/24, gateway: 10.5.0.7"
        for (address, want) in [
            ("10.5.0.0", "10.5.0.0 is the first address of the network n; take another address"),
            ("10.5.0.255", "10.5.0.255 is the broadcast address of the network n"),
            ("10.5.0.7", "10.5.0.7 is the gateway of the network n"), ("10.5.0.8", nil),
            ("10.5.0.1", nil),
        ] as [(String, String?)] {
            check([("networks: { n: { ipv4_address: \(address) } }", net(pool), "", want)])
        }
    }

    func testOptionsOfNetworksThatDockerRefuses() {
        func net(_ option: String) -> String {
            "networks: { n: { driver_opts: { com.docker.network.\(option) } } }\n"
        }
        for mtu in ["jumbo", "1500b", "'+1500'", "'01500'", "-1", "67", "65536", "'1500 '", "''"] {
            check([
                (
                    "networks: [n]", net("driver.mtu: \(mtu)"), "",
                    "networks.n.driver_opts.com.docker.network.driver.mtu: "
                ),
                (
                    "networks: [n]", net("driver.mtu: \(mtu)"), "host_network: [web]",
                    "is not a packet size; write one from 68 to 65535"
                ),
            ])
        }
        for option in [
            "driver.mtu: 1450", "driver.mtu: '9000'", "driver.mtu: 0", "driver.mtu: 68",
            "container_iface_prefix: app", "container_iface_prefix: abcdefghijklm",
        ] {
            check([("networks: [n]", net(option), "", nil)])
        }
        for prefix in ["a/b", "abcdefghijklmn", "'a b'", "é"] {
            let want = "cannot begin an interface's name; write up to 13 letters and digits"
            check([("networks: [n]", net("container_iface_prefix: \(prefix)"), "", want)])
        }
    }

    func testTheInterfaceInsideIsTheContainersOwn() {
        func join(_ name: String, _ other: String = "other0") -> String {
            let option = "com.docker.network.endpoint.ifname"
            return "networks: { n: { driver_opts: { \(option): \(name) } }, "
                + "m: { driver_opts: { \(option): \(other) } } }"
        }
        let top = "networks: { n: , m: }\n"
        for name in ["back0", "abcdefghijklmno", "net.7"] { check([(join(name), top, "", nil)]) }
        for name in ["abcdefghijklmnop", "a/b", "'a:b'", "'a b'", "..", "lo", "''", "other0"] {
            let want = "cannot be the interface's name inside the container; write up to 15 letters"
            check([(join(name), top, "", want)])
        }
    }
}
