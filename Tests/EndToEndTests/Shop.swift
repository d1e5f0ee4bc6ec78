import Addresses
import Foundation
import Load
import Platform
import TestSupport
import XCTest

/// A shop as many run it: nginx before two replicas of an api, a worker, a migration, Redis and
/// PostgreSQL with volumes; and a service that the environment does not list.
final class Shop: Sendable {
    let world: World
    let project: ComposeProject
    /// The environment that takes it over.
    let fleet: Fleet

    /// The services of the environment that run on, with their replicas' numbers.
    static let containers = [
        ("nginx", 1), ("api", 1), ("api", 2), ("worker", 1), ("redis", 1), ("postgres", 1),
    ]
    /// What the environment does not list.
    static let bystander = ComposeProject.container("reports")
    /// A one-off container, where a case starts one.
    static let errand = "errand"

    init(_ fleet: Fleet) throws {
        world = fleet.world
        self.fleet = fleet
        let secret = fleet.state.path + ".secret"
        project = try ComposeProject(
            fleet.world,
            Self.services(secret: secret),
            files: ["nginx.conf": Self.proxy]
        )
        try Data("not-in-git-7301\n".utf8).write(to: URL(fileURLWithPath: secret))
    }

    deinit { try? FileManager.default.removeItem(atPath: fleet.state.path + ".secret") }

    /// Starts the project and fills its stores.
    func open() async throws {
        try await project.compose("up", "--detach")
        let carts = "for i = 1, 500 do redis.call('set', 'cart:' .. i, i) end"
        let redis = ["exec", ComposeProject.container("redis"), "redis-cli", "-e"]
        try await world.docker(redis + ["eval", carts, "0"])
        let orders = "insert into orders select n, 'order ' || n from generate_series(1, 1000) n"
        try await world.docker("exec", ComposeProject.container("api"), "/app/sql", orders)
    }

    /// Commits an environment that takes it over, with these versions instead of 1.0.0.
    func commit(_ message: String, _ versions: [String: String] = [:]) throws {
        let rows = Set(Self.containers.map(\.0)).union(["migrate"]).sorted().map { name in
            """
              \(name):
                version: "\(versions[name] ?? "1.0.0")"
                x-berth: { drain_timeout: 2s, start_timeout: 8s }
                deploy: { update_config: { monitor: 500ms } }

            """
        }
        let secret = fleet.state.path + ".secret"
        let environment = """
            registry: localhost:5000
            adopts: { project: \(ComposeProject.name) }
            policy: { host_paths: ["\(secret):ro"] }
            services:
            \(rows.joined())
            """
        try fleet.repository.commit(
            message,
            [
                "manifests/shop.yaml": Self.services(secret: secret),
                "manifests/nginx.conf": Self.proxy,
                "environments/\(fleet.environment).yaml": environment,
            ]
        )
    }

    /// What the stores say that they have, through nginx and the api.
    func stock() async throws -> [String?] {
        let url = "http://127.0.0.1:18080/cgi-bin"
        return [try await world.get("\(url)/orders"), try await world.get("\(url)/carts")]
    }

    /// What ``stock()`` is as long as nothing is lost.
    static let stock = ["orders 1000", "carts 500"]

    /// What PostgreSQL wrote about all its lives, in all its containers.
    func serverLog() async throws -> String {
        let form = "{{.Mountpoint}}"
        let volume = "\(ComposeProject.name)_db-data"
        let folder = try await world.docker("volume", "inspect", "--format", form, volume)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return try String(contentsOfFile: folder + "/log/server.log", encoding: .utf8)
    }

    /// What in the log is no start after an orderly end.
    ///
    /// The end itself may be missing: the kernel kills the process that writes the log as soon as
    /// the server's first process is gone. But the next start says how it found the data.
    static func disorder(in log: String) -> [String] {
        let signs = ["not properly shut down", "was interrupted", "recovery", "lock file", "PANIC"]
        let starts = log.ranges(of: "LOG:  starting PostgreSQL").count
        let orderly = log.ranges(of: "LOG:  database system was shut down at").count
        let count = starts == orderly ? [] : ["\(orderly) of \(starts) starts are orderly"]
        return signs.filter(log.contains) + count
    }

