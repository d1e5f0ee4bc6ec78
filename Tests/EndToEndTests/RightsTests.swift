import Foundation
import Platform
import TestSupport
import XCTest

/// What services reach on the host is what the policy grants, whatever others do on it.
final class RightsTests: EndToEndTestCase {
    // MARK: Paths of the host

    /// A service that mounts one path of the host.
    private struct Mounting {
        var name: String
        var path: String
        var target: String
        var isReadOnly = false
    }

    private func commit(
        _ fleet: Fleet,
        _ message: String,
        _ services: Mounting...,
        top: String
    ) throws {
        var files: [String: String] = [:]
        for service in services {
            files["manifests/\(service.name).yaml"] = """
                services:
                  \(service.name):
                    image: web
                    volumes: ["\(service.path):\(service.target)\(service.isReadOnly ? ":ro" : "")"]
                    stop_grace_period: 2s
                    restart: unless-stopped
                    deploy: { update_config: { order: stop-first, monitor: 500ms } }
                    x-berth: { drain_timeout: 1s }

                """
        }
        let rows = services.map { "  \($0.name): { version: \"1.0.0\" }\n" }.joined()
        files["environments/prod.yaml"] = "registry: localhost:5000\n\(top)services:\n\(rows)"
        try fleet.repository.commit(message, files)
    }

