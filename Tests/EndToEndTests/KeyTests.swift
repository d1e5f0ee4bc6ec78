import Foundation
import Platform
import TestSupport
import XCTest

/// Every key of the manifest reference, as Docker shows it.
final class KeyTests: EndToEndTestCase {
    func testEveryKeyShowsInInspect() async throws {
        try await withFleet { fleet in
            let words = try await prepare(fleet)
            let plain = KeyTable.Group(name: "plain", settings: "", rows: [])
            try commit(fleet, KeyTable.groups + [plain], words, sections: KeyTable.sections)
            let applied = try await fleet.berth("apply")
            XCTAssertEqual(applied.code, 0, "\(applied)")

            let objects = try await inspected(fleet.world)
            let bare = try XCTUnwrap(objects["prod-plain-1"])
            var count = 0
            for group in KeyTable.groups {
                for row in group.rows {
                    let shows = words.fill(row.shows)
                    let name = row.subject ?? "prod-\(group.name)-1"
                    guard let object = objects[name] else {
                        XCTFail("\(row.keys): there is no \(name)")
                        continue
                    }
                    let found = Inspected.value(at: row.place, in: object)
                    XCTAssertTrue(
                        Inspected.matches(found, shows),
                        "\(row.keys): \(row.place) of \(name) is \(Inspected.text(found))"
                    )
                    count += 1
                    guard row.subject == nil, row.keys != ["services.image"] else { continue }
                    let ordinary = Inspected.value(at: row.place, in: bare)
                    XCTAssertFalse(
                        Inspected.matches(ordinary, shows),
                        "\(row.keys): a service without it shows the same"
                    )
                }
            }
            print("\(count) rows looked up in docker inspect")

            // Where Berth writes the hosts file itself, the name is there and not in inspect.
            let hosts = try await fleet.world.docker("exec", "prod-joined-1", "cat", "/etc/hosts")
            XCTAssertNotNil(hosts.firstMatch(of: /10\.9\.9\.9\s+far/), hosts)

            let again = try await fleet.berth("plan")
            XCTAssertEqual(again.code, 0, "what Docker shows is what was wanted: \(again)")
            let drift = try await fleet.drift()
            XCTAssertEqual(drift.map(\.field), [])
        }
    }

    /// A machine that lacks a capability itself, as a sandbox does, makes the container and cannot
    /// start it; what it was made from shows all the same.
    func testPrivileged() async throws {
        try await withFleet { fleet in
            let words = try await prepare(fleet)
            try commit(fleet, [KeyTable.privileged], words, sections: "")
            let applied = try await fleet.berth("apply")
            let objects = try await inspected(fleet.world)
            let container = ["", ".g1", ".bad1"].compactMap { objects["prod-privileged-1\($0)"] }
                .first
            for row in KeyTable.privileged.rows {
                let found = Inspected.value(at: row.place, in: container)
                XCTAssertTrue(Inspected.matches(found, row.shows), "\(row.keys): \(applied)")
            }
        }
    }

    /// What the daemon is too old for is refused: it would drop the field without a word.
    func testKeysOfNewerDaemonsAreRefusedByOlderOnes() async throws {
        try await withFleet { fleet in
            let words = try await prepare(fleet)
            let groups = KeyTable.newer.map { row in
                KeyTable.Group(name: row.name, settings: row.settings, rows: [])
            }
            let sections = "networks: { lower: }\nvolumes: { deep: }\n"
            try await fillVolume(fleet, words, sections: sections)
            try commit(fleet, groups, words, sections: sections)
            let applied = try await fleet.berth("apply")
            let objects = try await inspected(fleet.world)
            let version = try await fleet.world.docker("version", "-f", "{{.Server.APIVersion}}")
            let parts = version.split { !$0.isNumber }.compactMap { Int($0) }
            let api = try XCTUnwrap(parts.count == 2 ? (parts[0], parts[1]) : nil)
            XCTAssertEqual(applied.code == 0, KeyTable.newer.allSatisfy { api >= $0.api })
            for row in KeyTable.newer {
                let container = objects["prod-\(row.name)-1"]
                if api >= row.api {
                    let found = Inspected.value(at: row.place, in: container)
                    XCTAssertTrue(Inspected.matches(found, row.shows), "\(row.key): \(applied)")
                } else {
                    XCTAssertNil(container, row.key)
                    let told = "\(row.feature) needs API \(row.api.0).\(row.api.1)"
                    XCTAssertTrue(applied.errors.contains(told), "\(row.key): \(applied)")
                }
            }
        }
    }

