import DockerEngine
import Foundation
import Model
import Planning
import TestSupport
import XCTest

@testable import Controller

/// What containers have mounted against what their services say, and data that would stay behind.
final class MountTests: XCTestCase {
    private func desired(_ mounts: [Mount], _ volumes: [Model.Volume] = []) throws -> DesiredState {
        let service = try Sample.service("web") { $0.container.mounts = mounts }
        return Sample.desired([service]) { desired in
            desired.volumes = Dictionary(volumes.map { ($0.key, $0) }) { $1 }
        }
    }

    private func data(readOnly: Bool = false) -> Mount {
        Mount(.volume(key: "data", options: VolumeOptions()), target: "/d", readOnly: readOnly)
    }

    func testWhichMountsDiffer() throws {
        let folder = try TemporaryDirectory("berth-mounts")
        try folder.write("real/f", "")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"),
            withDestinationPath: folder.file("real")
        )
        let held = HeldMounts(folder: "/run/berth/0123456789ab").point(of: "/srv/a", for: "web")
        let bind = { Mount(.bind(path: $0, options: BindOptions()), target: "/d") }
        let volume = { (name: String) in
            #"{"Type": "volume", "Name": "\#(name)", "Destination": "/d"}"#
        }
        let path = { (path: String) in
            #"{"Type": "bind", "Source": "\#(path)", "Destination": "/d"}"#
        }
        let anonymous = String(repeating: "0a", count: 32)
        let rows: [(name: String, mounts: [Mount], actual: [String], want: [String])] = [
            ("the same", [data()], [volume("prod_data")], []),
            ("another", [data()], [volume("shop_data")], ["volume prod_data/volume shop_data"]),
            ("a path", [data()], [path("/srv/a")], ["volume prod_data//srv/a"]),
            ("a volume", [bind("/srv/a")], [volume("data")], ["/srv/a/volume data"]),
            ("the same path", [bind("/srv/a")], [path("/srv/a")], []),
            ("held", [bind("/srv/a")], [path(held)], []),
            ("a link", [bind(folder.file("link"))], [path(folder.file("real"))], []),
            ("another path", [bind("/srv/a")], [path("/srv/b")], ["/srv/a//srv/b"]),
            ("none", [data()], [], ["volume prod_data/not mounted"]),
            ("one too many", [], [volume("x")], ["not mounted/volume x"]),
            ("the image's own", [], [volume(anonymous)], []),
            (
                "read", [data(readOnly: true)], [volume("prod_data")],
                ["volume prod_data (read-only)/volume prod_data"]
            ),
        ]
        for (name, mounts, actual, want) in rows {
            let state = try desired(mounts)
            let points = try actual.map {
                try JSONDecoder.engine.decode(MountPoint.self, from: Data($0.utf8))
            }
            let comparison = MountComparison(
                desired: state,
                spec: try XCTUnwrap(state.services.first).container,
                actual: points
            )
            let rows = comparison.differences
            XCTAssertEqual(rows.map { "\($0.desired)/\($0.actual)" }, want, name)
            XCTAssertEqual(rows.map(\.field), want.map { _ in "volumes./d" }, name)
        }
    }

    func testWhereDataStays() throws {
        let state = try desired([data()], [Volume(key: "data", name: "new")])
        let service = try XCTUnwrap(state.services.first)
        let own = ["berth.environment": "prod", "com.docker.compose.volume": "data"]
        let dev = ["berth.environment": "dev", "com.docker.compose.volume": "data"]
        let shop = [
            "com.docker.compose.project": "shop", "com.docker.compose.volume": "data",
        ]
        let anonymous = String(repeating: "0a", count: 32)
        typealias Row = (
            name: String, mounted: String?, present: [String: [String: String]], want: String?
        )
        let rows: [Row] = [
            ("nothing", nil, ["other": [:], "x": dev], nil),
            (
                "a container's", "prod_data", ["prod_data": own],
                "it is created empty: the data of web stays in the volume prod_data; write name: "
                    + "prod_data under volumes.data to keep using it"
            ),
            ("it has it already", "new", [:], nil),
            (
                "a path", "/srv/a", [:],
                "it is created empty: the data of web stays in the host's /srv/a"
            ),
            (
                "without a name", anonymous, [:],
                "it is created empty: the data of web is in a volume without a name, which is removed "
                    + "with its container"
            ),
            (
                "one of the same key", nil, ["prod_data": own],
                "it is created empty: the data of volumes.data stays in the volume prod_data; write "
                    + "name: prod_data to keep using it"
            ),
            (
                "a project's", nil, ["shop_data": shop],
                "it is created empty: there is a volume shop_data of the Compose project shop; if "
                    + "the data is there, write name: shop_data and external: true under volumes.data"
            ),
            (
                "one that is called so", nil, ["data": [:]],
                "it is created empty: there is a volume data; if the data is there, write name: data "
                    + "and external: true under volumes.data"
            ),
        ]
        for (name, mounted, present, want) in rows {
            let volumes = try present.map { name, labels in
                let json = ["Name": name] as [String: Any]
                let all = json.merging(["Labels": labels]) { $1 }
                let data = try JSONSerialization.data(withJSONObject: all)
                return try JSONDecoder.engine.decode(DockerEngine.Volume.self, from: data)
            }
            let former = FormerData(
                volume: try XCTUnwrap(state.volumes["data"]),
                name: "new",
                environment: "prod",
                present: Dictionary(volumes.map { ($0.name, $0) }) { $1 }
            )
            let container = Sample.container(service) { container in
                container.mounts = mounted.map { ["/d": $0] } ?? [:]
            }
            XCTAssertEqual(former.mounted(by: [container], as: state) ?? former.named, want, name)
        }
    }

    /// A container that has another volume than its service is replaced, once.
    func testARenamedVolumeIsAReplacement() async throws {
        let state = try desired([data()], [Volume(key: "data", name: "new")])
        let service = try XCTUnwrap(state.services.first)
        for (mounted, label, calls) in [
            ("prod_data", "former", ["create web/1.g2 1"]), ("new", "former", []),
            ("new", "today", []), ("prod_data", "today", ["create web/1.g2 1"]),
        ] {
            let goal = Goal(
                service,
                image: Sample.digest("1"),
                volumes: state.mountedVolumes(of: service)
            )
            let scene = try LoopScene(state)
            scene.host.add(
                Sample.container(service) { container in
                    container.spec = label == "former" ? goal.formerSpec : goal.spec
                    container.mounts = ["/d": mounted]
                }
            )
            try await scene.run {
                try await scene.look()
                if !calls.isEmpty {
                    try await scene.pass(until: "it is replaced") { !$0.calls.isEmpty }
                }
            }
            XCTAssertEqual(
                scene.host.now.calls.filter { $0.hasPrefix("create") }.prefix(1),
                calls[...],
                "\(mounted) \(label)"
            )
        }
    }

    /// What a service would write to, another container writes to: it stays as it is, and that is
    /// told once, and once more when it is over.
    func testAServiceWithAConflictStaysAsItIs() async throws {
        let state = try desired([data()])
        let service = try XCTUnwrap(state.services.first)
        let scene = try LoopScene(state)
        let claims = state.claims(of: service)
        let rival = Writer(
            id: "1",
            container: "old_db",
            owner: .others(project: nil),
            claims: claims
        )
        let conflicts = [rival].conflicts(with: claims, of: "web")
        scene.host.change { $0.writeConflicts = ["web": conflicts] }
        try await scene.run {
            try await scene.look(times: 5)
            XCTAssertEqual(scene.host.now.calls, [])
            let told = scene.lines.count("is written to by the container old_db")
            XCTAssertEqual(told, 1, "\(scene.lines.all)")
            XCTAssertEqual(scene.lines.count("cannot resolve"), 0)
            scene.host.change { $0.writeConflicts = [:] }
            try await scene.pass(until: "it is created") { state in
                state.calls.contains { $0.hasPrefix("create web/1") }
            }
        }
        XCTAssertEqual(scene.lines.count("no other container writes to"), 1)
    }
}
