import Model
import XCTest

/// Which mounts write to one place, and what is said about it.
final class StorageTests: XCTestCase {
    func testWhichPlacesOverlap() {
        let share = { (path: String) in StoragePlace.share(server: "nas", path: path) }
        let rows: [(one: StoragePlace, two: StoragePlace, want: Bool)] = [
            (.volume("data"), .volume("data"), true), (.volume("data"), .volume("data2"), false),
            (.volume("data"), .path("data"), false), (.path("/srv/a"), .path("/srv/a"), true),
            (.path("/srv/a"), .path("/srv"), true), (.path("/srv/a/b/c"), .path("/srv/a"), true),
            (.path("/"), .path("/srv/a"), true), (.path("/srv/a"), .path("/srv/ab"), false),
            (.path("/srv/a"), .path("/srv/b"), false),
            (.node(device: 1, number: 2), .node(device: 1, number: 2), true),
            (.node(device: 1, number: 2), .node(device: 2, number: 2), false),
            (share("/x"), share("/x/y"), true), (share("/x"), share("/z"), false),
            (share("/x"), .share(server: "other", path: "/x"), false),
            (share("/x"), .path("/x"), false),
        ]
        for (one, two, want) in rows {
            XCTAssertEqual(one.overlaps(two), want, "\(one) \(two)")
            XCTAssertEqual(two.overlaps(one), want, "\(two) \(one)")
            let isEnclosed = one.enclosing.contains(two) || two.enclosing.contains(one)
            XCTAssertEqual(isEnclosed, want, "\(one) in \(two)")
        }
    }

    func testALongPathIsNotTakenApart() {
        let deep = StoragePlace.path(String(repeating: "/a", count: 1_000))
        XCTAssertLessThanOrEqual(deep.enclosing.count, 129)
        let long = StoragePlace.path(String(repeating: "/a", count: 100_000))
        XCTAssertEqual(long.enclosing.count, 1)
    }

