import Foundation
import Platform
import TestSupport
import XCTest

/// A Compose project on the tests' Docker, run by the Compose that comes with the engine: 1.29 with
/// Debian's 20.10, version 2 with newer ones.
final class ComposeProject: Sendable {
    static let name = "shop"

    let world: World
    let folder: TemporaryDirectory
    private let program: String

    /// Writes the project's file, and others beside it.
    init(_ world: World, _ text: String, files: [String: String] = [:]) throws {
        self.world = world
        folder = try TemporaryDirectory("berth-compose")
        program = try RealParts.require(program: "docker-compose")
        for (name, text) in files { try folder.write(name, text, mode: 0o644) }
        try folder.write("docker-compose.yml", text)
    }

    /// Runs Compose on the project; throws if that fails.
    func compose(_ words: String...) async throws { try await compose(words) }

    func compose(_ words: [String]) async throws {
        let ended = try await world.run(
            [program, "--file", folder.file("docker-compose.yml"), "--project-name", Self.name]
                + words,
            environment: ["DOCKER_HOST": "unix://\(world.docker.socketPath)", "HOME": folder.path]
        )
        guard ended.code == 0 else { throw Missing("compose \(words): \(ended)") }
    }

    /// What Compose calls a service's container.
    static func container(_ service: String, _ number: Int = 1) -> String {
        [name, service, "\(number)"].joined(separator: joint)
    }

    private static let joint: String = {
        let program = try? RealParts.require(program: "docker-compose")
        let version = try? program.map {
            try Command($0, ["version", "--short"]).runBlocking().text
        }
        return version?.hasPrefix("1.") == true ? "_" : "-"
    }()

    /// The names of the project's containers that run, sorted.
    func running() async throws -> [String] {
        let label = "label=com.docker.compose.project=\(Self.name)"
        let text = try await world.docker("ps", "--filter", label, "--format", "{{.Names}}")
        return text.split(separator: "\n").map(String.init).sorted()
    }
}

/// Which containers of a service started and ended, in order, as Docker said it.
final class ContainerEvents: Sendable {
    private let child: ChildProcess
    private let folder: TemporaryDirectory

    /// How many of a service's containers ran before.
    private let running: Int

    /// Listens from now on, or tells all that a daemon that was just started has done.
    init(_ world: World, sinceDaemonStart: Bool = false) async throws {
        folder = try TemporaryDirectory("berth-events")
        running = sinceDaemonStart ? 0 : 1
        let time = try await world.docker("info", "--format", "{{.SystemTime}}")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let since = sinceDaemonStart ? "1" : time
        let service = "{{index .Actor.Attributes \"com.docker.compose.service\"}}"
        let script = """
            exec docker events --since '\(since)' --filter type=container \
            --filter event=start --filter event=die \
            --format '{{.Action}} \(service)' > "$0" 2> /dev/null
            """
        child = try ChildProcess(
            "/bin/sh",
            ["-c", script, folder.file("events")],
            environment: ProcessInfo.processInfo.environment.merging(
                ["DOCKER_HOST": "unix://\(world.docker.socketPath)"]
            ) { $1 }
        )
    }

    /// `start` and `die`, in order.
    func actions(of service: String) -> [String] {
        let text = (try? String(contentsOfFile: folder.file("events"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.last.map(String.init) == service ? words.first.map(String.init) : nil
        }
    }

    /// Whether never two containers of a service with one replica ran at a time.
    func runsOnce(_ service: String) -> Bool {
        var running = running
        return actions(of: service).allSatisfy { action in
            // A daemon may tell the end of what ran before its start.
            running = action == "start" ? running + 1 : max(running - 1, 0)
            return running <= 1
        }
    }

    func end() { child.end() }
}
