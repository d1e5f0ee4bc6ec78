import Foundation
import Model
import XCTest

@testable import Manifests

/// No two things come to have one name in Docker, within an environment and between two.
final class ObjectNameTests: XCTestCase {
    private func validate(_ manifest: String, _ environments: [String: String]) -> [String] {
        var files = ["manifests/app.yaml": Array(manifest.utf8)]
        for (name, text) in environments {
            files["environments/\(name).yaml"] = Array(text.utf8)
        }
        return Fleet(FleetFiles(files)).validate().map(\.description)
    }

    func testNamesBetweenEnvironments() {
        let services = "services: { c: { image: 'quay.io/c:1' }, b-c: { image: 'quay.io/c:1' } }\n"
        func volume(_ key: String, _ definition: String = "") -> String {
            "services: { c: { image: 'quay.io/c:1', volumes: [\(key):/d] } }\n"
                + "volumes: { \(key): \(definition) }\n"
        }
        let both = ["dev": "services: { c: }\n", "prod": "services: { c: }\n"]
        for (subject, manifest, environments, want) in [
            ("apart", volume("data"), both, nil),
            (
                "containers", services,
                ["a-b": "services: { c: }\n", "a": "services: { b-c: , c: }\n"],
                "environments/a.yaml:1:13: error: services.b-c.container_name: the container a-b-c-1 "
                    + "is that of c of a-b, too; rename one"
            ),
            (
                "volumes by key", volume("b_data") + "x-y: z\n",
                [
                    "a": "services: { c: }\n",
                    "a_b": "services: { c: { volumes: ['data:/e'] } }\nvolumes: { data: }\n",
                ],
                "the volume a_b_data is that of volume b_data of a, too; rename one, or declare it"
            ),
            (
                "another's volume", volume("data"),
                [
                    "dev": "services: { c: }\nvolumes: { data: { name: prod_data } }\n",
                    "prod": "services: { c: }\n",
                ],
                "environments/dev.yaml:2:26: error: volumes.data.name: the volume prod_data is that "
                    + "of volume data of prod, too; rename one, or declare it external"
            ),
            (
                "another's volume, granted to be read", volume("data"),
                [
                    "dev": "services: { c: { volumes: ['data:/d:ro'] } }\n"
                        + "policy: { external_volumes: [prod_data] }\n"
                        + "volumes: { data: { name: prod_data, external: true } }\n",
                    "prod": "services: { c: }\n",
                ], nil
            ),
            (
                "one manifest's name", volume("data", "{ name: archive }"), both,
                "warning: volumes.data.name: the volume archive is that of volume data of dev, too; "
                    + "choose another if both run on one host, or declare it external"
            ),
            (
                "a network",
                "services: { c: { image: 'quay.io/c:1', networks: [n] } }\nnetworks: { n: }\n",
                [
                    "dev": "services: { c: }\nnetworks: { n: { name: prod_n } }\n",
                    "prod": "services: { c: }\n",
                ],
                "error: networks.n.name: the network prod_n is that of network n of prod, too"
            ),
            (
                "a container's name",
                "services: { c: { image: 'quay.io/c:1' } }\n",
                [
                    "dev": "services: { c: { container_name: prod-c-1 } }\n",
                    "prod": "services: { c: }\n",
                ],
                "error: services.c.container_name: the container prod-c-1 is that of c of prod, too"
            ),
        ] as [(String, String, [String: String], String?)] {
            let found = validate(manifest, environments)
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(subject): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
    }

    func testNamesWithinAnEnvironment() {
        for (manifest, environment, want) in [
            (
                "services: { web: { image: 'quay.io/c:1' }, Web: { image: 'quay.io/c:1' } }\n",
                "services: { web: , Web: }\n", "host names ignore case; rename one"
            ),
            (
                "services: { web: { image: 'quay.io/c:1', volumes: ['one:/a', 'two:/b'] } }\n"
                    + "volumes: { one: { name: same }, two: { name: same } }\n",
                "services: { web: }\n", "the name same is already that of volume one"
            ),
            (
                "services: { web: { image: 'quay.io/c:1', networks: [one, two] } }\n"
                    + "networks: { one: , two: { name: prod_one } }\n",
                "services: { web: }\n", "the name prod_one is already that of network one"
            ),
            (
                "services: { web: { image: 'quay.io/c:1' }, web-1: { image: 'quay.io/c:1' } }\n",
                "services: { web: { scale: 20 }, web-1: { scale: 20 } }\n", nil
            ),
            (
                "services: { a: { image: 'quay.io/c:1', container_name: prod-b-3 }, "
                    + "b: { image: 'quay.io/c:1' } }\n",
                "services: { a: , b: { scale: 3 } }\n", "the name prod-b-3 is already that of a"
            ),
        ] as [(String, String, String?)] {
            let found = validate(manifest, ["prod": environment])
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(found)") }
        }
    }

    /// Whatever two environments call their things: names that meet are reported, and no others.
    func testRandomNamesMeetNowhereUnseen() {
        let seed =
            ProcessInfo.processInfo.environment["BERTH_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0..<1 << 30)
        print("seed \(seed)")
        var state = seed
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        /// An environment and a service, of the same few letters each time.
        func split() -> (String, String) {
            let words = (0..<4).map { _ in ["a", "b"][next(2)] }
            let place = 1 + next(3)
            return (
                words[..<place].joined(separator: "-"),
                words[place...].joined(separator: ["-", "-", "."][next(3)])
            )
        }
        var met = 0
        for _ in 0..<300 {
            let pairs = [split(), split()]
            let names = pairs.map(\.0)
            let services = pairs.map(\.1)
            guard names[0] != names[1] else { continue }
            let manifest =
                "services:\n"
                + Set(services).sorted().map { "  '\($0)': { image: 'quay.io/c:1' }\n" }.joined()
            let environments = zip(names, services).map { ($0, "services: { '\($1)': }\n") }
            let meets =
                ContainerName.base(environment: names[0], service: services[0], slot: 1)
                == ContainerName.base(environment: names[1], service: services[1], slot: 1)
            let found = validate(manifest, Dictionary(environments) { $1 })
            XCTAssertEqual(found.contains { $0.contains("is that of") }, meets, "\(names) \(found)")
            met += meets ? 1 : 0
        }
        XCTAssertGreaterThan(met, 0)
    }

    /// Docker looks for an id before it looks for a name.
    func testNamesThatDockerTakesForIds() {
        let id = String(repeating: "0a", count: 32)
        let want = "\"\(id)\" is an id to Docker, which comes before names"
        check([
            ("networks: [n]", "networks: { n: { name: '\(id)' } }\n", "", want),
            ("volumes: [data:/d]", "volumes: { data: { name: '\(id)' } }\n", "", want),
            ("container_name: '\(id)'", "", "", want),
            ("container_name: '\(id.uppercased())'", "", "", nil),
            ("container_name: '\(id)0'", "", "", nil),
            ("container_name: '\(id.prefix(12))'", "", "", nil),
        ])
    }
}