    /// Callers of the api through nginx's port, whose answers need no database.
    func callers() throws -> [Target] {
        let host = world.docker.namespace
        let address = try XCTUnwrap(IPv4Address(World.hostAddress))
        return [
            Target("loopback", from: host, to: .loopback, port: 18080, path: "/version"),
            Target("host address", from: host, to: address, port: 18080, path: "/version"),
            Target("client", from: world.client, to: address, port: 18080, path: "/version"),
        ]
    }

    /// Customers, whose answers need PostgreSQL or Redis.
    func customers() -> [Target] {
        ["orders", "carts"].map {
            Target(
                $0,
                from: world.docker.namespace,
                to: .loopback,
                port: 18080,
                path: "/cgi-bin/\($0)"
            )
        }
    }

    // MARK: Files

    private static func check(_ test: String, retries: Int = 5) -> String {
        "{ test: [CMD, \(test)], interval: 1s, timeout: 3s, retries: \(retries) }"
    }

    /// One file for both: it is the manifest, too.
    private static func services(secret: String) -> String {
        """
        version: "3.8"
        services:
          nginx:
            image: localhost:5000/nginx:1.0.0
            restart: always
            stop_signal: SIGQUIT
            ports: ["18080:8080"]
            volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
            depends_on: { api: { condition: service_healthy } }
            healthcheck: \(check("wget, -q, -O, /dev/null, \"http://127.0.0.1:8080/nginx-health\""))
          api:
            image: localhost:5000/api:1.0.0
            restart: always
            expose: ["8000"]
            secrets: [db_password]
            depends_on:
              migrate: { condition: service_completed_successfully }
              redis: { condition: service_healthy }
              postgres: { condition: service_healthy }
            healthcheck: \(check("wget, -q, -O, /dev/null, \"http://127.0.0.1:8000/health\""))
            deploy: { replicas: 2 }
          worker:
            image: localhost:5000/worker:1.0.0
            restart: always
            secrets: [db_password]
            depends_on:
              migrate: { condition: service_completed_successfully }
              redis: { condition: service_healthy }
          migrate:
            image: localhost:5000/migrate:1.0.0
            restart: "no"
            secrets: [db_password]
            depends_on: { postgres: { condition: service_healthy } }
          redis:
            image: localhost:5000/redis:1.0.0
            restart: always
            volumes: ["redis-data:/data"]
            healthcheck: \(check("redis-cli, -e, ping"))
          postgres:
            image: localhost:5000/postgres:1.0.0
            restart: always
            stop_signal: SIGINT
            secrets: [db_password]
            volumes: ["db-data:/var/lib/postgresql/data"]
            healthcheck: \(check("pg_isready, -h, 127.0.0.1", retries: 30))
          reports:
            image: localhost:5000/worker:1.0.0
            entrypoint: [sleep, "100000"]
            stop_signal: SIGKILL
            restart: always
        volumes:
          redis-data:
          db-data:
        secrets:
          db_password: { file: \(secret) }

        """
    }

    private static let proxy = """
        worker_processes 1;
        pid /tmp/nginx.pid;
        error_log /dev/stderr warn;
        events { worker_connections 256; }
        http {
            access_log off;
            client_body_temp_path /tmp/body;
            proxy_temp_path /tmp/proxy;
            fastcgi_temp_path /tmp/fastcgi;
            uwsgi_temp_path /tmp/uwsgi;
            scgi_temp_path /tmp/scgi;
            server {
                listen 8080;
                location = /nginx-health { return 200 "ok\\n"; }
                location / { proxy_pass http://api:8000; proxy_connect_timeout 2s; }
            }
        }

        """
}
