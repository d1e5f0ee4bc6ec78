import Addresses
import Foundation
import Platform
import TestSupport
import XCTest

import class Load.LoadGenerator

/// The host, Docker or the rules go away, and callers are served again by what is left on the host.
final class RebootTests: EndToEndTestCase {
    func testRebootWithoutGitAndRegistry() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            // The policy that would like to ask the registry every time.
            let text = ServiceText(more: "    pull_policy: always\n")
            try fleet.commit("Describe the fleet", text)
            let first = try await Controller(fleet)
            defer { first.end(SIGKILL) }
            try await settled(fleet, on: "web 1.0.0")
            first.end(SIGKILL)

            let away = fleet.repository.path + ".away"
            try FileManager.default.moveItem(atPath: fleet.repository.path, toPath: away)
            try await world.docker.powerCut()
            let dark = try await world.get("http://127.0.0.1:18080/version")
            XCTAssertNil(dark)
            try await world.cutOff(port: 5000)
            try await world.docker.launch()
            let start = ContinuousClock.now
            try await withController(fleet) { controller in
                try await answers(world, "web 1.0.0")
                print("reboot: served \(Self.words(since: start)) after the controller's start")
                try await controller.says("restored routes to ")
                try await controller.says("there is no repository there")
                try await rightAgain(fleet)
                let there = try await world.containers()
                XCTAssertEqual(there, ["prod-web-1", "prod-web-2"])

                try await world.reconnect()
                try FileManager.default.moveItem(atPath: away, toPath: fleet.repository.path)
                try await settled(fleet, on: "web 1.0.0")
            }
        }
    }

    func testARemoteThatKeepsSilentHoldsNobodyUp() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
            let server = try await WebServer(world, for: fleet)
            defer { server.end() }
            try await withController(fleet, repository: server.url) { _ in
                try await answers(world, "web 1.0.0")
                try await eventually("it is committed") {
                    try await world.containers() == ["prod-web-1"]
                }
            }
            _ = try await world.run(["nft", "delete", "table", "ip", "berth"])
            server.fallSilent()
            let start = ContinuousClock.now
            try await withController(fleet, repository: server.url) { controller in
                try await controller.says("restored routes to ")
                try await answers(world, "web 1.0.0")
                // A remote is waited for longer.
                XCTAssertLessThan(ContinuousClock.now - start, .seconds(8))
                print("silent remote: served \(Self.words(since: start)) after the start")
            }
        }
    }

    func testDockerRestartsInTheMiddleOfARolloutAndContainersLiveOn() async throws {
        try await withFleet { fleet in
            let docker = fleet.world.docker
            try await withDaemon(docker, keepingContainers: true) { options in
                try await rollout(fleet) { controller in
                    try await underLoad(fleet) {
                        try await promote(fleet)
                        docker.end(.politely)
                        try await docker.launch(options)
                        try await controller.says("Docker is reachable again")
                        try await settled(fleet, on: "web 1.1.0")
                    }
                }
            }
        }
    }

    func testDockerRestartsInTheMiddleOfARolloutAndContainersEnd() async throws {
        try await withFleet { fleet in
            let docker = fleet.world.docker
            try await withDaemon(docker, keepingContainers: false) { options in
                try await rollout(fleet) { controller in
                    try await promote(fleet)
                    docker.end(.politely)
                    let dark = try await fleet.world.get("http://127.0.0.1:18080/version")
                    XCTAssertNil(dark, "the daemon took its containers along")
                    try await docker.launch(options)
                    try await controller.says("Docker is reachable again")
                    try await settled(fleet, on: "web 1.1.0")
                }
            }
        }
    }

    private func rollout(
        _ fleet: Fleet,
        _ body: (Controller) async throws -> Void
    ) async throws {
        try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
        try await fleet.world.push(TestImage(name: "web", version: "1.1.0"))
        try fleet.commit("Describe the fleet", ServiceText())
        try await withController(fleet) { controller in
            try await settled(fleet, on: "web 1.0.0")
            try await body(controller)
        }
        let left = try await fleet.world.containers()
        XCTAssertEqual(left, ["prod-web-1", "prod-web-2"])
    }

    /// Returns when a candidate is there.
    private func promote(_ fleet: Fleet) async throws {
        try fleet.commit("Promote", ServiceText(version: "1.1.0"))
        try await eventually("a candidate is there") {
            try await fleet.world.containers().contains { $0.contains(".g") }
        }
    }

    func testRulesFlushedUnderLoad() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try fleet.commit("Describe the fleet", ServiceText())
            try await withController(fleet) { controller in
                try await settled(fleet, on: "web 1.0.0")
                var gaps: [Int] = []
                var caught = 0
                for round in 1...10 {
                    let load = load(on: world)
                    try await eventually("the load runs") { load.count > 100 }
                    let start = Date()
                    _ = try await world.run(["nft", "flush", "ruleset"])
                    try await controller.says("restored routes to ", times: round)
                    let failures = load.count
                    try await eventually("the load goes on") { load.count > failures + 300 }
                    let reports = await load.stop()
                    let refused = reports.values.flatMap(\.incidents)
                        .filter { $0.reason.hasSuffix("refused") }.map(\.time).max()
                    gaps.append(Int((refused ?? start).timeIntervalSince(start) * 1_000))
                    caught += reports.values.flatMap(\.failures)
                        .filter { !$0.key.hasSuffix("refused") }.map(\.value).reduce(0, +)
                }
                print(
                    "flush: new connections were refused for \(gaps.sorted()) ms from the flush "
                        + "on; \(caught) that were under way broke, in \(gaps.count) flushes"
                )
                try await underLoad(fleet) { try await rightAgain(fleet) }
            }
            // Docker's own rules went, too.
            try await world.docker.restart(.politely)
        }
    }

    private func load(on world: World) -> LoadGenerator {
        let address = IPv4Address(World.hostAddress) ?? .loopback
        return LoadGenerator(
            [
                .init(
                    "loopback",
                    from: world.docker.namespace,
                    to: .loopback,
                    port: 18080,
                    path: "/version"
                ),
                .init("client", from: world.client, to: address, port: 18080, path: "/version"),
            ],
            pause: .milliseconds(2)
        )
    }

    func testAContainerKilledWhileNobodyWatches() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            try fleet.commit("Describe the fleet", ServiceText(replicas: 1))
            let controller = try await Controller(fleet)
            defer { controller.end(SIGKILL) }
            try await settled(fleet, on: "web 1.0.0")
            controller.end(SIGKILL)
            let before = try await facts(world)
            guard let process = Int32(before[0]) else { return XCTFail("\(before)") }
            kill(process, SIGKILL)
            try await eventually("Docker started it again") {
                let now = try await facts(world)
                return now[0] != before[0] && now[0] != "0"
            }
            try await answers(world, "web 1.0.0")
            let after = try await facts(world)
            XCTAssertEqual(after[1], before[1], "the table leads to its address")
            XCTAssertEqual(after[2], before[2], "the same container")
            try await rightAgain(fleet)
        }
    }

    /// Process, address and id of the only container.
    private func facts(_ world: World) async throws -> [String] {
        let format =
            "{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAMConfig.IPv4Address}}{{end}} "
            + "{{.Id}}"
        let text = try await world.docker("inspect", "--format", format, "prod-web-1")
        return text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private func answers(_ world: World, _ version: String) async throws {
        try await eventually("\(version) answers") {
            try await world.get("http://127.0.0.1:18080/version") == version
        }
    }

    private func rightAgain(_ fleet: Fleet) async throws {
        try await eventually("the table is as wanted") {
            try await fleet.berth("traffic").code == 0
        }
    }

    private static func words(since start: ContinuousClock.Instant) -> String {
        "\((ContinuousClock.now - start) / .milliseconds(1)) ms"
    }
}

