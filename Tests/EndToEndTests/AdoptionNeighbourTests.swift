import Foundation
import TestSupport
import XCTest

/// Projects that differ from the usual one: what is taken over, and what is refused untouched.
final class AdoptionNeighbourTests: EndToEndTestCase {
    func testAnUnnamedVolumeWithData() async throws {
        try await withProject(AdoptionScene.file("volumes: [\"/data\"]")) { scene in
            let world = scene.fleet.world
            try await world.docker("exec", scene.web, "touch", "/data/kept")
            let format = "{{range .Mounts}}{{.Name}}{{end}}"
            let volume = try await scene.fleet.inspect(scene.web, format)
            try scene.commit("Take it over", AdoptionScene.file("volumes: [\"/data\"]"))
            try await scene.refuses(scene.web, "unnamed volume \(volume.prefix(12))", "/data")

            // As it says: a volume with a name, and the data in it.
            let copy = "for file in /from/*; do cat $file > /to/${file##*/}; done"
            let label = "com.docker.compose.project=shop"
            try await scene.refuses("docker volume create --label \(label) shop_NAME")
            try await world.docker("volume", "create", "--label", label, "shop_kept")
            let volumes = ["-v", "\(volume):/from:ro", "-v", "shop_kept:/to"]
            let image = "localhost:5000/web:1.0.0"
            try await world.docker(["run", "--rm"] + volumes + [image, "sh", "-c", copy])
            let named = AdoptionScene.file(
                "volumes: [\"kept:/data\"]",
                end: "volumes: { kept: }\n"
            )
            try scene.commit("Give it a name", named)
            try await scene.apply()
            try await scene.runs("prod-web-1")
            try await world.docker("exec", "prod-web-1", "cat", "/data/kept")
            let left = try await world.docker("volume", "ls", "-q")
            XCTAssertTrue(left.contains(volume), "its data is still there: \(left)")
        }
    }

    func testANameOfItsOwn() async throws {
        let file = AdoptionScene.file("container_name: the-web", "ports: [\"18080:8080\"]")
        try await withProject(file) { scene in
            try scene.commit("Take it over", file)
            let old = try await scene.fleet.life(of: "the-web")
            try await underLoad(scene.fleet) { try await scene.apply() }
            try await scene.runs("the-web")
            let new = try await scene.fleet.life(of: "the-web")
            XCTAssertNotEqual(new, old)
        }
    }

    func testMoreReplicasThanTheEnvironmentWants() async throws {
        let file = AdoptionScene.file("expose: [\"8080\"]")
        try await withProject(file, up: "--scale", "web=3") { scene in
            try scene.commit("Take it over", file)
            let plan = try await scene.fleet.berth("plan")
            for number in [2, 3] {
                let line = try Regex("remove +\(ComposeProject.container("web", number)) ")
                XCTAssertNotNil(plan.output.firstMatch(of: line), "\(plan)")
            }
            try await scene.apply()
            try await scene.runs("prod-web-1")
        }
    }

    /// Docker would start a container that is stopped and has `restart: always` when it comes back.
    func testAStoppedContainerStaysStopped() async throws {
        let volume = "volumes: { data: }\n"
        let file = AdoptionScene.file("volumes: [\"data:/data\"]", end: volume)
        try await withProject(file) { scene in
            try await scene.fleet.world.docker("stop", scene.web)
            let events = try await ContainerEvents(scene.fleet.world)
            defer { events.end() }
            try scene.commit("Take it over", file)
            try await scene.apply()
            try await scene.runs("prod-web-1")
            XCTAssertEqual(events.actions(of: "web"), ["start"])
            try await scene.fleet.world.docker.restart(.politely)
            try await scene.apply()
            try await scene.runs("prod-web-1")
        }
    }

    /// The newcomer is seen and goes, also one that writes to the volume of Berth's own.
    func testComposeStartsItAgainAfterwards() async throws {
        let writer = AdoptionScene.file("volumes: [\"data:/data\"]", end: "volumes: { data: }\n")
        for file in [AdoptionScene.file("expose: [\"8080\"]"), writer] {
            try await withProject(file) { scene in
                try scene.commit("Take it over", file)
                try await scene.apply()
                try await scene.runs("prod-web-1")
                let life = try await scene.fleet.life()
                try await scene.project.compose("up", "--detach")
                for command in ["plan", "drift"] {
                    let ended = try await scene.fleet.berth(command)
                    XCTAssertEqual(ended.code, 1, "\(command): \(ended)")
                    XCTAssertTrue("\(ended)".contains(scene.web), "\(command): \(ended)")
                }
                try await scene.apply()
                try await scene.runs("prod-web-1")
                let after = try await scene.fleet.life()
                XCTAssertEqual(after, life, "Berth's own stays")
            }
        }
    }

