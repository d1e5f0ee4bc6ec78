import Foundation
import Model
import Platform
import TestSupport
import XCTest

@testable import Controller

/// What of the host lies beneath a grant, whatever links say.
final class GrantedPathsTests: XCTestCase {
    private func tree() throws -> TemporaryDirectory {
        let tree = try TemporaryDirectory("berth-grants")
        for file in ["up/data/file", "up/archive/2026/cert", "secret/file", "other/file"] {
            try tree.write(file, file)
        }
        let links = [
            ("up/live", "archive/2026"), ("up/absolute", tree.file("up/archive")),
            ("up/etc", "/etc"), ("up/root", "/"), ("up/up", ".."),
            ("up/secret", "../secret"), ("up/toOther", "../other"), ("up/self", "../up/data"),
            ("up/hidden", "archive/../../secret/file"), ("alias", "up"), ("up/data/in", "/"),
            ("up/future", "../elsewhere"),
        ]
        for (name, target) in links { XCTAssertEqual(symlink(target, tree.file(name)), 0) }
        return tree
    }

    func testOnlyWhatLiesBeneathAGrantIsOpened() throws {
        let tree = try tree()
        let grants: [Grants.HostPath] = [
            .init(path: tree.file("up")), .init(path: tree.file("other"), isReadOnly: true),
        ]
        let rows: [(path: String, readOnly: Bool, want: String?)] = [
            ("up", false, "up"), ("up/data", false, "up/data"),
            ("up/live/cert", true, "up/archive/2026/cert"),
            ("up/absolute/2026", true, "up/archive/2026"), ("up/self", false, "up/data"),
            ("alias/data", false, "up/data"),
            ("up/toOther", true, "other"), ("up/toOther", false, nil),
            ("other/file", true, "other/file"), ("other", false, nil),
            ("up/etc", true, nil), ("up/etc/shadow", true, nil), ("up/root", true, nil),
            ("up/root/etc", true, nil), ("up/up", true, nil), ("up/secret", true, nil),
            ("up/secret/file", true, nil), ("up/hidden", true, nil), ("up/data/in", true, nil),
            ("secret", true, nil), ("", true, nil),
        ]
        for (path, readOnly, want) in rows {
            let granted = GrantedPaths(grants)
            let opened = Result { try granted.open(tree.file(path), readOnly: readOnly) }
            switch opened {
            case .success(let opened):
                XCTAssertEqual(opened.path, want.map(tree.file), path)
            case .failure(let error):
                XCTAssertNil(want, "\(path): \(error)")
                XCTAssertTrue(error is OutsideGrants, "\(path): \(error)")
            }
        }
        XCTAssertThrowsError(try GrantedPaths([]).open(tree.path, readOnly: true))
    }

    /// A grant in a writable grant is a name that containers may give another meaning.
    func testAGrantInAWritableGrantAddsNothing() throws {
        let tree = try tree()
        let inner: [[Grants.HostPath]] = [
            [.init(path: tree.file("up/root"))],
            [.init(path: tree.file("up/etc"), isReadOnly: true)],
        ]
        for more in inner {
            let granted = GrantedPaths([.init(path: tree.file("up"))] + more)
            XCTAssertThrowsError(try granted.open("/etc/hostname", readOnly: true), "\(more)")
            XCTAssertNoThrow(try granted.open(tree.file("up/data"), readOnly: false))
        }
        // Where the names hide that, neither counts.
        let hidden = GrantedPaths([
            .init(path: tree.file("up")), .init(path: tree.file("alias/root")),
        ])
        XCTAssertThrowsError(try hidden.open("/etc/hostname", readOnly: true))
        // Beneath one for reading it may add writing.
        let both = GrantedPaths([
            .init(path: tree.path, isReadOnly: true), .init(path: tree.file("up")),
        ])
        XCTAssertNoThrow(try both.open(tree.file("up/data"), readOnly: false))
        XCTAssertThrowsError(try both.open(tree.file("other"), readOnly: false))
    }

    func testMissingFoldersAreCreatedInGrantsOnly() throws {
        let tree = try tree()
        let granted = GrantedPaths([
            .init(path: tree.file("up")), .init(path: tree.file("new/grant")),
        ])
        for path in ["up/data/a/b", "new/grant", "new/grant/c"] {
            let opened = try granted.open(tree.file(path), readOnly: false, creates: true)
            XCTAssertEqual(opened.path, tree.file(path))
        }
        for path in ["up/future", "up/future/x", "else/where"] {
            let path = tree.file(path)
            XCTAssertThrowsError(try granted.open(path, readOnly: false, creates: true), path)
        }
        let reading = GrantedPaths([
            .init(path: tree.file("up"), isReadOnly: true),
            .init(path: tree.file("absent"), isReadOnly: true),
        ])
        for path in ["up/data/new", "absent"] {
            let path = tree.file(path)
            XCTAssertThrowsError(try reading.open(path, readOnly: true, creates: true), path)
            XCTAssertFalse(FileManager.default.fileExists(atPath: path), path)
        }
        for path in ["elsewhere", "else"] {
            XCTAssertFalse(FileManager.default.fileExists(atPath: tree.file(path)), path)
        }
    }

    func testTheErrorSaysWhereTheLinkLeads() throws {
        let tree = try tree()
        let granted = GrantedPaths([.init(path: tree.file("up"))])
        XCTAssertThrowsError(try granted.open(tree.file("up/secret"), readOnly: true)) { error in
            XCTAssertEqual(
                "\(error)",
                "\(tree.file("up/secret")) of this host is a link to \(tree.file("secret")), which "
                    + "is not granted; remove the link, or add \(tree.file("secret")):ro to "
                    + "policy.host_paths"
            )
        }
    }