    /// A key that the reader takes stands in the table, and one that it does not take does not.
    func testTheTableHasEveryKeyOfTheReader() async throws {
        let world = try await World.shared()
        let schema = try await world.run([world.berth, "schema", "manifest"])
        let json = try JSONSerialization.jsonObject(with: Data(schema.output.utf8))
        var known: Set<String> = []
        Self.collect(json, "", into: &known)
        XCTAssertGreaterThan(known.count, 150)

        let shown = Set((KeyTable.groups + [KeyTable.privileged]).flatMap(\.rows).flatMap(\.keys))
            .union(KeyTable.newer.map(\.key))
        let named = shown.union(KeyTable.traceless.keys)
        XCTAssertEqual(named.subtracting(known).sorted(), [], "no such keys")
        XCTAssertEqual(
            Set(KeyTable.traceless.keys).intersection(shown).sorted(),
            [],
            "both shown and without a trace"
        )
        let missing = known.filter { key in
            // A map is shown by what is in it, and without a trace with all that is in it.
            !named.contains { $0 == key || $0.hasPrefix("\(key).") }
                && !KeyTable.traceless.keys.contains { key.hasPrefix("\($0).") }
        }
        XCTAssertEqual(missing.sorted(), [], "keys that nothing shows")
        let hidden = KeyTable.traceless.count
        print("\(known.count) keys: \(shown.count) shown, \(hidden) without a trace")
    }

    // MARK: The fleet

    /// What stands for the placeholders of the table.
    private struct Words {
        var values: [String: String]

        func fill(_ text: String) -> String {
            values.reduce(text) { $0.replacingOccurrences(of: "@\($1.key)@", with: $1.value) }
        }
    }

    private func prepare(_ fleet: Fleet) async throws -> Words {
        let world = fleet.world
        try await world.push(TestImage(name: "web", version: "1.0.0"))
        let host = fleet.state.file("host")
        try fleet.state.write("host/vars", "OF_HOST=yes\n", mode: 0o600)
        try fleet.state.write("host/key", "secret\n", mode: 0o644)
        let networks = try await world.docker("network", "ls", "--format", "{{.Name}}")
        for (name, subnet) in [("outside", "172.31.78.0/24"), ("other-name", "172.31.79.0/24")]
        where !networks.split(separator: "\n").contains(Substring(name)) {
            let label = "--label=berth.environment=prod"
            try await world.docker("network", "create", label, "--subnet=\(subnet)", name)
        }
        for name in ["kept", "another-name"] { try await world.docker("volume", "create", name) }
        return Words(values: [
            "HOST": host, "STATE": fleet.state.path, "GROUP": "/\(world.docker.namespaceName)",
            "SAID": "14f3cba70f4dd8e17f76f6897ac4a8993aab0ce265ea401f8d4ea440272db9c6",
            "FILED": "3e5a422a3f87737393b58da960cd4a1a7c148ecd71a4578882d3f5b69c2b76ae",
        ])
    }

    /// Lets a service have the volume `deep`, and puts a folder into it: Docker mounts no subpath that
    /// is not there.
    private func fillVolume(_ fleet: Fleet, _ words: Words, sections: String) async throws {
        let owner = KeyTable.Group(name: "owner", settings: "volumes: [deep:/d]", rows: [])
        try commit(fleet, [owner], words, sections: sections)
        let applied = try await fleet.berth("apply")
        XCTAssertEqual(applied.code, 0, "\(applied)")
        let form = ["--format", "{{.Mountpoint}}"]
        let place = try await docker(fleet.world, ["volume", "inspect", "prod_deep"] + form)
        try FileManager.default.createDirectory(
            atPath: place.trimmingCharacters(in: .newlines) + "/s",
            withIntermediateDirectories: true
        )
    }

