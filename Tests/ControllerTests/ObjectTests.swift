import Addresses
import Digests
import DockerEngine
import Foundation
import Model
import Planning
import TestSupport
import XCTest

@testable import Controller

/// Whose volumes, networks and images those of the wanted names are.
final class ObjectTests: XCTestCase {
    func testWhoseAnObjectIs() {
        typealias Labels = [String: String]
        let (prod, dev): (Labels, Labels) = (
            ["berth.environment": "prod"], ["berth.environment": "dev"]
        )
        let compose = ["com.docker.compose.project": "shop"]
        let rows: [(labels: Labels, isExternal: Bool, isGranted: Bool, owner: String?)] = [
            (prod, false, false, nil), (prod, true, false, nil),
            (dev, false, false, "belongs to the environment dev"),
            (dev, true, false, "belongs to the environment dev"),
            (dev, false, true, "belongs to the environment dev"), (dev, true, true, nil),
            ([:], false, false, "was not created by Berth"),
            ([:], false, true, "was not created by Berth"), ([:], true, false, nil),
            (compose, false, false, "belongs to the Compose project shop"),
            (compose, true, false, nil),
        ]
        for (labels, isExternal, isGranted, owner) in rows {
            let claim = ObjectClaim(
                kind: "volume",
                key: "data",
                name: "prod_data",
                labels: labels,
                isExternal: isExternal,
                isGranted: isGranted
            )
            let name = "\(labels) \(isExternal) \(isGranted)"
            XCTAssertEqual(claim.refusal(in: "prod")?.owner, owner, name)
            var adopted = claim
            adopted.adopted = "shop"
            let isTaken = labels == compose
            XCTAssertEqual(adopted.refusal(in: "prod")?.owner, isTaken ? nil : owner, name)
        }
    }

    func testHowAVolumeDiffers() throws {
        let plain = ["type": "none", "o": "bind", "device": "/srv/a"]
        let secret = ["type": "cifs", "o": "password=hunter2"]
        let rows: [(want: [String: String], have: String, driver: String, differences: [String])] =
            [
                ([:], "null", "local", []), (plain, text(plain), "local", []),
                ([:], "{}", "nfs", ["driver: local / nfs"]),
                (
                    [:], text(plain), "local",
                    [
                        "driver_opts.device: not set / /srv/a",
                        "driver_opts.o: not set / set to another value",
                        "driver_opts.type: not set / none",
                    ]
                ),
                (plain, text(plain.merging(["device": "/real"]) { $1 }), "local", []),
                (
                    plain, text(plain.merging(["device": "/other"]) { $1 }), "local",
                    ["driver_opts.device: /srv/a / /other"]
                ),
                (
                    secret, text(["type": "cifs", "o": "password=correct"]), "local",
                    ["driver_opts.o: set / set to another value"]
                ),
            ]
        for (want, have, driver, differences) in rows {
            let json = #"{"Name": "prod_data", "Driver": "\#(driver)", "Options": \#(have)}"#
            let found = try JSONDecoder.engine.decode(
                DockerEngine.Volume.self,
                from: Data(json.utf8)
            )
            let volume = Model.Volume(key: "data", driverOptions: want)
            let rows = ObjectDefinition.differences(volume, found, device: "/real").map {
                "\($0.field): \($0.desired) / \($0.actual)"
            }
            XCTAssertEqual(rows, differences.map { "volumes.data." + $0 }, have)
        }
    }

    private func text(_ options: [String: String]) -> String {
        String(decoding: (try? JSONEncoder().encode(options)) ?? Data(), as: UTF8.self)
    }