/// A web server on the host that serves a repository, until it says nothing any more.
private final class WebServer: Sendable {
    let url: String
    private let folder: TemporaryDirectory
    private let child: ChildProcess
    private let process: Int32

    init(_ world: World, for fleet: Fleet, port: Int = 18099) async throws {
        folder = try TemporaryDirectory("berth-web")
        let script = """
            #!/bin/sh
            export GIT_PROJECT_ROOT="\(fleet.repository.root)" GIT_HTTP_EXPORT_ALL=1
            exec git http-backend

            """
        try folder.write("cgi-bin/git", script, mode: 0o755)
        let start =
            "echo $$ > \"$0/pid\"; exec busybox httpd -f -p 127.0.0.1:\(port) -h \"$0\""
        let inside = ["--net=\(world.docker.namespace.path)", "sh", "-c", start, folder.path]
        child = try ChildProcess("/usr/bin/nsenter", inside)
        let name = fleet.repository.path.split(separator: "/").last ?? ""
        url = "http://127.0.0.1:\(port)/cgi-bin/git/\(name)"
        let probe = url + "/info/refs?service=git-upload-pack"
        try await eventually("the repository is served") { try await world.get(probe) != nil }
        let text = try String(contentsOfFile: folder.file("pid"), encoding: .utf8)
        process = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    /// Connections are still taken, by the kernel.
    func fallSilent() {
        if process > 0 { kill(process, SIGSTOP) }
    }

    func end() { child.end(SIGKILL) }
}