    private func commit(
        _ fleet: Fleet,
        _ groups: [KeyTable.Group],
        _ words: Words,
        sections: String
    ) throws {
        var manifest = "services:\n"
        var environment = "registry: localhost:5000\nservices:\n"
        for group in groups {
            manifest += "  \(group.name):\n    image: web\n"
            manifest += "    x-berth: { readiness_delay: 100ms, drain_timeout: 1s }\n"
            for line in group.settings.split(separator: "\n") { manifest += "    \(line)\n" }
            environment += "  \(group.name): { version: \"1.0.0\" }\n"
        }
        environment += """
            policy:
              privileged: [privileged]
              host_namespaces: [spaces, rights]
              host_network: [hosted, joined]
              priority: [limits]
              external_networks: [outside, other-name]
              external_volumes: [kept, another-name]
              capabilities: [NET_ADMIN]
              devices: [/dev/zero]
              host_paths: ["@HOST@"]

            """
        try fleet.repository.commit(
            "Use keys",
            [
                "manifests/keys.yaml": words.fill(manifest + sections),
                "manifests/vars": "OF_COMMIT=yes\n", "manifests/raw": "RAW='a b'\n",
                "manifests/filed.txt": "filed\n",
                "environments/prod.yaml": words.fill(environment),
            ]
        )
    }

    /// All containers, Berth's networks and volumes, by name.
    private func inspected(_ world: World) async throws -> [String: Any] {
        var objects: [String: Any] = [:]
        for (list, inspect) in [
            (["ps", "-aq"], ["inspect"]),
            (["network", "ls", "-q"], ["network", "inspect"]),
            (["volume", "ls", "-q"], ["volume", "inspect"]),
        ] {
            let names = try await docker(world, list).split(separator: "\n").map(String.init)
            guard !names.isEmpty else { continue }
            let text = try await docker(world, inspect + names)
            let rows = try JSONSerialization.jsonObject(with: Data(text.utf8))
            for case let row as [String: Any] in rows as? [Any] ?? [] {
                guard let name = row["Name"] as? String else { continue }
                objects[name.hasPrefix("/") ? String(name.dropFirst()) : name] = row
            }
        }
        return objects
    }

    private func docker(_ world: World, _ words: [String]) async throws -> String {
        let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
        let ended = try await world.run(["docker"] + words, environment: address)
        guard ended.code == 0 else { throw Missing("docker \(words): \(ended.errors)") }
        return ended.output
    }

    /// The keys of a schema, a dot between the levels; lists and forms of a value are no level.
    private static func collect(_ node: Any, _ path: String, into keys: inout Set<String>) {
        guard let node = node as? [String: Any] else { return }
        for (name, value) in node["properties"] as? [String: Any] ?? [:] {
            let key = path.isEmpty ? name : "\(path).\(name)"
            keys.insert(key)
            collect(value, key, into: &keys)
        }
        for inner in ["additionalProperties", "items"] {
            if let value = node[inner] { collect(value, path, into: &keys) }
        }
        for form in node["anyOf"] as? [Any] ?? [] { collect(form, path, into: &keys) }
    }
}

/// Finding one's way through what `docker inspect` prints.
enum Inspected {
    /// The value at words such as `Mounts Destination=/d RW`.
    static func value(at place: String, in object: Any?) -> Any? {
        var value = object
        for word in place.split(separator: " ") {
            if let map = value as? [String: Any] {
                value = map[String(word)]
            } else if let list = value as? [[String: Any]] {
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { return nil }
                value = list.first { $0[parts[0]] as? String == parts[1] }
            } else {
                return nil
            }
        }
        return value
    }

    /// Whether it is that, or a list that holds it.
    static func matches(_ value: Any?, _ json: String) -> Bool {
        let want = Data(json.utf8)
        guard let wanted = try? JSONSerialization.jsonObject(with: want, options: .fragmentsAllowed)
        else { return false }
        if text(value) == text(wanted) { return true }
        return (value as? [Any])?.contains { text($0) == text(wanted) } ?? false
    }

    /// The value as JSON with sorted keys.
    static func text(_ value: Any?) -> String {
        guard let value else { return "not there" }
        let options: JSONSerialization.WritingOptions =
            [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]
        let data = (try? JSONSerialization.data(withJSONObject: value, options: options)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
