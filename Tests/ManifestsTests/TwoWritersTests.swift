import Foundation
import Manifests
import Model
import XCTest

/// No two containers write to one volume or path unless the files say that they may.
final class TwoWritersTests: XCTestCase {
    private func fleet(_ manifest: String, _ environments: [String: String]) -> Fleet {
        var files = ["manifests/app.yaml": Array(manifest.utf8)]
        for (name, text) in environments {
            files["environments/\(name).yaml"] = Array(text.utf8)
        }
        return Fleet(FleetFiles(files))
    }

    /// Two services with a mount each.
    private func two(_ first: String, _ second: String, _ volumes: String) -> String {
        """
        services:
          a: { image: 'q.io/a:1', volumes: ['\(first)'] }
          b: { image: 'q.io/b:1', volumes: ['\(second)'] }
        volumes: \(volumes)

        """
    }

    func testServicesOfOneEnvironment() {
        let shared = "{ data: { x-berth: { shared: true } } }"
        let device = "driver_opts: { type: none, o: bind, device: /srv/x }"
        for (name, manifest, more, want) in [
            ("apart", two("one:/d", "two:/d", "{ one: , two: }"), "", nil),
            (
                "one volume", two("data:/d", "data:/e", "{ data: }"), "",
                "manifests/app.yaml:3:37: error: services.b.volumes[0]: the volume prod_data is "
                    + "written to by the service a, too; mount it read-only in one of them, or add "
                    + "x-berth: { shared: true } to volumes.data if the applications allow several "
                    + "writers"
            ),
            ("a reader beside it", two("data:/d", "data:/e:ro", "{ data: }"), "", nil),
            ("declared shared", two("data:/d", "data:/e", shared), "", nil),
            (
                "one path", two("/srv/x:/d", "/srv/x:/e", "{}"), "",
                "services.b.volumes[0]: the host's /srv/x is written to by the service a, too; mount "
                    + "it read-only in one of them, or add /srv/x to policy.shared_paths"
            ),
            (
                "a parent", two("/srv:/d", "/srv/x:/e", "{}"), "",
                "services.b.volumes[0]: the host's /srv/x is written to by the service a, too, "
                    + "which mounts the host's /srv;"
            ),
            (
                "a child", two("/srv/x:/d", "/srv:/e", "{}"), "",
                "services.a.volumes[0]: the host's /srv/x is written to by the service b, too"
            ),
            ("a name that begins alike", two("/srv/x:/d", "/srv/xy:/e", "{}"), "", nil),
            (
                "a shared path", two("/srv/x:/d", "/srv/x/y:/e", "{}"), "shared_paths: [/srv/x/]",
                nil
            ),
            (
                "shared on one side", two("/srv:/d", "/srv/x:/e", "{}"), "shared_paths: [/srv/x]",
                "services.a.volumes[0]: the host's /srv is written to by the service b, too, which "
                    + "mounts the host's /srv/x"
            ),
            (
                "a volume that binds it", two("one:/d", "/srv/x/y:/e", "{ one: { \(device) } }"),
                "",
                "the host's /srv/x/y is written to by the service a, too, which mounts the volume "
                    + "prod_one"
            ),
            (
                "two volumes that bind it",
                two("one:/d", "two:/e", "{ one: { \(device) }, two: { \(device) } }"), "",
                "services.b.volumes[0]: the volume prod_two is written to by the service a, too"
            ),
            ("a socket", two("/run/x.sock:/d", "/run/x.sock:/e", "{}"), "", nil),
            ("the host's clock", two("/etc/localtime:/d", "/etc/localtime:/e", "{}"), "", nil),
        ] as [(String, String, String, String?)] {
            let policy = "policy: { host_paths: [/srv, /run, /etc/localtime], \(more) }\n"
            let found = fleet(manifest, ["prod": "services: { a: , b: }\n\(policy)"]).validate()
                .map(\.description)
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(name): \(found)")
            guard let want else { continue }
            XCTAssertTrue(found.first?.contains(want) == true, "\(name): \(found)")
            XCTAssertTrue(found.first?.contains(": error: ") == true, "\(name): \(found)")
        }
    }

    func testReplicas() {
        for (name, mount, volume, want) in [
            (
                "a volume", "data:/d", "",
                "manifests/app.yaml:3:46: error: services.web.deploy.replicas: 2 containers would "
                    + "write to the volume prod_data at a time; run one replica, or add "
                    + "x-berth: { shared: true } to volumes.data if the application allows several "
                    + "writers"
            ), ("a shared volume", "data:/d", "{ x-berth: { shared: true } }", nil),
            ("a volume that is read", "data:/d:ro", "", nil), ("a volume each", "/d", "", nil),
            (
                "a path", "/srv/x:/d", "",
                "2 containers would write to the host's /srv/x at a time; run one replica, or add "
                    + "/srv/x to policy.shared_paths"
            ),
        ] as [(String, String, String, String?)] {
            let manifest =
                "services:\n  web:\n    { image: 'q.io/w:1', deploy: { replicas: 2 },\n"
                + "      volumes: ['\(mount)'] }\nvolumes: { data: \(volume) }\n"
            let environment = "services: { web: }\npolicy: { host_paths: [/srv/x] }\n"
            let found = fleet(manifest, ["prod": environment]).validate().map(\.description)
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(name): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(name): \(found)") }
        }
    }