    /// A container of the project that no service replaces writes where a service would.
    func testAWriterThatHasNoCounterpart() async throws {
        let mount = "volumes: [\"data:/data\"]"
        let backup =
            "  backup:\n    image: localhost:5000/web:1.0.0\n    stop_grace_period: 1s\n"
            + "    \(mount)\n"
        let file = AdoptionScene.file(mount, services: backup, end: "volumes: { data: }\n")
        try await withProject(file) { scene in
            let rival = ComposeProject.container("backup")
            try scene.commit("Take it over", AdoptionScene.file(mount, end: "volumes: { data: }\n"))
            try await scene.refuses(
                "the volume shop_data is written to by the container \(rival) of the Compose "
                    + "project shop"
            )
            try await scene.fleet.world.docker("stop", rival)
            try await scene.apply()
            try await scene.runs("prod-web-1")
        }
    }

    /// What stays with Compose's container is called by name from what was taken over.
    func testABlockedServiceIsStillReached() async throws {
        let image = "    image: localhost:5000/web:1.0.0\n    stop_grace_period: 1s\n"
        let mount = "    volumes: [\"data:/data\"]\n"
        let volumes = "volumes: { data: }\n"
        let store = "  store:\n\(image)\(mount)"
        let file = AdoptionScene.file(services: store, end: volumes)
        let backup = "  backup:\n\(image)\(mount)"
        let rival = AdoptionScene.file(services: store + backup, end: volumes)
        try await withProject(rival) { scene in
            let world = scene.fleet.world
            try scene.commit("Take it over", file, "web store")
            let applied = try await scene.apply(1)
            XCTAssertTrue(applied.errors.contains("shop_data is written to"), "\(applied)")
            let hosts = try await world.docker("exec", "prod-web-1", "cat", "/etc/hosts")
            let line = hosts.split(separator: "\n").first { $0.contains("\tstore\t") }
            let address = try XCTUnwrap(line?.split(separator: "\t").first, hosts)
            let call = ["wget", "-q", "-O", "/dev/null", "http://\(address):8080/health"]
            try await world.docker(["exec", "prod-web-1"] + call)
        }
    }

    /// What has ended by itself is not run again, whatever becomes of its successor.
    func testWhatHasEndedIsNotRunAgain() async throws {
        let once =
            "  once:\n    image: localhost:5000/web:1.0.0\n    restart: \"no\"\n"
            + "    command: [sh, -c, \"echo run >> /data/runs\"]\n    volumes: [\"data:/data\"]\n"
        let file = AdoptionScene.file(services: once, end: "volumes: { data: }\n")
        try await withProject(file) { scene in
            try scene.commit("Take it over", file, "web once")
            try await scene.apply(1)
            let old = ComposeProject.container("once")
            let facts = try await scene.fleet.inspect(old, "{{.State.Running}} {{.RestartCount}}")
            XCTAssertEqual(facts, "false 0")
            let volume = ["run", "--rm", "-v", "shop_data:/data", "localhost:5000/web:1.0.0"]
            let runs = try await scene.fleet.world.docker(volume + ["cat", "/data/runs"])
            XCTAssertEqual(runs, "run\nrun\n", "Compose's, and Berth's")
        }
    }

    /// Compose leaves gaps in the numbers; what is left of a scaled service is what is replaced.
    func testAGapInTheNumbers() async throws {
        let file = AdoptionScene.file("volumes: [\"/data\"]")
        try await withProject(file, up: "--scale", "web=2") { scene in
            let world = scene.fleet.world
            try await world.docker("rm", "-f", scene.web)
            let left = ComposeProject.container("web", 2)
            try scene.commit("Take it over", file)
            try await scene.refuses(left, "unnamed volume")
            try scene.commit("Do without", AdoptionScene.file("tmpfs: /data"))
            let plan = try await scene.fleet.berth("plan")
            XCTAssertTrue(plan.output.contains("adopt"), "\(plan)")
            try await scene.apply()
            try await scene.runs("prod-web-1")
        }
    }
}