    func testWhoHasAnAddress() throws {
        let networks = Networks(
            try JSONDecoder.engine.decode(
                [DockerEngine.Network].self,
                from: Data(
                    """
                    [{"Id": "1", "Name": "shop", "Driver": "bridge", "IPAM": {"Config": [
                        {"Subnet": "10.5.0.0/24", "Gateway": "10.5.0.1",
                         "AuxiliaryAddresses": {"printer": "10.5.0.3"}},
                        {"Subnet": "fd00:5::/64", "Gateway": "fd00:5::1/64"}]}},
                     {"Id": "2", "Name": "other", "Driver": "bridge"}]
                    """.utf8
                )
            )
        )
        func container(_ name: String, _ labels: String, _ endpoint: String) throws -> Data {
            Data(
                """
                {"Id": "\(name)", "Names": ["/\(name)"], "State": "exited", "Labels": {\(labels)},
                 "NetworkSettings": {"Networks": {"shop": {\(endpoint)}}}}
                """.utf8
            )
        }
        func service(_ name: String, of environment: String) -> String {
            #""berth.environment": "\#(environment)", "berth.service": "\#(name)""#
        }
        let desired = Sample.desired([try Sample.service("web"), try Sample.service("api")])
        var owners = AddressOwners(of: desired, networks: networks)
        for data in [
            try container("runs", "", #""IPAddress": "10.5.0.4""#),
            try container("waits", "", #""IPAMConfig": {"IPv4Address": "10.5.0.5"}"#),
            try container("six", "", #""GlobalIPv6Address": "fd00:5::4""#),
            try container(
                "local",
                "",
                #""IPAMConfig": {"IPv6Address": "fd00:5::5", "LinkLocalIPs": ["169.254.7.7"]}"#
            ),
            try container("prod-web-1", service("web", of: "prod"), #""IPAddress": "10.5.0.6""#),
            try container("prod-old-1", service("old", of: "prod"), #""IPAddress": "10.5.0.7""#),
            try container("dev-web-1", service("web", of: "dev"), #""IPAddress": "10.5.0.8""#),
        ] {
            owners.add(try JSONDecoder.engine.decode(ContainerSummary.self, from: data))
        }
        for (environment, last) in [("dev", 250), ("prod", 251)] {
            owners.add(
                try XCTUnwrap(IPv4Address("10.5.0.\(last)")),
                of: .init(environment: environment, service: "db", network: "shop")
            )
        }
        let rows: [(address: String, owner: String?)] = [
            ("10.5.0.1", "the network's gateway"), ("10.5.0.3", "the network's printer"),
            ("10.5.0.4", "the container runs"), ("10.5.0.5", "the container waits"),
            ("10.5.0.6", "the container prod-web-1"), ("10.5.0.7", nil),
            ("10.5.0.8", "the container dev-web-1"), ("10.5.0.9", nil), ("10.5.0.250", "dev/db"),
            ("10.5.0.251", nil), ("fd00:5::1", "the network's gateway"),
            ("FD00:5:0::4", "the container six"), ("fd00:5::5", "the container local"),
            ("fd00:5::6", nil), ("169.254.7.7", "the container local"), ("169.254.7.8", nil),
        ]
        for (address, owner) in rows {
            let isFour = !address.contains(":")
            let isLocal = address.hasPrefix("169.254.")
            let attachment = NetworkAttachment(
                network: "lan",
                ipv4Address: isFour && !isLocal ? address : nil,
                ipv6Address: isFour ? nil : address,
                linkLocalAddresses: isLocal ? [address] : []
            )
            let found = owners.conflict(of: "api", attachment, on: "shop")
            XCTAssertEqual(found?.owner, owner, address)
            let own = owners.conflict(of: "web", attachment, on: "shop")
            XCTAssertEqual(own?.owner, address == "10.5.0.6" ? nil : owner, address)
            XCTAssertNil(owners.conflict(of: "api", attachment, on: "other"), address)
        }
        let taken = NetworkAttachment(network: "lan", ipv4Address: "10.5.0.4")
        XCTAssertEqual(
            owners.conflict(of: "api", taken, on: "shop").map { "\($0)" },
            "the address 10.5.0.4 in the network shop is in use by the container runs; give api "
                + "another, or none"
        )
    }

    func testWhichPathAVolumeBinds() {
        let rows: [(driver: String?, options: [String: String], want: String?)] = [
            (nil, ["type": "none", "o": "bind", "device": "/srv/a"], "/srv/a"),
            ("local", ["o": "bind,ro", "device": "/srv/a"], "/srv/a ro"),
            ("local", ["o": "rbind,ro", "device": "/srv/a"], "/srv/a"),
            ("", ["device": "/srv/a"], "/srv/a"),
            (nil, ["type": "ext4", "o": "noatime,bind", "device": "/srv/a"], "/srv/a"),
            (nil, ["type": "tmpfs", "o": "bind,\u{301}", "device": "/srv/a"], "/srv/a"),
            (nil, ["type": "ext4", "o": " bind", "device": "/srv/a"], nil),
            (nil, ["type": "ext4", "device": "/dev/sdb"], nil),
            (nil, ["type": "tmpfs", "device": "tmpfs"], nil),
            (nil, ["type": "nfs", "o": "addr=nas", "device": ":/export"], nil),
            ("plugin", ["device": "/srv/a"], nil), (nil, [:], nil),
        ]
        for (driver, options, want) in rows {
            let volume = Model.Volume(key: "v", driver: driver, driverOptions: options)
            let bound = volume.boundPath.map { $0.path + ($0.isReadOnly ? " ro" : "") }
            XCTAssertEqual(bound, want, "\(options)")
        }
    }

    func testContainersReachFoldersByVolumes() throws {
        let labels = #""berth.environment": "prod", "berth.service": "w""#
        let json = """
            {"Id": "1", "Names": ["/prod-w-1"], "State": "running", "Labels": {\(labels)},
            "Mounts": [
              {"Type": "volume", "Name": "data", "Source": "", "RW": true},
              {"Type": "volume", "Name": "shown", "Source": "/docker/shown", "RW": true},
              {"Type": "volume", "Name": "plain", "Source": "/docker/plain", "RW": true},
              {"Type": "bind", "Source": "/srv/bound", "RW": false}
            ]}
            """
        let users = HostUsers(
            containers: [
                try JSONDecoder.engine.decode(ContainerSummary.self, from: Data(json.utf8))
            ],
            bound: ["data": "/srv/up", "shown": "/srv/shown"],
            written: ["data": "/srv/up"],
            wanted: ["/srv/later"],
            held: HeldMounts(folder: "/s/mounts")
        )
        let mounts = users.mounts(in: GrantedPaths([]))
        XCTAssertEqual(mounts.writable, ["/srv/up", "/docker/plain", "/srv/later"])
        XCTAssertEqual(
            Set(mounts.existing.map(\.path)),
            ["/srv/up", "/srv/shown", "/srv/bound"]
        )
    }

    func testADigestCountsInItsRepository() throws {
        let digest = Sample.digest("image")
        let rows: [(tags: [String], digests: [String], digest: Digest?, isLocal: Bool)] = [
            ([], ["good.example/app@\(digest)"], digest, true),
            ([], ["evil.example/app@\(digest)"], nil, false),
            (["evil.example/app:1"], [], nil, false), (["good.example/app:1"], [], nil, true),
            (["evil.example/app:1", "good.example/app:2"], [], nil, true),
            (["good.example/app2:1"], [], nil, false), ([], [], nil, true),
        ]
        for (tags, digests, want, isLocal) in rows {
            let json = #"{"Id": "sha256:1", "RepoTags": \#(tags), "RepoDigests": \#(digests)}"#
            let image = try JSONDecoder.engine.decode(ImageDetails.self, from: Data(json.utf8))
            XCTAssertEqual(image.digest(in: "good.example/app"), want, json)
            XCTAssertEqual(image.isLocal(in: "good.example/app"), isLocal, json)
        }
    }
}

/// The addresses that the host reaches by itself.
final class HostWayTests: XCTestCase {
    func testRoutes() {
        let text = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
            tun0\t00000000\t010011AC\t0003\t0\t0\t0\t00000080\t0\t0\t0
            eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
            wg0\t0A00000A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
            torn\t00
            odd\tZZ\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
            """
        XCTAssertEqual(
            HostWay.routes(in: text).map(\.description),
            ["172.17.0.0/16 on eth0", "10.0.0.10/32 on wg0"]
        )
        XCTAssertEqual(HostWay.routes(in: ""), [])
        let six = """
            20010db8007800000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001   uplink
            fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001   uplink
            ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001   uplink
            00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
            torn 40
            """
        XCTAssertEqual(HostWay.routes6(in: six).map(\.description), ["2001:db8:78::/64 on uplink"])
    }

    func testLoopbackIsAWayWithoutARoute() {
        XCTAssertTrue(HostWay.current().map(\.description).contains("127.0.0.0/8 on lo"))
        XCTAssertTrue(HostWay.hasLink("lo"))
        XCTAssertFalse(HostWay.hasLink("no-such-link"))
    }

    func testOverlaps() throws {
        let rows: [(one: String, other: String, want: Bool)] = [
            ("10.0.0.0/8", "10.1.0.0/16", true), ("10.1.0.0/16", "10.0.0.0/8", true),
            ("10.1.0.0/16", "10.2.0.0/16", false), ("0.0.0.0/1", "127.0.0.0/8", true),
            ("fd00::/8", "fd00:1::/64", true), ("fd00:1::/64", "fd00:2::/64", false),
            ("10.0.0.0/8", "fd00::/8", false),
        ]
        for (one, other, want) in rows {
            let first = try XCTUnwrap(IPSubnet(one))
            let second = try XCTUnwrap(IPSubnet(other))
            XCTAssertEqual(first.overlaps(second), want, "\(one) \(other)")
        }
    }
}

/// Files of the commit that were tampered with.
final class ContentFileTests: XCTestCase {
    func testATamperedFileIsFoundAndRepaired() throws {
        let folder = try TemporaryDirectory("berth-content")
        let bytes = Array("content".utf8)
        let file = ContentFile(
            path: folder.file("file"),
            digest: Digest(hashing: bytes),
            mode: 0o444
        )
        XCTAssertEqual(file.look(known: nil), .missing)
        try file.write(bytes)
        guard case .good(let stamp) = file.look(known: nil) else { return XCTFail("not written") }
        XCTAssertEqual(file.look(known: stamp), .good(stamp))
        let path = file.path
        let tampering: [(name: String, change: () throws -> Void)] = [
            ("other content", { try folder.write("file", "CONTENT", mode: 0o444) }),
            ("appended", { try self.append("x", to: path) }),
            ("emptied", { XCTAssertEqual(truncate(path, 0), 0) }),
            ("mode", { XCTAssertEqual(chmod(path, 0o4755), 0) }),
            ("owner", { XCTAssertEqual(chown(path, 1_000, 1_000), 0) }),
            ("removed", { XCTAssertEqual(unlink(path), 0) }),
            (
                "a link",
                {
                    XCTAssertEqual(unlink(path), 0)
                    XCTAssertEqual(symlink(try folder.write("target", "kept"), path), 0)
                }
            ),
            (
                "another name",
                {
                    XCTAssertEqual(link(path, folder.file("more")), 0)
                    try self.append("x", to: path)
                }
            ),
        ]
        for (name, change) in tampering {
            try change()
            if case .good = file.look(known: stamp) { XCTFail("\(name) was not noticed") }
            try file.write(bytes)
            guard case .good = file.look(known: nil) else { return XCTFail("\(name) stays") }
        }
        let kept = try String(contentsOfFile: folder.file("target"), encoding: .utf8)
        XCTAssertEqual(kept, "kept", "nothing is written through a link")
    }

    /// A container holds the inode of what it mounts.
    func testTheInodeIsKept() throws {
        let folder = try TemporaryDirectory("berth-content")
        let bytes = Array("content".utf8)
        let file = ContentFile(
            path: folder.file("file"),
            digest: Digest(hashing: bytes),
            mode: 0o600
        )
        try file.write(bytes)
        let mounted = open(file.path, O_RDONLY | O_CLOEXEC)
        defer { close(mounted) }
        try append("x", to: file.path)
        try file.write(bytes)
        var text = [UInt8](repeating: 0, count: 64)
        XCTAssertEqual(read(mounted, &text, text.count), bytes.count)
    }

    private func append(_ text: String, to path: String) throws {
        let handle = try XCTUnwrap(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }
}
