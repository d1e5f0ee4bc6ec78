import Foundation
import TestSupport
import XCTest

/// Two containers never write to one volume or path unless the files say that they may.
final class WriterTests: EndToEndTestCase {
    private let other = ServiceText(
        name: "other",
        image: "web",
        port: nil,
        replicas: 1,
        monitor: "100ms"
    )

    /// Starts a container of others with these words of `docker run`.
    private func start(_ name: String, _ words: String..., in world: World) async throws {
        let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
        let image = "localhost:5000/web:1.0.0"
        let run = ["docker", "run", "-d", "--name", name, "--network", "none"] + words + [image]
        let ended = try await world.run(run, environment: address)
        guard ended.code == 0 else { throw Missing("\(ended)") }
    }

    private func withImages(
        _ body: (_ fleet: Fleet, _ host: TemporaryDirectory) async throws -> Void
    ) async throws {
        try await withFleet { fleet in
            for version in ["1.0.0", "1.1.0"] {
                try await fleet.world.push(TestImage(name: "web", version: version))
            }
            let host = try TemporaryDirectory("berth-writers")
            try host.write("data/inner/kept", "", mode: 0o644)
            try FileManager.default.createSymbolicLink(
                atPath: host.file("link"),
                withDestinationPath: host.file("data")
            )
            try await body(fleet, host)
        }
    }

    /// The volume that the database would get, before it gets it.
    private func createVolume(in world: World) async throws {
        let label = "--label=berth.environment=prod"
        try await world.docker("volume", "create", label, "prod_data")
    }

    private func policy(_ host: TemporaryDirectory, _ more: String = "") -> String {
        "policy: { host_paths: [\"\(host.path)\"], external_volumes: [shared]\(more) }\n"
    }

    /// The database is refused with these words by every command, and the other service runs.
    private func refused(_ fleet: Fleet, _ words: String, line: UInt = #line) async throws {
        let plan = try await fleet.berth("plan")
        XCTAssertEqual(plan.code, 1, "\(plan)", line: line)
        XCTAssertTrue(plan.output.contains(words), "\(words): \(plan)", line: line)
        let check = try await fleet.berth("check")
        XCTAssertTrue("\(check)".contains(words), "\(words): \(check)", line: line)
        let applied = try await fleet.berth("apply", "--timeout", "60s")
        XCTAssertEqual(applied.code, 1, "\(applied)", line: line)
        XCTAssertTrue(applied.errors.contains(words), "\(words): \(applied)", line: line)
        let status = try await fleet.status(of: "db")
        XCTAssertEqual(status?.state, "failed", line: line)
        XCTAssertTrue(status?.message.contains(words) == true, "\(words): \(status as Any)")
        let containers = try await fleet.world.containers()
        XCTAssertTrue(containers.contains("prod-other-1"), "\(containers)", line: line)
        let ours = containers.filter { $0.hasPrefix("prod-db") }
        XCTAssertEqual(ours, [], line: line)
    }

    func testContainersOfOthers() async throws {
        try await withImages { fleet, host in
            let world = fleet.world
            try await start("first", in: world)
            try await createVolume(in: world)
            let form = "{{.Mountpoint}}"
            let place = try await world.docker("volume", "inspect", "--format", form, "prod_data")
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let device =
                "{ data: { name: bound, driver_opts: "
                + "{ type: none, o: bind, device: \"\(host.file("link"))\" } } }"
            let (volume, path) = ("the volume prod_data", "the host's \(host.file("data"))")
            let project = ["--label", "com.docker.compose.project=shop"]
            let cases: [(words: [String], service: ServiceText, want: String)] = [
                (
                    project + ["-v", "prod_data:/d"], .database("data"),
                    "\(volume) is written to by the container rival of the Compose project shop; stop"
                ),
                (
                    ["-v", "\(place):/d"], .database("data"),
                    "\(volume) is written to by the container rival, which mounts the host's"
                ),
                (
                    ["-v", "\(host.path):/d"], .database(host.file("data")),
                    "\(path) is written to by the container rival, which mounts the host's "
                        + "\(host.path);"
                ),
                (
                    ["-v", "\(host.file("link"))/inner:/d"], .database(host.file("data")),
                    "\(path) is written to by the container rival"
                ),
                (
                    ["-v", "\(host.file("data")):/d"], .database("data", volumes: device),
                    "the volume bound is written to by the container rival"
                ),
            ]
            for (words, service, want) in cases {
                let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
                let run = ["docker", "run", "-d", "--name", "rival", "--network", "none"] + words
                let image = "localhost:5000/web:1.0.0"
                let ended = try await world.run(run + [image], environment: address)
                XCTAssertEqual(ended.code, 0, "\(ended)")
                try fleet.commit("Try it", service, other, top: policy(host))
                try await refused(fleet, want)
                try await world.docker("rm", "-f", "rival")
            }
            // A reader beside a writer is none of it, nor is one that does not run.
            try await start("reader", "-v", "prod_data:/d:ro", in: world)
            try await start("ended", "-v", "prod_data:/d", in: world)
            try await world.docker("kill", "ended")
            try fleet.commit("Use it", .database("data"), other, top: policy(host))
            let applied = try await fleet.berth("apply")
            XCTAssertEqual(applied.code, 0, "\(applied)")

            // A container that comes later is named, and what runs stays.
            let life = try await fleet.life(of: "prod-db-1")
            try await world.docker("start", "ended")
            try fleet.commit("Promote", .database("data", version: "1.1.0"), other)
            let blocked = try await fleet.berth("apply", "--timeout", "60s")
            XCTAssertEqual(blocked.code, 1, "\(blocked)")
            XCTAssertTrue(blocked.errors.contains("by the container ended"), "\(blocked)")
            let after = try await fleet.life(of: "prod-db-1")
            XCTAssertEqual(after, life)

            // An incumbent that stood still is not started beside it, either.
            try await world.docker("stop", "--time", "1", "prod-db-1")
            let still = try await fleet.berth("apply", "--timeout", "60s")
            XCTAssertEqual(still.code, 1, "\(still)")
            let state = try await fleet.inspect("prod-db-1", "{{.State.Running}}")
            XCTAssertEqual(state, "false")

            let isShared = "{ data: { x-berth: { shared: true } } }"
            let shared = ServiceText.database("data", volumes: isShared)
            try fleet.commit("Share it", shared, other)
            let both = try await fleet.berth("apply")
            XCTAssertEqual(both.code, 0, "\(both)")
            let running = try await world.docker("ps", "--format", "{{.Names}}")
            XCTAssertTrue(running.contains("prod-db-1") && running.contains("ended"), running)
        }
    }