    func testHostFilesAreReadBeneathTheirGrantsOnly() throws {
        let tree = try tree()
        let granted = GrantedPaths([.init(path: tree.file("up"))])
        let live = HostFile(path: tree.file("up/live/cert"))
        let first = try live.digest(in: granted)
        XCTAssertNotNil(first)
        try tree.write("up/archive/2027/cert", "renewed")
        XCTAssertEqual(symlink("archive/2027", tree.file("up/next")), 0)
        XCTAssertEqual(rename(tree.file("up/next"), tree.file("up/live")), 0)
        XCTAssertNotEqual(try live.digest(in: granted), first, "a link was swapped")
        for path in ["up/secret/file", "up/hidden", "up/etc/hostname"] {
            for isRequired in [true, false] {
                let file = HostFile(path: tree.file(path), isRequired: isRequired)
                XCTAssertThrowsError(try file.digest(in: granted), path)
            }
        }
    }
}

/// Mounts that a container could put something else in place of.
final class HostMountsTests: XCTestCase {
    func testWhatAContainerCouldReplace() {
        let mounts = HostMounts(writable: ["/srv/up", "/data"], existing: [])
        let rows: [(path: String, want: Bool)] = [
            ("/srv/up/x", true), ("/srv/up/x/y", true), ("/data/z", true),
            ("/srv/up", false), ("/srv", false), ("/srv/upper", false), ("/", false),
        ]
        for (path, want) in rows { XCTAssertEqual(mounts.isReplaceable(path), want, path) }
        let all = HostMounts(writable: ["/"], existing: [])
        XCTAssertFalse(all.isReplaceable("/x"), "who writes everywhere needs no link")
    }

    func testAMountOfAnotherServiceMustNotBecomeReplaceable() {
        let mount = { (owner: String, path: String, isHeld: Bool) in
            HostMounts.Existing(container: owner, owner: owner, path: path, isHeld: isHeld)
        }
        let mounts = HostMounts(
            writable: [],
            existing: [mount("prod/b", "/srv/up/x", false), mount("prod/c", "/srv/c/x", true)]
        )
        XCTAssertEqual(mounts.exposed(by: "prod/a", writing: ["/srv/up"])?.container, "prod/b")
        XCTAssertNil(mounts.exposed(by: "prod/b", writing: ["/srv/up"]), "its own")
        XCTAssertNil(mounts.exposed(by: "prod/a", writing: ["/srv/c"]), "held")
        XCTAssertNil(mounts.exposed(by: "prod/a", writing: ["/srv/up/x"]), "the same folder")
    }

    func testTheSpecSaysWhichMountsAreHeld() throws {
        func service(_ name: String, _ path: String, readOnly: Bool = false) throws -> Service {
            try Sample.service(name) { service in
                let source = Mount.Source.bind(path: path, options: BindOptions())
                service.container.mounts = [Mount(source, target: "/x", readOnly: readOnly)]
            }
        }
        let reader = try service("reader", "/srv/up/x", readOnly: true)
        let writers: [(path: String, readOnly: Bool, want: Set<String>)] = [
            ("/srv/up", false, ["/srv/up/x"]), ("/srv/up", true, []), ("/srv/up/x", false, []),
            ("/srv/u", false, []), ("/", false, []),
        ]
        for (path, readOnly, want) in writers {
            let desired = Sample.desired([reader, try service("w", path, readOnly: readOnly)])
            XCTAssertEqual(desired.replaceablePaths(of: reader), want, path)
        }
    }

    /// Who mounts a volume that binds a folder writes to the folder.
    func testAVolumeThatBindsAFolder() throws {
        let reader = try Sample.service("reader") { service in
            let source = Mount.Source.bind(path: "/srv/up/x", options: BindOptions())
            service.container.mounts = [Mount(source, target: "/x", readOnly: true)]
        }
        let rows: [(options: String, readOnly: Bool, want: Set<String>)] = [
            ("bind", false, ["/srv/up/x"]), ("rbind,ro", false, ["/srv/up/x"]),
            ("bind,ro", false, []), ("bind", true, []),
        ]
        for (options, readOnly, want) in rows {
            let writer = try Sample.service("writer") { service in
                let source = Mount.Source.volume(key: "data", options: VolumeOptions())
                service.container.mounts = [Mount(source, target: "/x", readOnly: readOnly)]
            }
            let volume = Volume(
                key: "data",
                driverOptions: ["type": "none", "o": options, "device": "/srv/up"]
            )
            let desired = Sample.desired([reader, writer]) { $0.volumes = ["data": volume] }
            XCTAssertEqual(desired.replaceablePaths(of: reader), want, "\(options) \(readOnly)")
        }
    }

    func testMountPointsAreReadFromTheKernel() {
        let text = """
            36 35 98:0 / /a rw,noatime shared:1 - ext3 /dev/root rw
            37 35 98:0 / /with\\040space\\134back rw - tmpfs berth rw
            torn
            """
        XCTAssertEqual(HeldMounts.mountPoints(in: text), ["/a", "/with space\\back"])
        let held = HeldMounts(folder: "/s/mounts")
        let point = held.point(of: "/srv/x", for: "prod-web-1.g3")
        XCTAssertEqual(point, "/s/mounts/prod-web-1.g3/srv/x/@")
        XCTAssertEqual(held.path(heldBy: point), "/srv/x")
        for other in ["/srv/x", "/s/mounts/@", "/s/mounts/a/b", "/s/mounts/a@"] {
            XCTAssertNil(held.path(heldBy: other), other)
        }
    }
}
