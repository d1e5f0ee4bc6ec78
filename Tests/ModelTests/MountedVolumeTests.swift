import Digests
import Model
import XCTest

/// A service's volumes are part of its spec, and what containers have mounted counts.
final class MountedVolumeTests: XCTestCase {
    private func goal(_ volume: MountedVolume?) throws -> Goal {
        let service = try SampleService.make { service in
            let source = Mount.Source.volume(key: "data", options: VolumeOptions())
            service.container.mounts = [Mount(source, target: "/data")]
        }
        let volumes = volume.map { ["/data": $0] } ?? [:]
        return Goal(service, image: SampleService.digest, volumes: volumes)
    }

    func testWhatMakesAnotherSpec() throws {
        let plain = try goal(MountedVolume("prod_data"))
        XCTAssertEqual(plain.spec, try goal(nil).spec, "as it was before volumes counted")
        let others = [
            MountedVolume("shop_data", hasDefaultName: false),
            MountedVolume("archive", hasDefaultName: false),
            MountedVolume("prod_data", driver: "rclone"),
            MountedVolume("prod_data", options: ["o": "bind", "device": "/srv/a"]),
            MountedVolume("prod_data", options: ["o": "bind", "device": "/srv/b"]),
        ]
        let specs = try others.map { try goal($0).spec } + [plain.spec]
        XCTAssertEqual(Set(specs).count, specs.count)
        for other in others { XCTAssertEqual(try goal(other).formerSpec, plain.spec) }
    }

    func testWhichVolumesAnEnvironmentMeans() throws {
        let service = try goal(nil).service
        let rows: [(volume: Volume?, want: MountedVolume)] = [
            (nil, MountedVolume("prod_data")), (Volume(key: "data"), MountedVolume("prod_data")),
            (
                Volume(key: "data", name: "prod_data", isExternal: true, driver: "local"),
                MountedVolume("prod_data")
            ),
            (Volume(key: "data", name: "x"), MountedVolume("x", hasDefaultName: false)),
            (Volume(key: "data", isExternal: true), MountedVolume("data", hasDefaultName: false)),
            (
                Volume(key: "data", driver: "nfs", driverOptions: ["a": "b"]),
                MountedVolume("prod_data", driver: "nfs", options: ["a": "b"])
            ),
        ]
        for (volume, want) in rows {
            let volumes = volume.map { ["data": $0] } ?? [:]
            let state = SampleService.state(service, volumes: volumes)
            XCTAssertEqual(state.mountedVolumes(of: service), ["/data": want])
        }
    }

    /// A container keeps what it was created with, whatever its label says.
    func testTheSpecOfAContainer() throws {
        let named = try goal(MountedVolume("shop_data", hasDefaultName: false))
        let plain = try goal(MountedVolume("prod_data"))
        let other = Digest(hashing: [1])
        let rows: [(name: String, goal: Goal, label: Digest, mounts: String, isGoal: Bool)] = [
            ("as wanted", named, named.spec, "shop_data", true),
            ("of an earlier Berth", named, named.formerSpec, "shop_data", true),
            ("of an earlier Berth, with another volume", named, plain.spec, "prod_data", false),
            ("renamed back", plain, named.spec, "shop_data", false),
            ("of an earlier Berth, renamed back", plain, plain.spec, "shop_data", false),
            ("a path where the volume is to be", plain, plain.spec, "/srv/data", false),
            ("another spec", named, other, "shop_data", false),
        ]
        for (name, goal, label, mounted, isGoal) in rows {
            let container = Container(
                id: "1",
                name: ContainerName(base: "prod-web-1"),
                service: "web",
                slot: 1,
                spec: label,
                generation: 1,
                version: "",
                revision: "",
                image: goal.image,
                state: .running,
                health: .none,
                created: Moment(milliseconds: 0),
                mounts: ["/data": mounted, "/more": "x"]
            )
            XCTAssertEqual(goal.actualSpec(of: container) == goal.spec, isGoal, name)
            XCTAssertEqual(goal.actualSpec(of: container), goal.actualSpec(of: container), name)
        }
    }
}
