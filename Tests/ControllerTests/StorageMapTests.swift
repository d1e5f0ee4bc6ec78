import DockerEngine
import Foundation
import Model
import TestSupport
import XCTest

@testable import Controller

/// One place on the host has many names.
final class StorageMapTests: XCTestCase {
    private func decode<Value: Decodable>(_ json: String) throws -> Value {
        try JSONDecoder.engine.decode(Value.self, from: Data(json.utf8))
    }

    private func volume(_ name: String, at path: String, _ options: String = "null") throws
        -> DockerEngine.Volume
    {
        try decode(#"{"Name": "\#(name)", "Mountpoint": "\#(path)", "Options": \#(options)}"#)
    }

    private func bind(_ source: String, isWritable: Bool = true) throws -> MountPoint {
        try decode(#"{"Type": "bind", "Source": "\#(source)", "RW": \#(isWritable)}"#)
    }

    private func mount(_ name: String, isWritable: Bool = true) throws -> MountPoint {
        try decode(#"{"Type": "volume", "Name": "\#(name)", "RW": \#(isWritable)}"#)
    }

    /// Portainer's agent, a backup of all volumes, a look at the host.
    func testWhoSeesAllVolumesIsNoWriterOfOne() throws {
        let volumes = ["v": try volume("v", at: "/var/lib/docker/volumes/v/_data")]
        let map = StorageMap(volumes: volumes)
        let rows: [(path: String, isOverview: Bool)] = [
            ("/", true), ("/var/lib/docker", true), ("/var/lib/docker/volumes", true),
            ("/var/lib/docker/volumes/v", false), ("/var/lib/docker/volumes/v/_data", false),
            ("/var/lib/docker/vol", false), ("/srv", false),
        ]
        for (path, isOverview) in rows {
            XCTAssertEqual(map.isOverview(try bind(path)), isOverview, path)
        }
        XCTAssertFalse(map.isOverview(try mount("v")))
    }

    func testWhoWritesToOnePlace() throws {
        let folder = try TemporaryDirectory("berth-storage")
        let root = folder.path
        for path in ["data/inner/f", "docker/v/_data/f", "docker/w/_data/f", "docker/x/f"] {
            try folder.write(path, "")
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"),
            withDestinationPath: folder.file("data")
        )
        let socket = try LoopbackSocket(folder.file("socket"))
        defer { socket.close() }
        let device = { (o: String) in #"{"type": "none", "o": "\#(o)", "device": "\#(root)/data"}"#
        }
        let anonymous = String(repeating: "0a", count: 32)
        let volumes = [
            try volume("v", at: "\(root)/docker/v/_data"),
            try volume("w", at: "\(root)/docker/w/_data", device("bind")),
            try volume("r", at: "\(root)/docker/r/_data", device("bind,ro")),
            try volume(anonymous, at: "\(root)/docker/x"),
            try volume("n", at: "\(root)/n", #"{"type": "nfs", "o": "addr=nas", "device": ":/a"}"#),
            try volume("m", at: "\(root)/m", #"{"type": "nfs", "device": "nas:/a/b"}"#),
        ]
        let map = StorageMap(volumes: Dictionary(volumes.map { ($0.name, $0) }) { $1 })
        let rows: [(name: String, one: MountPoint, two: MountPoint, want: Bool)] = [
            ("a path", try bind("\(root)/data"), try bind("\(root)/data"), true),
            (
                "a reader", try bind("\(root)/data"), try bind("\(root)/data", isWritable: false),
                false
            ),
            ("a parent", try bind("\(root)/data/inner"), try bind(root), true),
            ("beside it", try bind("\(root)/data"), try bind("\(root)/docker"), false),
            ("a link", try bind("\(root)/link"), try bind("\(root)/data"), true),
            ("below a link", try bind("\(root)/link/inner"), try bind("\(root)/data"), true),
            (
                "what is not there yet", try bind("\(root)/link/new/x"), try bind("\(root)/data"),
                true
            ),
            ("a volume", try mount("v"), try mount("v"), true),
            ("a volume that is read", try mount("v"), try mount("v", isWritable: false), false),
            ("two volumes", try mount("v"), try mount("w"), false),
            ("a volume's folder", try mount("v"), try bind("\(root)/docker/v/_data"), true),
            ("Docker's volumes", try mount("v"), try bind("\(root)/docker"), true),
            ("what a volume binds", try mount("w"), try bind("\(root)/data/inner"), true),
            ("by a link", try mount("w"), try bind("\(root)/link"), true),
            ("what a volume only reads", try mount("r"), try bind("\(root)/data"), false),
            ("a share below another", try mount("n"), try mount("m"), true),
            ("without a name", try mount(anonymous), try mount(anonymous), true),
            ("beside one without a name", try mount(anonymous), try bind(root), false),
            ("a socket", try bind("\(root)/socket"), try bind("\(root)/socket"), false),
            ("a device", try bind("/dev/null"), try bind("/dev"), false),
        ]
        for (name, one, two, want) in rows {
            let claims = [one, two].map { map.claims(of: [$0]) }
            let isConflict = claims[0].contains { claim in claims[1].contains(where: claim.overlaps)
            }
            XCTAssertEqual(isConflict, want, "\(name): \(claims)")
        }
    }

    /// The host shows one folder at two paths.
    func testAFolderThatIsMountedTwiceOnTheHost() throws {
        let folder = try TemporaryDirectory("berth-storage")
        try folder.write("data/f", "")
        try folder.write("f", "")
        try FileManager.default.linkItem(atPath: folder.file("f"), toPath: folder.file("g"))
        let map = StorageMap(volumes: [:])
        let claims = try ["f", "g"].flatMap { map.claims(of: [try bind(folder.file($0))]) }
        XCTAssertEqual(claims.count, 2)
        XCTAssertTrue(claims[0].overlaps(claims[1]), "\(claims)")
    }

    func testWhereTheHostMountsWhatServersOffer() {
        let text = """
            21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            35 21 0:40 / /srv/n\\040as rw,relatime shared:9 - nfs4 nas:/export rw,vers=4.2
            36 21 0:41 / /srv/cifs rw - cifs //nas/share rw
            37 21 0:42 / /srv/files rw master:1 - fuse.sshfs user@host: rw
            38 21 0:43 / /sys/fs/fuse/connections rw - fusectl fusectl rw
            39 21 0:44 / /broken rw -
            """
        XCTAssertEqual(
            StorageMap.remoteMounts(in: text),
            ["/srv/n as", "/srv/cifs", "/srv/files"]
        )
    }

    func testWhatIsHeldIsWhatItHolds() {
        let held = HeldMounts(folder: "/run/berth/0123456789ab")
        let point = held.point(of: "/srv/up/data", for: "prod-web-1")
        XCTAssertEqual(HeldMounts.origin(of: point), "/srv/up/data")
        for path in ["/srv/up/data", "/run/berth", "/run/berth/0123456789ab/x", "/run/other/a/b/@"]
        {
            XCTAssertEqual(HeldMounts.origin(of: path), path)
        }
    }
}

/// A socket in the file system.
private struct LoopbackSocket {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        XCTAssertEqual(result, 0, path)
    }

    func close() { Foundation.close(descriptor) }
}
