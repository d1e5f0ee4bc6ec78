import Model
import XCTest

@testable import Manifests

/// What reaches beyond a container needs a grant, however it is written.
final class ReachTests: XCTestCase {
    private func problems(_ line: String, top: String = "", policy: String = "") -> [String] {
        let policy = policy.isEmpty ? "" : "policy: { \(policy) }\n"
        return SampleFleet.of(
            "services:\n  web:\n    image: quay.io/web:1\n    \(line)\n\(top)",
            "services: { web: }\n\(policy)"
        ).problems()
    }

    func testOnlyOptionsThatConfineGoWithoutAGrant() {
        for option in ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"] {
            XCTAssertEqual(problems("security_opt: ['\(option)']"), [], option)
        }
        for option in [
            "seccomp=unconfined", "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}",
            "seccomp:/x.json", "label=type:spc_t", "label:disable", "apparmor=other",
            "no-new-privileges:0", "no-new-privileges:false", "no-new-privileges:false:true",
            "systempaths=unconfined", "",
        ] {
            let found = problems("security_opt: ['\(option)']")
            XCTAssertEqual(found.count, 1, "\(option): \(found)")
            XCTAssertTrue(
                found.first?.hasPrefix("manifests/web.yaml:4:20: error: services.web.security_opt:")
                    == true
                    && found.first?.contains("add web to policy.unconfined") == true,
                "\(option): \(found)"
            )
            XCTAssertEqual(problems("security_opt: ['\(option)']", policy: "unconfined: [web]"), [])
        }
    }

    func testDevicesAreGrantedAsTheyAreHandedOut() throws {
        for (device, want) in [
            ("/dev/fuse", nil),
            ("'/dev/fuse:/dev/x:r'", nil),
            ("{ source: /dev/fuse, target: /dev/x, permissions: rw }", nil),
            ("/dev/sda", "the device /dev/sda is not granted"),
            ("{ source: '/dev/fuse:/dev/sda' }", "\"/dev/fuse:/dev/sda\" has a colon"),
            ("{ source: /dev/fuse, target: '/dev/x:/dev/y' }", "\"/dev/x:/dev/y\" has a colon"),
            ("{ source: /dev/fuse, target: '' }", "devices[0].target: it is empty"),
            ("{ source: /dev/fuse, permissions: 'r:w' }", "\"r:w\" is not of r, w and m"),
            ("{ source: /dev/fuse, permissions: '' }", "\"\" is not of r, w and m"),
            ("'/dev/fuse:/dev/x:rx'", "\"rx\" is not of r, w and m"),
            ("vendor.com/class=one", "\"vendor.com/class=one\" is not an absolute path"),
        ] as [(String, String?)] {
            let found = problems(
                "devices: [\(device)]",
                policy: "devices: [/dev/fuse, vendor.com/class=one]"
            )
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(device): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
    }

    func testNamesOfDockersOwnNetworksAreNoWayAround() {
        for (network, want) in [
            ("{ external: true, name: host }", "write network_mode: host"),
            ("{ name: host }", "write network_mode: host"),
            ("{ external: { name: none } }", "write network_mode: none"),
            ("{ external: true, name: bridge }", "write network_mode: bridge"),
            ("{ external: true, name: default }", "\"default\" is not a network to join"),
            ("{ external: true, name: 'container:db' }", "\"container:db\" is not a network"),
            ("{ external: true, name: proxy }", nil),
        ] as [(String, String?)] {
            let found = problems(
                "networks: [net]",
                top: "networks: { net: \(network) }\n",
                policy: "external_networks: [proxy]"
            )
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(network): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
        let byKey = problems("networks: [host]", top: "networks: { host: { external: true } }\n")
        XCTAssertTrue(byKey.first?.contains("write network_mode: host") == true, "\(byKey)")
        let byDefault = problems("", top: "networks: { default: { name: host } }\n")
        XCTAssertTrue(byDefault.first?.contains("write network_mode: host") == true, "\(byDefault)")
    }

    func testLinksOfTheHostNeedItsNetworkGranted() {
        for driver in ["macvlan", "ipvlan", "overlay", "host", "Bridge", "some/plugin:1"] {
            let top = "networks: { lan: { driver: \(driver), driver_opts: { parent: eth0 } } }\n"
            let found = problems("networks: [lan]", top: top)
            XCTAssertEqual(
                found,
                [
                    "manifests/web.yaml:5:28: error: networks.lan.driver: web would join the "
                        + "host's own network through \(driver); use the driver bridge, or add web "
                        + "to policy.host_network in environments/prod.yaml"
                ]
            )
            XCTAssertEqual(
                problems("networks: [lan]", top: top, policy: "host_network: [web]"),
                []
            )
            XCTAssertEqual(problems("", top: top), [], "nobody joins it")
        }
        XCTAssertEqual(problems("networks: [a]", top: "networks: { a: { driver: bridge } }\n"), [])
    }

    func testRuntimesAndControlGroupsNeedAGrant() {
        for (line, policy, want) in [
            ("runtime: runc", "", nil),
            ("runtime: io.containerd.runc.v2", "", nil),
            ("runtime: nvidia", "", "add web to policy.unconfined"),
            ("runtime: nvidia", "unconfined: [web]", nil),
            ("annotations: { note: x }", "", nil),
            (
                "annotations: { org.systemd.property.DeviceAllow: x }", "",
                "\"org.systemd.property.DeviceAllow\" may change what the runtime does; remove it, or "
                    + "add web to policy.unconfined"
            ),
            ("annotations: { run.oci.systemd.force_cgroup_v1: x }", "unconfined: [web]", nil),
            ("cgroup_parent: /", "", "add web to policy.host_namespaces"),
            ("cgroup_parent: /", "host_namespaces: [web]", nil),
        ] as [(String, String, String?)] {
            let found = problems(line, policy: policy)
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(line): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
    }

    func testPathsAreComparedByteByByte() {
        for (path, want) in [
            ("/srv/data/../x", "the host's /srv/data/../x is not granted"),
            ("/srv/data/../\\u0338x", "is not granted"),
            ("/srv/data/x", nil),
            // One letter with its accent, and the letter and the accent: two names to the kernel.
            ("/srv/e\\u0301/x", "is not granted"),
            ("/srv/\\u00e9/x", nil),
        ] as [(String, String?)] {
            let found = problems(
                "volumes: [\"\(path):/d\"]",
                policy: "host_paths: [/srv/data, \"/srv/\\u00e9\"]"
            )
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(path): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
    }

    func testColonsOfAMountAreRefused() {
        for mount in [
            "{ type: bind, source: '/a:/etc', target: /d }",
            "{ type: bind, source: /a, target: '/d:/e' }",
            "{ type: volume, target: '/d:/e' }",
            "'$${a:b}:/x'",
            "\"/a:\\u0338:/d\"",
        ] {
            let found = problems("volumes: [\(mount)]", policy: "host_paths: [/]")
            XCTAssertTrue(
                found.contains { $0.contains("has a colon, by which Docker splits") },
                "\(mount): \(found)"
            )
        }
    }
}