    /// A folder of the host, with two versions of what is mounted, and the policy that grants it.
    private func withGrant(
        _ body: (_ fleet: Fleet, _ host: TemporaryDirectory, _ policy: String) async throws -> Void
    ) async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            let host = try TemporaryDirectory("berth-grant")
            for folder in ["data", "archive/2026", "archive/2027"] {
                try host.write("up/\(folder)/mark", folder, mode: 0o644)
            }
            // Writers that share what they write to are what these cases are about.
            let list = "[\"\(host.file("up"))\"]"
            let policy = "policy: { host_paths: \(list), shared_paths: \(list) }\n"
            let result = await Result { try await body(fleet, host, policy) }
            try await fleet.world.clear()
            try await release(host)
            try result.get()
        }
    }

    /// Takes away what is held of a folder of the host, with the memory that it is held in, as a
    /// reboot does.
    private func release(_ host: TemporaryDirectory) async throws {
        for memory in Set(try held(of: host).map { $0.prefix(4).joined(separator: "/") }) {
            try await Command("umount", ["-l", memory]).run()
        }
    }

    /// The mount points that hold something of a folder of the host, by their names.
    private func held(of host: TemporaryDirectory) throws -> [[Substring]] {
        let name = URL(fileURLWithPath: host.path).lastPathComponent
        let mounts = try XCTUnwrap(KernelFile.text(of: "/proc/self/mountinfo"))
        return mounts.split(separator: "\n").map { $0.split(separator: " ") }
            .filter { $0.count > 4 && $0[3].contains(name) && $0[4].hasPrefix("/run/berth/") }
            .map { $0[4].split(separator: "/", omittingEmptySubsequences: false) }
    }

    private func sh(_ fleet: Fleet, _ container: String, _ script: String) async throws -> String {
        try await fleet.world.docker("exec", container, "sh", "-c", script)
    }

    func testALinkThatLeadsOutOfItsGrantIsRefused() async throws {
        try await withGrant { fleet, host, policy in
            let writer = Mounting(name: "writer", path: host.file("up"), target: "/data")
            try commit(fleet, "Describe the fleet", writer, top: policy)
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let links = [
                ("root", "/"), ("etc", "/etc"), ("above", "../.."), ("live", "archive/2026"),
                ("absolute", host.file("up/archive")),
            ]
            for (name, target) in links {
                _ = try await sh(fleet, "prod-writer-1", "busybox ln -s \(target) /data/\(name)")
            }
            for path in ["root", "root/etc", "etc", "above"] {
                let reader = Mounting(
                    name: "reader",
                    path: host.file("up/\(path)"),
                    target: "/seen"
                )
                try commit(fleet, "Mount \(path)", writer, reader, top: policy)
                let plan = try await fleet.berth("plan")
                XCTAssertEqual(plan.code, 1, "\(path): \(plan)")
                XCTAssertTrue(plan.output.contains("which is not granted"), "\(path): \(plan)")
                let check = try await fleet.berth("check")
                XCTAssertTrue("\(check)".contains("which is not granted"), "\(path): \(check)")
                let applied = try await fleet.berth("apply", "--timeout", "20s")
                XCTAssertNotEqual(applied.code, 0, "\(path): \(applied)")
                let containers = try await fleet.world.containers()
                XCTAssertEqual(containers, ["prod-writer-1"], path)
            }
            for (path, mark) in [("live", "archive/2026"), ("absolute/2027", "archive/2027")] {
                let reader = Mounting(
                    name: "reader",
                    path: host.file("up/\(path)"),
                    target: "/seen",
                    isReadOnly: true
                )
                try commit(fleet, "Mount \(path)", writer, reader, top: policy)
                let applied = try await fleet.berth("apply")
                XCTAssertEqual(applied.code, 0, "\(path): \(applied)")
                let seen = try await sh(fleet, "prod-reader-1", "cat /seen/mark")
                XCTAssertEqual(seen, mark, path)
            }
        }
    }

    /// Docker looks a path up at every start; what a container could replace is held.
    func testWhatAContainerReplacesIsNotMountedAtTheNextStart() async throws {
        try await withGrant { fleet, host, policy in
            let writer = Mounting(name: "writer", path: host.file("up"), target: "/data")
            let reader = Mounting(
                name: "reader",
                path: host.file("up/archive/2026"),
                target: "/seen"
            )
            try commit(fleet, "Describe the fleet", writer, reader, top: policy)
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let swap = "cd /data/archive && mv 2026 kept && busybox ln -s / 2026"
            _ = try await sh(fleet, "prod-writer-1", swap)
            try await fleet.world.docker("restart", "-t", "1", "prod-reader-1")
            let seen = try await sh(fleet, "prod-reader-1", "cat /seen/mark")
            XCTAssertEqual(seen, "archive/2026")
            _ = try await sh(fleet, "prod-reader-1", "echo more > /seen/written")
            let written = try String(
                contentsOfFile: host.file("up/archive/kept/written"),
                encoding: .utf8
            )
            XCTAssertEqual(written, "more\n", "the folder itself, wherever it is now")

            // After a reboot nothing is held, and Docker mounts no empty folder in its place.
            try await fleet.world.docker("stop", "-t", "1", "prod-reader-1")
            try await release(host)
            let alone = try? await fleet.world.docker("start", "prod-reader-1")
            XCTAssertNil(alone)
            let refused = try await fleet.berth("apply", "--timeout", "10s")
            XCTAssertNotEqual(refused.code, 0, "\(refused)")
            let undo = "cd /data/archive && rm 2026 && mv kept 2026"
            _ = try await sh(fleet, "prod-writer-1", undo)
            let again = try await fleet.berth("apply")
            XCTAssertEqual(again.code, 0, "\(again)")
            let back = try await sh(fleet, "prod-reader-1", "cat /seen/mark")
            XCTAssertEqual(back, "archive/2026")

            try commit(fleet, "Remove the reader", writer, top: policy)
            let removed = try await fleet.berth("apply")
            XCTAssertEqual(removed.code, 0, "\(removed)")
            XCTAssertEqual(try held(of: host), [])
            let kept = FileManager.default.fileExists(atPath: host.file("up/archive/2026/mark"))
            XCTAssertTrue(kept, "what was mounted stays")
        }
    }

    /// A path that nothing could replace is mounted as it is, until a service comes that could.
    func testAWriterWaitsUntilWhatItCouldReplaceIsHeld() async throws {
        try await withGrant { fleet, host, policy in
            let reader = Mounting(name: "reader", path: host.file("up/data"), target: "/seen")
            try commit(fleet, "Describe the fleet", reader, top: policy)
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let format = "{{range .Mounts}}{{.Source}} {{end}}"
            let plain = try await fleet.inspect("prod-reader-1", format)
            XCTAssertTrue(plain.contains(host.file("up/data")), plain)

            let writer = Mounting(name: "writer", path: host.file("up"), target: "/data")
            try commit(fleet, "Add a writer", reader, writer, top: policy)
            let second = try await fleet.berth("apply")
            XCTAssertEqual(second.code, 0, "\(second)")
            let held = try await fleet.inspect("prod-reader-1", format)
            XCTAssertTrue(held.contains("/run/berth/"), held)
            let swap = "cd /data && mv data kept && busybox ln -s / data"
            _ = try await sh(fleet, "prod-writer-1", swap)
            try await fleet.world.docker("restart", "-t", "1", "prod-reader-1")
            let seen = try await sh(fleet, "prod-reader-1", "cat /seen/mark")
            XCTAssertEqual(seen, "data")
        }
    }

    /// What a service writes to by a volume, it could replace as well.
    func testAVolumeThatBindsAFolderWritesToIt() async throws {
        try await withGrant { fleet, host, policy in
            let options = "{ type: none, o: bind, device: \"\(host.file("up"))\" }"
            let definition = "{ driver_opts: \(options), x-berth: { shared: true } }"
            let top = policy + "volumes: { shared: \(definition) }\n"
            let reader = Mounting(name: "reader", path: host.file("up/data"), target: "/seen")
            let writer = Mounting(name: "writer", path: "shared", target: "/data")
            try commit(fleet, "Describe the fleet", reader, writer, top: top)
            let applied = try await fleet.berth("apply")
            XCTAssertEqual(applied.code, 0, "\(applied)")
            let swap = "cd /data && mv data kept && busybox ln -s / data"
            _ = try await sh(fleet, "prod-writer-1", swap)
            try await fleet.world.docker("restart", "-t", "1", "prod-reader-1")
            let seen = try await sh(fleet, "prod-reader-1", "cat /seen/mark")
            XCTAssertEqual(seen, "data")
        }
    }

    // MARK: Files of the commit

    func testATamperedFileIsRepaired() async throws {
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            let service = ServiceText(
                replicas: 1,
                settings: """
                        configs: [{ source: motd, target: /motd }]
                    configs:
                      motd: { content: "as committed" }
                    """
            )
            try fleet.commit("Describe the fleet", service)
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let folder = fleet.state.file("files")
            let mode = { (path: String) in
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            }
            XCTAssertEqual(try mode(folder), 0o700)
            let name = try XCTUnwrap(FileManager.default.contentsOfDirectory(atPath: folder).first)
            let path = "\(folder)/\(name)"
            let tampering: [(script: String, field: String)] = [
                ("echo tampered > \(path)", "mounted content"),
                ("chmod 4755 \(path)", "mounted file"), ("chown 1000 \(path)", "mounted file"),
            ]
            for (script, field) in tampering {
                try await Command("sh", ["-c", script]).run()
                let rows = try await fleet.drift()
                XCTAssertEqual(rows.map(\.field), [field], "\(script): \(rows)")
                let applied = try await fleet.berth("apply")
                XCTAssertEqual(applied.code, 0, "\(script): \(applied)")
                let seen = try await sh(fleet, "prod-web-1", "cat /motd")
                XCTAssertEqual(seen, "as committed", script)
                XCTAssertEqual(try mode(path), 0o444, script)
                let left = try await fleet.drift()
                XCTAssertEqual(left.map(\.field), [], script)
            }
            XCTAssertEqual(chmod(folder, 0o755), 0)
            let closed = try await fleet.berth("apply")
            XCTAssertEqual(closed.code, 0, "\(closed)")
            XCTAssertEqual(try mode(folder), 0o700)
        }
    }

    // MARK: Images

    func testTheIdOfALocalImageIsNoDigest() async throws {
        try await withFleet { fleet in
            var image = TestImage(name: "foreign", version: "1.0.0")
            image.registry = "registry.invalid"
            try await fleet.world.load(image)
            let id = try await fleet.world.docker("inspect", "-f", "{{.Id}}", image.reference)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            for policy in ["missing", "never", "always"] {
                try fleet.commit(
                    "Ask for it, \(policy)",
                    ServiceText(
                        version: "1.0.0@\(id)",
                        replicas: 1,
                        more: "    pull_policy: \(policy)\n"
                    ),
                    top: "policy: { trusted_registries: [\"localhost:5000\"] }\n"
                )
                let ended = try await fleet.berth("apply", "--timeout", "20s")
                XCTAssertNotEqual(ended.code, 0, "\(policy): \(ended)")
                let containers = try await fleet.world.containers()
                XCTAssertEqual(containers, [], policy)
            }
            try await fleet.world.docker("rmi", image.reference)
        }
    }
}