    func testWhatAVolumeMounts() {
        typealias Row = (driver: String?, options: [String: String], want: String?)
        let rows: [Row] = [
            (nil, [:], nil), (nil, ["type": "tmpfs", "device": "tmpfs"], nil),
            ("plugin", ["device": "/srv/a"], nil),
            ("local", ["o": "bind,ro", "device": "/srv/a/"], #"path("/srv/a") ro bind"#),
            // Not what is mounted below.
            ("local", ["o": "rbind,ro", "device": "/srv/a/"], #"path("/srv/a") bind"#),
            (nil, ["type": "ext4", "device": "/dev/sdb"], #"path("/dev/sdb")"#),
            (
                nil, ["type": "nfs", "o": "addr=NAS,rw", "device": ":/export/"],
                #"share(server: "nas", path: "/export")"#
            ),
            (
                nil, ["type": "nfs4", "o": "addr=10.0.0.5", "device": "nas:/"],
                #"share(server: "nas", path: "/")"#
            ),
            (
                nil, ["type": "nfs", "device": "[2001:db8::1]:/x", "o": "ro"],
                #"share(server: "[2001:db8::1]", path: "/x") ro"#
            ),
            (
                nil, ["type": "cifs", "device": "\\\\nas\\share\\a"],
                #"share(server: "nas", path: "/share/a")"#
            ),
            (nil, ["type": "cifs", "device": "//nas"], #"share(server: "nas", path: "/")"#),
        ]
        for (driver, options, want) in rows {
            let device = VolumeDevice(driver: driver, options: options)
            let words = device.map {
                "\($0.place)" + ($0.isReadOnly ? " ro" : "") + ($0.isBind ? " bind" : "")
            }
            XCTAssertEqual(words, want, "\(options)")
        }
    }

    private func state(_ mounts: [Mount]) throws -> (DesiredState, Service) {
        let service = try SampleService.make { $0.container.mounts = mounts }
        let state = SampleService.state(
            service,
            volumes: [
                "data": Volume(key: "data"),
                "named": Volume(key: "named", name: "shop_data", isShared: true),
                "theirs": Volume(key: "theirs", isExternal: true),
                "bound": Volume(key: "bound", driverOptions: ["o": "bind", "device": "/srv/b"]),
                "read": Volume(key: "read", driverOptions: ["o": "bind,ro", "device": "/srv/b"]),
            ],
            grants: Grants(sharedPaths: ["/srv/shared"])
        )
        return (state, service)
    }

    func testWhatAServiceWritesTo() throws {
        func volume(_ key: String) -> Mount.Source { .volume(key: key, options: VolumeOptions()) }
        func bind(_ path: String) -> Mount.Source { .bind(path: path, options: BindOptions()) }
        let rows: [(source: Mount.Source, want: String?)] = [
            (volume("data"), "the volume prod_data: x-berth: { shared: true } to volumes.data"),
            (volume("named"), "the volume shop_data shared"),
            (volume("theirs"), "the volume theirs: x-berth: { shared: true } to volumes.theirs"),
            (
                volume("bound"),
                "the volume prod_bound at /srv/b: x-berth: { shared: true } to volumes.bound"
            ), (volume("read"), nil),
            (bind("/srv/a"), "the host's /srv/a at /srv/a: /srv/a to policy.shared_paths"),
            (bind("/srv/shared/x"), "the host's /srv/shared/x at /srv/shared/x shared"),
            (bind("/srv/ab"), "the host's /srv/ab at /srv/ab: /srv/ab to policy.shared_paths"),
            (bind("/run/app.sock"), nil), (bind("/dev/fuse"), nil),
            (bind("/etc/localtime"), nil), (.anonymousVolume(VolumeOptions()), nil),
            (.tmpfs(size: nil, mode: nil), nil),
        ]
        for (source, want) in rows {
            let (state, service) = try state([Mount(source, target: "/t")])
            let words = state.claims(of: service).first.map { claim in
                let paths = claim.places.compactMap { place -> String? in
                    if case .path(let path) = place { path } else { nil }
                }
                return claim.subject + (paths.first.map { " at \($0)" } ?? "")
                    + (claim.isShared ? " shared" : ": \(claim.allowance)")
            }
            XCTAssertEqual(words, want, "\(source)")
            let (other, reader) = try self.state([Mount(source, target: "/t", readOnly: true)])
            XCTAssertEqual(other.claims(of: reader), [], "\(source), only read")
        }
    }

    func testHowAConflictIsNamed() throws {
        let claim = StorageClaim(
            subject: "the host's /srv/a",
            places: [.path("/srv/a")],
            allowance: "/srv/a to policy.shared_paths"
        )
        let parent = try XCTUnwrap(StorageClaim.path("/srv"))
        let writers = [
            Writer(id: "1", container: "db", owner: .others(project: "sh\nop"), claims: [claim]),
            Writer(id: "2", container: "tool", owner: .others(project: nil), claims: [parent]),
            Writer(
                id: "3",
                container: "dev-db-1",
                owner: .service("db", environment: "dev"),
                claims: [.volume("data"), claim]
            ),
            Writer(
                id: "4",
                container: "else",
                owner: .others(project: nil),
                claims: [.volume("x")]
            ),
        ]
        let allowance =
            ", or add /srv/a to policy.shared_paths if the application allows several writers"
        XCTAssertEqual(
            writers.conflicts(with: [claim], of: "web").map(\.description),
            [
                "the host's /srv/a is written to by the container db of the Compose project sh op; "
                    + "stop that container (docker stop db)" + allowance,
                "the host's /srv/a is written to by the container tool, which mounts the host's "
                    + "/srv; stop that container (docker stop tool)" + allowance,
                "the host's /srv/a is written to by dev-db-1 (dev/db); wait until it has gone, or "
                    + "take the mount from dev/db" + allowance,
            ]
        )
        var shared = claim
        shared.isShared = true
        XCTAssertEqual(writers.conflicts(with: [shared], of: "web"), [])
    }
}
