import Digests
import Model
import XCTest

@testable import Controller

final class HostLayoutTests: XCTestCase {
    private let layout = HostLayout(stateDirectory: "/var/lib/berth")

    func testPaths() {
        let digest = Sample.digest("x")
        let table: [(path: String, want: String)] = [
            (layout.mirror, "/var/lib/berth/mirror.git"),
            (layout.lock, "/var/lib/berth/lock"),
            (layout.history, "/var/lib/berth/history.jsonl"),
            (layout.contentFile(digest, mode: nil).path, "/var/lib/berth/files/\(digest.hex)"),
            (layout.contentFile(digest, mode: 0o444).path, "/var/lib/berth/files/\(digest.hex)"),
            (
                layout.contentFile(digest, mode: 0o600).path,
                "/var/lib/berth/files/\(digest.hex)-600"
            ),
            // Nothing runs with another's rights.
            (
                layout.contentFile(digest, mode: 0o4755).path,
                "/var/lib/berth/files/\(digest.hex)-755"
            ),
            (
                layout.hostsFile(of: "web", in: "prod"),
                "/var/lib/berth/environments/prod/hosts/web"
            ),
        ]
        for (path, want) in table { XCTAssertEqual(path, want) }
        let moved = layout.hostsFile(of: "web", movedTo: ["front.2"], in: "prod")
        XCTAssertTrue(moved.hasPrefix("/var/lib/berth/environments/prod/hosts/web@"), moved)
        XCTAssertNotEqual(moved, layout.hostsFile(of: "web", movedTo: ["front.3"], in: "prod"))
        XCTAssertEqual(
            layout.hostsFile(of: "web", movedTo: [], in: "prod"),
            layout.hostsFile(of: "web", in: "prod")
        )
        XCTAssertTrue(layout.mounts.hasPrefix("/run/berth/"))
        XCTAssertNotEqual(layout.mounts, HostLayout(stateDirectory: "/other").mounts)
    }

    func testNamesInDocker() {
        let desired = Sample.desired([]) { desired in
            desired.networks = [
                "default": Network(key: "default"),
                "named": Network(key: "named", name: "backbone"),
                "theirs": Network(key: "theirs", isExternal: true),
            ]
            desired.volumes = [
                "data": Volume(key: "data"), "named": Volume(key: "named", name: "archive"),
                "theirs": Volume(key: "theirs", isExternal: true),
            ]
        }
        let networks = [
            ("default", "prod_default"), ("named", "backbone"), ("theirs", "theirs"),
            ("unknown", "prod_unknown"),
        ]
        for (key, want) in networks {
            XCTAssertEqual(layout.networkName(key, in: desired), want)
        }
        for (key, want) in [("data", "prod_data"), ("named", "archive"), ("theirs", "theirs")] {
            XCTAssertEqual(desired.volumeName(key), want)
        }
    }

    func testBridgesFitIntoAnInterfacesName() {
        XCTAssertEqual(layout.bridgeName("default", environment: "prod"), "br-prod")
        XCTAssertEqual(
            layout.bridgeName("default", environment: "twelve-chars"),
            "br-twelve-chars"
        )
        // An environment that is called as the network of another one would be.
        let other = layout.bridgeName("front", environment: "prod")
        XCTAssertNotEqual(
            layout.bridgeName("default", environment: String(other.dropFirst(3))),
            other
        )
        let names = [
            ("default", "thirteen-char"), ("default", "a/b"), ("default", "größe"),
            ("front", "prod"), ("back", "prod"), ("front", "staging"), ("default", "a_b"),
        ].map { layout.bridgeName($0, environment: $1) }
        XCTAssertEqual(Set(names).count, names.count)
        for name in names {
            XCTAssertLessThanOrEqual(name.utf8.count, 15, name)
            XCTAssertTrue(name.utf8.allSatisfy { $0 < 128 && $0 > 32 && $0 != 47 }, name)
        }
    }
}