    func testAnotherEnvironment() async throws {
        try await withImages { fleet, host in
            let world = fleet.world
            try await world.docker("volume", "create", "shared")
            let external = "{ data: { name: shared, external: true } }"
            let staging = try Fleet(world, environment: "staging")
            for (mount, volumes, want) in [
                ("data", external, "the volume shared is written to by staging-db-1 (staging/db)"),
                (
                    host.file("data"), "{}",
                    "the host's \(host.file("data")) is written to by staging-db-1 (staging/db)"
                ),
            ] {
                let service = ServiceText.database(mount, volumes: volumes)
                try staging.commit("Use it", service, top: policy(host))
                let first = try await staging.berth("apply")
                XCTAssertEqual(first.code, 0, "\(first)")
                try fleet.commit("Use it, too", service, other, top: policy(host))
                try await refused(fleet, want)
            }
            try await world.clear()
        }
    }

    /// Between the look that decides and the call that starts, others may start something: the
    /// candidate is held at its creation until that has happened.
    func testStartedByHandBetweenPlanAndCreate() async throws {
        try await withImages { fleet, host in
            let world = fleet.world
            try await start("first", in: world)
            try await createVolume(in: world)
            try fleet.commit("Use it", .database("data"), top: policy(host))
            let plan = try await fleet.berth("plan")
            XCTAssertTrue(plan.output.contains("prod-db-1"), "\(plan)")
            XCTAssertFalse(plan.output.contains("blocked"), "\(plan)")
            let image = "localhost:5000/web:1.0.0"
            let rival = ["--name", "rival", "--network", "none", "-v", "prod_data:/d", image]
            let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
            let made = try await world.run(["docker", "create"] + rival, environment: address)
            XCTAssertEqual(made.code, 0, "\(made)")
            let gate = Gate()
            let proxy = try FaultyProxy(to: world.docker.socketPath) { line in
                line.hasPrefix("POST") && line.contains("/containers/create?") ? .hold(gate) : nil
            }
            defer { proxy.stop() }
            let engine = ["--engine", "unix://\(proxy.path)"]
            try await withController(fleet, more: engine) { controller in
                try await eventually("it is to be created") { !proxy.spoiled.isEmpty }
                try await world.docker("start", "rival")
                gate.open()
                try await controller.says("is written to by the container rival")
                try await controller.says("the service stays as it is")
                let running = try await world.docker("ps", "--format", "{{.Names}}")
                XCTAssertFalse(running.contains("prod-db-1"), running)
                let started = controller.log.filter { $0.message.hasPrefix("started prod-db-1") }
                XCTAssertEqual(started.count, 0, controller.story)
                try await world.docker("rm", "-f", "rival")
                try await controller.says("no other container writes to its volumes")
                try await eventually("it runs") {
                    try await world.docker("ps", "--format", "{{.Names}}").contains("prod-db-1")
                }
            }
        }
    }

    /// What `docker events` says of an update is that the old one ended before the new one started.
    func testTheCandidateOfAnUpdateStartsAlone() async throws {
        try await withImages { fleet, host in
            let world = fleet.world
            try fleet.commit("Use it", .database("data"), top: policy(host))
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let old = try await fleet.inspect("prod-db-1", "{{.Id}}")
            var wrong = ServiceText.database("data", version: "1.1.0")
            wrong.order = "start-first"
            try fleet.commit("Promote, start-first", wrong, top: policy(host))
            let refused = try await fleet.berth("plan")
            XCTAssertTrue("\(refused)".contains("start-first is impossible"), "\(refused)")

            try fleet.commit("Promote", .database("data", version: "1.1.0"), top: policy(host))
            let began = try await world.docker("info", "--format", "{{.SystemTime}}")
            let second = try await fleet.berth("apply")
            XCTAssertEqual(second.code, 0, "\(second)")
            let now = try await world.docker("info", "--format", "{{.SystemTime}}")
            let trim = { (text: String) in text.trimmingCharacters(in: .whitespacesAndNewlines) }
            let during = ["--since", trim(began), "--until", trim(now)]
            let kinds = ["--filter", "event=die", "--filter", "event=start"]
            let form = ["--format", "{{.Action}} {{.ID}}"]
            let address = ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
            let words = ["docker", "events"] + during + kinds + form
            let ended = try await world.run(words, environment: address)
            let events = ended.output.split(separator: "\n")
            XCTAssertEqual(events.map { $0.split(separator: " ")[0] }, ["die", "start"])
            XCTAssertEqual(events.first.map(String.init), "die \(old)")
        }
    }
}
