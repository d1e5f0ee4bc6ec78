import Foundation
import TestSupport
import XCTest

/// What a service has mounted is a part of it: another name, another kind, and nothing is lost.
final class VolumeNameTests: EndToEndTestCase {
    /// The volume that is mounted at `/data`, as `docker inspect` is asked for it.
    private static let volume =
        "{{range .Mounts}}{{if eq .Destination \"/data\"}}{{.Name}}{{end}}{{end}}"

    private func apply(_ fleet: Fleet, line: UInt = #line) async throws {
        let applied = try await fleet.berth("apply")
        XCTAssertEqual(applied.code, 0, "\(applied)", line: line)
        let plan = try await fleet.berth("plan")
        XCTAssertEqual(plan.code, 0, "\(plan)", line: line)
        let drift = try await fleet.drift()
        XCTAssertEqual(drift.map(\.field), [], line: line)
    }

    /// Plan and drift name the mount, and the data that stays; then a new container has it.
    private func changes(
        _ fleet: Fleet,
        from actual: String,
        to desired: String,
        note: String?,
        line: UInt = #line
    ) async throws {
        let plan = try await fleet.berth("plan")
        XCTAssertEqual(plan.code, 1, "\(plan)", line: line)
        let update = "volumes./data; stop-first"
        XCTAssertTrue(plan.output.contains(update), "\(plan)", line: line)
        if let note { XCTAssertTrue(plan.output.contains(note), "\(plan)", line: line) }
        let rows = try await fleet.drift().filter { $0.field == "volumes./data" }
        XCTAssertEqual(rows.map(\.desired), [desired], line: line)
        XCTAssertEqual(rows.map(\.actual), [actual], line: line)
        let before = try await fleet.life(of: "prod-db-1")
        try await apply(fleet)
        let after = try await fleet.life(of: "prod-db-1")
        XCTAssertNotEqual(after, before, "it is replaced", line: line)
    }

    private func volumes(_ fleet: Fleet) async throws -> Set<String> {
        let list = try await fleet.world.docker("volume", "ls", "-q")
        return Set(list.split(separator: "\n").map(String.init))
    }

    func testAnotherNameAnotherKindAndBack() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            let host = try TemporaryDirectory("berth-volume")
            try host.write("data/kept", "", mode: 0o644)
            let top = "policy: { host_paths: [\"\(host.path)\"] }\n"
            let named = "{ data: { name: precious } }"
            try fleet.commit("Use it", .database("data", volumes: "{ data: }"), top: top)
            try await apply(fleet)
            try await world.docker("exec", "prod-db-1", "touch", "/data/kept")

            try fleet.commit("Rename it", .database("data", volumes: named), top: top)
            try await changes(
                fleet,
                from: "volume prod_data",
                to: "volume precious",
                note: "it is created empty: the data of db stays in the volume prod_data;"
            )
            let both = try await volumes(fleet)
            XCTAssertTrue(both.isSuperset(of: ["prod_data", "precious"]), "\(both)")
            let mounted = try await fleet.inspect("prod-db-1", Self.volume)
            XCTAssertEqual(mounted, "precious")

            try fleet.commit("Back", .database("data", volumes: "{ data: }"), top: top)
            try await changes(fleet, from: "volume precious", to: "volume prod_data", note: nil)
            try await world.docker("exec", "prod-db-1", "cat", "/data/kept")

            let folder = host.file("data")
            try fleet.commit("Bind it", .database(folder, volumes: "{}"), top: top)
            try await changes(fleet, from: "volume prod_data", to: folder, note: nil)

            try fleet.commit("A volume again", .database("data", volumes: named), top: top)
            try await changes(fleet, from: folder, to: "volume precious", note: nil)
            let left = try await volumes(fleet)
            XCTAssertTrue(left.isSuperset(of: ["prod_data", "precious"]), "\(left)")
        }
    }

    /// A container of an earlier Berth, whose label says nothing of volumes, stays if it has them.
    func testContainersOfAnEarlierBerthStay() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            // The label of a service whose volume has its own name is what it always was.
            try fleet.commit("Use it", .database("data", volumes: "{ data: }"))
            try await apply(fleet)
            let format = "{{index .Config.Labels \"berth.spec\"}}"
            let former = try await fleet.inspect("prod-db-1", format)
            let named = "{ data: { name: precious } }"
            try fleet.commit("Rename it", .database("data", volumes: named))
            try await apply(fleet)
            let today = try await fleet.inspect("prod-db-1", format)
            XCTAssertNotEqual(today, former)

            let labels = try await fleet.inspect(
                "prod-db-1",
                "{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}\n{{end}}"
            )
            .replacingOccurrences(of: today, with: former).split(separator: "\n")
            .flatMap { ["--label", String($0)] }
            let image = try await fleet.inspect("prod-db-1", "{{.Config.Image}}")
            try await world.docker("rm", "-f", "prod-db-1")
            let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
            let run = ["docker", "run", "-d", "--name", "prod-db-1", "--network", "prod_default"]
            let health = ["--health-cmd", "/app/healthcheck", "--health-interval", "500ms"]
            let words = run + health + ["-v", "precious:/data"] + labels + [image]
            let ended = try await world.run(words, environment: address)
            XCTAssertEqual(ended.code, 0, "\(ended)")
            let life = try await fleet.life(of: "prod-db-1")
            let applied = try await fleet.berth("apply")
            XCTAssertEqual(applied.code, 0, "\(applied)")
            let after = try await fleet.life(of: "prod-db-1")
            XCTAssertEqual(after, life, "\(applied)")
            // With another volume it would not.
            try fleet.commit("Back", .database("data", volumes: "{ data: }"))
            let back = try await fleet.berth("apply")
            XCTAssertEqual(back.code, 0, "\(back)")
            let mounted = try await fleet.inspect("prod-db-1", Self.volume)
            XCTAssertNotEqual(mounted, "precious")
        }
    }

    /// The obvious way to take a project over would leave its database behind.
    func testTheVolumeOfAProjectIsNamed() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            let labels = ["project=shop", "volume=data"].map { "--label=com.docker.compose.\($0)" }
            try await world.docker("volume", "create", labels[0], labels[1], "shop_data")
            try fleet.commit("Use it", .database("data", volumes: "{ data: }"))
            let note = "there is a volume shop_data of the Compose project shop"
            let plan = try await fleet.berth("plan")
            XCTAssertTrue(plan.output.contains(note), "\(plan)")
            let applied = try await fleet.berth("apply")
            XCTAssertEqual(applied.code, 0, "\(applied)")
            XCTAssertTrue(applied.errors.contains(note), "\(applied)")
            try await world.docker("volume", "rm", "shop_data")
        }
    }
}
