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
}
