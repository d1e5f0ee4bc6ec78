import DockerEngine
import Foundation
import Model
import XCTest

@testable import Controller

/// Data of a container that Compose created, and what its successor gets of it.
final class AdoptedDataTests: XCTestCase {
    private static let unnamed = String(repeating: "ab", count: 32)

    func testWhatWouldBeLeftBehind() throws {
        let volume = #""Type": "volume", "Name": "shop_data", "RW": true"#
        let unnamed = #""Type": "volume", "Name": "\#(Self.unnamed)", "RW": true"#
        let bind = #""Type": "bind", "Source": "/srv/shop", "RW": true"#
        let rows: [(name: String, mount: String, wanted: Mount.Source?, left: String?)] = [
            ("the same volume", volume, .volume(key: "data", options: .init()), nil),
            (
                "a volume that exists", volume, .volume(key: "there", options: .init()), nil
            ),
            (
                "a new volume", volume, .volume(key: "new", options: .init()),
                "shop_new would be created empty: write name: shop_data under volumes.new"
            ),
            ("a path", volume, .bind(path: "/srv/data", options: .init()), nil),
            ("a tmpfs", volume, .tmpfs(size: nil, mode: nil), nil),
            ("nothing", volume, nil, "mount the volume shop_data, or a tmpfs"),
            ("read only", volume.replacing("true", with: "false"), nil, nil),
            ("an unnamed one, and nothing", unnamed, nil, "list NAME at /data"),
            (
                "an unnamed one, and another", unnamed, .anonymousVolume(.init()),
                "list NAME at /data"
            ),
            (
                "an unnamed one, and a volume", unnamed, .volume(key: "new", options: .init()), nil
            ),
            ("a path, and nothing", bind, nil, nil),
            (
                "a path, and a new volume", bind, .volume(key: "new", options: .init()),
                "mount /srv/shop in its place"
            ),
            ("a tmpfs of old", #""Type": "tmpfs", "RW": true"#, nil, nil),
        ]
        for (name, mount, wanted, left) in rows {
            for target in ["/data", "/data/"] {
                let found = try data(mount, wanted, at: target).leftBehind
                guard let left else {
                    XCTAssertNil(found, name)
                    continue
                }
                XCTAssertTrue(
                    found?.description.contains(left) ?? false,
                    "\(name): \(found as Any)"
                )
            }
        }
    }

    private func data(
        _ mount: String,
        _ wanted: Mount.Source?,
        at target: String
    ) throws -> AdoptedData {
        let json = Data("{\(mount), \"Destination\": \"/data\"}".utf8)
        let service = try Sample.service("db") { service in
            service.container.mounts = wanted.map { [Mount($0, target: target)] } ?? []
        }
        let desired = Sample.desired([service]) { desired in
            desired.adoptedProject = "shop"
            for key in ["data", "there", "new"] { desired.volumes[key] = Volume(key: key) }
        }
        return AdoptedData(
            container: "shop_db_1",
            mounts: [try JSONDecoder.engine.decode(MountPoint.self, from: json)],
            service: service,
            desired: desired,
            volumes: ["shop_data", "shop_there"]
        )
    }
}