    func testBetweenEnvironments() {
        let manifest = "services: { c: { image: 'q.io/c:1', volumes: ['%:/d'] } }\n"
        let volume = manifest.replacing("%", with: "data") + "volumes: { data: }\n"
        let path = manifest.replacing("%", with: "/srv/x")
        let device = "{ driver_opts: { type: none, o: bind, device: /srv/x } }"
        let bound = manifest.replacing("%", with: "data") + "volumes: { data: \(device) }\n"
        let granted = "services: { c: }\npolicy: { host_paths: [/srv] }\n"
        let theirs = "services: { c: }\npolicy: { external_volumes: [prod_data, nas] }\n"
        let external = theirs + "volumes: { data: { name: prod_data, external: true } }\n"
        let nas = theirs + "volumes: { data: { name: nas, external: true } }\n"
        let shared = "x-berth: { shared: true }"
        let word = { (text: String) in
            text.replacing("external: true", with: "external: true, \(shared)")
        }
        let plain = "services: { c: }\n"
        for (name, manifest, environments, want) in [
            ("each its own", volume, ["dev": plain, "prod": plain], nil),
            (
                "a path of two", path, ["dev": granted, "prod": granted],
                "warning: services.c.volumes[0]: the host's /srv/x is written to by dev/c, too; if "
                    + "both run on one host, mount it read-only in one of them, or add /srv/x to "
                    + "policy.shared_paths if the applications allow several writers"
            ),
            (
                "volumes that bind one path", bound, ["dev": granted, "prod": granted],
                "warning: services.c.volumes[0]: the volume prod_data is written to by dev/c, too, "
                    + "which mounts the volume dev_data; if both run on one host,"
            ),
            (
                "a path that both share", path,
                [
                    "dev": granted.replacing("] }", with: "], shared_paths: [/srv/x] }"),
                    "prod": granted.replacing("] }", with: "], shared_paths: [/srv] }"),
                ], nil
            ),
            (
                "another's volume", volume, ["dev": external, "prod": "services: { c: }\n"],
                "error: services.c.volumes[0]: the volume prod_data is written to by dev/c, too;"
            ),
            (
                "another's volume that one shares", volume,
                ["dev": word(external), "prod": "services: { c: }\n"],
                "error: services.c.volumes[0]: the volume prod_data is written to by dev/c, too;"
            ),
            (
                "another's volume that both share", volume,
                [
                    "dev": word(external),
                    "prod": "services: { c: }\nvolumes: { data: { \(shared) } }\n",
                ], nil
            ),
            (
                "a volume of others", volume, ["dev": nas, "prod": nas],
                "warning: services.c.volumes[0]: the volume nas is written to by dev/c, too; if"
            ),
        ] as [(String, String, [String: String], String?)] {
            let found = fleet(manifest, environments).validate().map(\.description)
            XCTAssertEqual(found.count, want == nil ? 0 : 1, "\(name): \(found)")
            if let want { XCTAssertTrue(found.first?.contains(want) == true, "\(name): \(found)") }
        }
    }

    /// Both containers of a replica may run side by side where their data is declared shared and
    /// the order says so.
    func testTheOrderOfUpdates() throws {
        let shared = "{ x-berth: { shared: true } }"
        for (order, volume, want, reason) in [
            ("", shared, UpdatePolicy.Order.stopFirst, "both would write to the volume data"),
            ("order: start-first", shared, .startFirst, nil),
            ("order: stop-first", shared, .stopFirst, nil),
            ("", "{}", .stopFirst, "both would write to the volume data"),
        ] as [(String, String, UpdatePolicy.Order, String?)] {
            let manifest = """
                services:
                  web:
                    image: q.io/w:1
                    volumes: [data:/d]
                    deploy: { update_config: { \(order) } }
                volumes: { data: \(volume) }
                """
            let state = try SampleFleet.of(manifest, "services: { web: }\n").prod()
            let web = try XCTUnwrap(state.service(named: "web"))
            XCTAssertEqual(web.update.order, want, "\(order) \(volume)")
            XCTAssertEqual(web.update.orderReason, reason, "\(order) \(volume)")
            XCTAssertEqual(web.rollback.order, want, "\(order) \(volume)")
            XCTAssertEqual(state.volumes["data"]?.isShared, volume == shared)
        }
    }

    /// Thousands of mounts of one path, and paths within paths, take no time to speak of.
    func testManyMounts() {
        let services = (1...1_000).map { number in
            "  s\(number): { image: 'q.io/w:1', volumes: ['data:/d', '/srv/a/\(number):/e'] }\n"
        }
        let manifest = "services:\n\(services.joined())volumes: { data: }\n"
        let list = (1...1_000).map { "s\($0): " }.joined(separator: ", ")
        let start = ContinuousClock.now
        let found = SampleFleet.of(
            manifest,
            "services: { \(list) }\npolicy: { host_paths: [/srv] }\n"
        ).problems()
        XCTAssertEqual(found.count, 500, "no more is kept")
        XCTAssertLessThan(ContinuousClock.now - start, .seconds(60))
    }
}
