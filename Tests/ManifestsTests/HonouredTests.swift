import Model
import XCTest

@testable import Manifests

/// What is taken is carried out, or said not to be.
final class HonouredTests: XCTestCase {
    private func problems(_ line: String, top: String = "", environment: String = "") -> [String] {
        SampleFleet.of(
            "services:\n  web:\n    image: quay.io/web:1\n    \(line)\n"
                + "  db: { image: 'quay.io/db:1' }\n\(top)",
            "services: { web: , db: }\n\(environment)"
        ).problems()
    }

    func testRestartsWithAnotherServiceAreRefused() throws {
        let line = "depends_on: { db: { condition: service_started, restart: true } }"
        XCTAssertEqual(
            problems(line),
            [
                "manifests/web.yaml:4:62: error: services.web.depends_on.db.restart: a service is "
                    + "replaced only when its own description changes; remove it"
            ]
        )
        XCTAssertEqual(problems(line.replacing("true", with: "false")), [])
        let file = "services: { web: { image: w, \(line) }, db: { image: d } }\n"
        let model = try ComposeFile.model(of: Array(file.utf8), path: "docker-compose.yml")
        XCTAssertTrue(model.yaml().contains("restart: true"), model.yaml())
    }

    func testMirrorsAreOfRegistries() {
        for (name, want) in [
            ("ghcr.io", nil), ("docker.io", nil), ("'localhost:5000'", nil),
            ("ghcr.io/team", "\"ghcr.io/team\" is not a registry's name; write ghcr.io"),
            ("'https://docker.io'", "\"https://docker.io\" is not a registry's name"),
            ("index.docker.io", "\"index.docker.io\" is not a registry's name; write docker.io"),
            ("team", "\"team\" is not a registry's name"),
        ] as [(String, String?)] {
            let found = problems("", environment: "mirrors: { \(name): [mirror.example] }\n")
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(name): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
    }

    func testPortsThatAreNotServedOverIPv6AreTold() {
        let plain = "networks: { six: { enable_ipv6: true } }\n"
        let subnet = { (text: String) in
            "networks: { six: { enable_ipv6: true, ipam: { config: [{ subnet: '\(text)' }] } } }\n"
        }
        let ports = "networks: [six]\n    ports: ['80:80']"
        let only = "the published ports of web are served over IPv4 only, as "
        let rows: [(lines: String, top: String, want: String?)] = [
            (ports, plain, nil), ("networks: [six]", subnet("fd00::/112"), nil),
            (ports, subnet("fd00::/96"), nil), (ports, subnet("10.9.0.0/24"), nil),
            (
                ports, subnet("fd00::/112"),
                "networks.six.enable_ipv6: \(only)fd00::/112 is too small; give a prefix of at most "
                    + "96 bits"
            ),
            (
                "networks: { six: { ipv6_address: 'fd00::9' } }\n    ports: ['80:80']",
                subnet("fd00::/64"),
                "services.web.networks: \(only)its address of IPv6 is fixed; remove ipv6_address"
            ),
            ("networks: [six]\n    ports: ['[2001:db8::1]:80:80']", plain, nil),
            (
                "ports: ['[2001:db8::1]:80:80']", "",
                "services.web.ports: no caller is served at [2001:db8::1]: no network of web has "
                    + "IPv6; set enable_ipv6 in a network of its own"
            ),
            (
                "networks: [six]\n    ports: ['[::1]:80:80']", plain,
                "services.web.ports: no caller is served at [::1]: the kernel routes nothing from there to "
                    + "containers; publish on 127.0.0.1"
            ),
        ]
        for (lines, top, want) in rows {
            let found = problems(lines, top: top)
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(lines): \(found)")
            guard let want else { continue }
            XCTAssertTrue(found.first?.hasSuffix("warning: \(want)") == true, "\(found)")
        }
    }

    func testPortsOnInternalNetworksAloneAreRefused() {
        let top = """
            networks:
              in: { internal: true }
              deep: { internal: true }
              out: { internal: false }
              theirs: { external: true }

            """
        let why =
            ": error: services.web.ports: no port is published on internal networks, and web joins "
            + "no other; join a network that is not internal, or remove ports"
        let rows: [(lines: String, top: String, own: String, want: String?)] = [
            ("ports: ['80:80']\n    networks: [in]", top, "", "manifests/web.yaml:4:13"),
            (
                "networks: [in, deep]\n    ports: [{ target: 80 }]", top, "",
                "manifests/web.yaml:5:13"
            ),
            (
                "ports: ['127.0.0.1:80:80/udp']\n    networks: { in: }", top, "",
                "manifests/web.yaml:4:13"
            ),
            ("networks: [in]", top, "ports: ['80:80']", "environments/prod.yaml:1:28"),
            (
                "ports: ['80:80']", "networks: { default: { internal: true } }\n", "",
                "manifests/web.yaml:4:13"
            ),
            ("ports: ['80:80']\n    networks: [in, out]", top, "", nil),
            ("ports: ['80:80']\n    networks: [in, theirs]", top, "", nil),
            ("ports: ['80:80']\n    networks: [in, default]", top, "", nil),
            ("ports: ['80:80']", top, "", nil),
            ("ports: []\n    networks: [in]", top, "", nil),
            ("expose: ['80']\n    networks: [in]", top, "", nil),
        ]
        for (lines, top, own, want) in rows {
            let found = SampleFleet.of(
                "services:\n  web:\n    image: quay.io/web:1\n    \(lines)\n\(top)",
                "services: { web: { \(own) } }\npolicy: { external_networks: [theirs] }\n"
            ).problems()
            XCTAssertEqual(found, want.map { [$0 + why] } ?? [], "\(lines) \(own)")
        }
    }

    func testAddressesAreChecked() {
        for (line, top, want) in [
            ("dns: 10.0.0.1", "", nil), ("dns: ['fd00::1']", "", nil),
            ("dns: ns.example", "", "\"ns.example\" is not such an address"),
            ("dns: ['']", "", "\"\" is not such an address"),
            ("networks: { a: { mac_address: '02:42:AC:11:00:02' } }", "networks: { a: }", nil),
            ("networks: { a: { mac_address: '02-42-ac-11-00-02' } }", "networks: { a: }", nil),
            (
                "networks: { a: { mac_address: '02:42:ac:11:00' } }", "networks: { a: }",
                "\"02:42:ac:11:00\" is not such an address"
            ),
            (
                "networks: { a: { mac_address: '02:42:ac:11:00:+2' } }", "networks: { a: }",
                "is not such an address"
            ),
            (
                "networks: [a]",
                "networks: { a: { ipam: { config: [{ subnet: 10.9.0.0/24, gateway: 10.9.0.1 }] } } "
                    + "}",
                nil
            ),
            (
                "networks: [a]",
                "networks: { a: { ipam: { config: [{ subnet: 10.9.0.0/24, gateway: first }] } } }",
                "\"first\" is not such an address"
            ),
            (
                "networks: [a]", "networks: { a: { ipam: { config: [{ subnet: 10.0.0.0/+8 }] } } }",
                "\"10.0.0.0/+8\" is not a subnet"
            ),
            (
                "networks: [a]", "networks: { a: { ipam: { config: [{ subnet: 10.0.0.0/08 }] } } }",
                "\"10.0.0.0/08\" is not a subnet"
            ),
            ("tmpfs: '/t:size=64m'", "", nil),
            ("tmpfs: '/t:size=-1'", "", "-1 is negative"),
        ] as [(String, String, String?)] {
            let found = problems(line, top: top + "\n")
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(line) \(top): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
    }

    func testACommittedFileIsOptionalOnlyWhereItIsMissing() {
        let files: [String: [UInt8]] = [
            "manifests/web.yaml": Array(
                """
                services:
                  web:
                    image: quay.io/web:1
                    env_file: [{ path: folder, required: false }, { path: no, required: false }]
                """.utf8
            ),
            "environments/prod.yaml": Array("services: { web: }".utf8),
        ]
        struct Refused: Error, CustomStringConvertible { var description: String { "a folder" } }
        let fleet = Fleet(
            FleetFiles(files) { path in
                if path.hasSuffix("folder") { throw Refused() }
                return nil
            }
        )
        XCTAssertEqual(
            fleet.problems(),
            [
                "manifests/web.yaml:4:16: error: services.web.env_file[0]: "
                    + "manifests/folder cannot be read: a folder; put it on the host and write its "
                    + "absolute path"
            ]
        )
    }
}
