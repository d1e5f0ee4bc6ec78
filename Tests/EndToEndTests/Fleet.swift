import Foundation
import TestSupport

/// A fleet repository with a state directory, and the program that is pointed at both.
final class Fleet: Sendable {
    let world: World
    let repository: TemporaryRepository
    let state: TemporaryDirectory
    let environment: String

    init(_ world: World, environment: String = "prod") throws {
        self.world = world
        self.environment = environment
        repository = try TemporaryRepository()
        state = try TemporaryDirectory("berth-state")
    }

    /// The options that every command takes.
    var options: [String] { options(repository: repository.path) }

    /// The options with the repository under another address.
    func options(repository: String) -> [String] {
        [
            "--repo", repository, "--environment", environment, "--state-dir", state.path,
            "--engine", "unix://\(world.docker.socketPath)",
        ]
    }

    /// Runs a command to its end.
    func berth(_ words: String..., environment: [String: String] = [:]) async throws -> Ended {
        try await world.run(
            [world.berth, words[0]] + options + words.dropFirst(),
            environment: environment
        )
    }

    /// Runs a command that prints JSON.
    func report<Value: Decodable>(_ type: Value.Type, _ command: String) async throws -> Value {
        let ended = try await berth(command, "--format", "json")
        do {
            return try JSONDecoder().decode(type, from: Data(ended.output.utf8))
        } catch {
            throw Missing("\(command) printed no such JSON: \(error)\n\(ended)")
        }
    }

    /// Where the service stands.
    func status(of service: String = "web") async throws -> ServiceRow? {
        try await report([StatusReport].self, "status").first?.services
            .first { $0.name == service }
    }

    /// What differs.
    func drift() async throws -> [DriftRow] { try await report([DriftRow].self, "drift") }

    /// Commits the services of an environment, and a manifest for each.
    @discardableResult
    func commit(
        _ message: String,
        _ services: ServiceText...,
        top: String = "",
        author: String = "First Author <first@example.org>"
    ) throws -> String {
        var files: [String: String] = [:]
        for service in services { files["manifests/\(service.name).yaml"] = service.manifest }
        let rows = services.map(\.entry).joined()
        files["environments/\(environment).yaml"] =
            "registry: localhost:5000\n\(top)services:\n\(rows)"
        return try repository.commit(message, files, author: author)
    }
}

/// What a test varies of a service.
struct ServiceText {
    var name = "web"
    var image = "web"
    var version = "1.0.0"
    /// The port of the host; nil for none.
    var port: Int? = 18080
    /// The port of the host for datagrams; nil for none.
    var datagramPort: Int?
    var replicas = 2
    var startTimeout = "20s"
    var startPeriod = "0s"
    var order = "start-first"
    var monitor = "1s"
    var restart = "unless-stopped"
    var grace = "5s"
    var drainTimeout = "5s"
    /// More lines of the service's entry in the environment, four spaces deep.
    var more = ""
    /// More lines of the manifest's service, four spaces deep.
    var settings = ""

    /// Somebody inside the environment, to call from.
    static let caller = ServiceText(
        name: "caller",
        image: "caller",
        version: "1",
        port: nil,
        replicas: 1
    )

    /// A database that writes to what is mounted at `/data`.
    static func database(
        _ mount: String,
        volumes: String = "{ data: }",
        version: String = "1.0.0"
    ) -> ServiceText {
        ServiceText(
            name: "db",
            image: "web",
            version: version,
            port: nil,
            replicas: 1,
            order: "stop-first",
            monitor: "100ms",
            grace: "1s",
            drainTimeout: "1s",
            settings: "    volumes: [\"\(mount):/data\"]\nvolumes: \(volumes)"
        )
    }

    var manifest: String {
        """
        services:
          \(name):
            image: \(image)
            expose: ["8080"]
            healthcheck:
              test: [CMD, /app/healthcheck]
              interval: 500ms
              timeout: 2s
              retries: 3
              start_period: \(startPeriod)
            restart: \(restart)
            stop_grace_period: \(grace)
            deploy:
              update_config: { order: \(order), monitor: \(monitor), failure_action: rollback }
            x-berth:
              start_timeout: \(startTimeout)
              drain_timeout: \(drainTimeout)
              probe: { http: /health, port: 8080 }
        \(settings)

        """
    }

    var entry: String {
        let all = [port.map { "\"\($0):8080\"" }, datagramPort.map { "\"\($0):8080/udp\"" }]
        let list = all.compactMap(\.self).joined(separator: ", ")
        let ports = list.isEmpty ? "" : "    ports: [\(list)]\n"
        return "  \(name):\n    version: \"\(version)\"\n\(ports)"
            + "    deploy: { replicas: \(replicas) }\n\(more)"
    }
}

/// `berth status --format json`, as far as tests look.
struct StatusReport: Decodable {
    struct Commit: Decodable { var id: String }

    var environment: String
    var revision: Commit?
    var problems: [String]
    var controller: Int32?
    var services: [ServiceRow]
}

/// One service of it.
struct ServiceRow: Decodable {
    var name: String
    var state: String
    var wanted: String?
    var serving: [String]
    var ready: Int
    var replicas: Int
    var message: String
}

/// A row of `berth drift --format json`.
struct DriftRow: Decodable {
    var kind: String
    var service: String
    var subject: String
    var field: String
    var desired: String
    var actual: String
    var commit: String?
    var author: String?
}
