import Foundation
import TestSupport
import XCTest

/// A small project of one image that runs, and the environment that takes it over.
struct AdoptionScene {
    let fleet: Fleet
    let project: ComposeProject
    let web = ComposeProject.container("web")

    /// A file with the service `web` and these lines of it, other services, and other sections.
    static func file(_ lines: String..., services: String = "", end: String = "") -> String {
        let common = [
            "image: localhost:5000/web:1.0.0", "restart: always", "stop_grace_period: 1s", health,
        ]
        return "services:\n  web:\n" + (common + lines).map { "    \($0)\n" }.joined()
            + services + end
    }

    private static let health =
        "healthcheck: { test: [CMD, /app/healthcheck], interval: 500ms, retries: 3 }"

    /// Commits a manifest, the services of the environment, and more lines of it.
    func commit(
        _ message: String,
        _ manifest: String,
        _ services: String = "web",
        top: String = ""
    ) throws {
        let rows = services.split(separator: " ").map { name in
            "  \(name): { version: \"1.0.0\", x-berth: { drain_timeout: 1s }, "
                + "deploy: { update_config: { monitor: 200ms } } }\n"
        }
        let environment =
            "registry: localhost:5000\nadopts: { project: \(ComposeProject.name) }\n"
            + top + "services:\n\(rows.joined())"
        try fleet.repository.commit(
            message,
            ["manifests/shop.yaml": manifest, "environments/prod.yaml": environment]
        )
    }

    @discardableResult
    func apply(_ code: Int32 = 0, line: UInt = #line) async throws -> Ended {
        let applied = try await fleet.berth("apply", "--timeout", "60s")
        XCTAssertEqual(applied.code, code, "\(applied)", line: line)
        return applied
    }

    /// Only these containers run, and nothing is left to do.
    func runs(_ names: String..., when: String = "", line: UInt = #line) async throws {
        let plan = try await fleet.berth("plan")
        XCTAssertEqual(plan.code, 0, "\(when) \(plan)", line: line)
        let running = try await fleet.world.docker("ps", "--format", "{{.Names}}")
            .split(separator: "\n").map(String.init).sorted()
        XCTAssertEqual(running, names.sorted(), when, line: line)
    }

    /// The service is refused with these words by plan and apply, and nothing was touched.
    func refuses(_ words: String..., line: UInt = #line) async throws {
        let before = try await everything()
        let plan = try await fleet.berth("plan")
        XCTAssertEqual(plan.code, 1, "\(plan)", line: line)
        let applied = try await apply(1, line: line)
        for words in words {
            XCTAssertTrue(plan.output.contains(words), "\(words): \(plan)", line: line)
            XCTAssertTrue(applied.errors.contains(words), "\(words): \(applied)", line: line)
        }
        let after = try await everything()
        XCTAssertEqual(after, before, line: line)
    }

    /// Names, states and ids of all containers: the same words only if nothing was touched.
    private func everything() async throws -> String {
        try await fleet.world.docker(
            "ps",
            "-a",
            "--no-trunc",
            "--format",
            "{{.Names}} {{.State}} {{.ID}}"
        )
    }
}

extension EndToEndTestCase {
    /// Runs a case with a project that is up.
    func withProject(
        _ file: String,
        up words: String...,
        body: (AdoptionScene) async throws -> Void
    ) async throws {
        try RealParts.require(program: "docker-compose")
        try await withFleet { fleet in
            try await fleet.world.push(TestImage(name: "web", version: "1.0.0"))
            // Compose 1.29 takes a file without it for its oldest format.
            let project = try ComposeProject(fleet.world, "version: \"3.8\"\n" + file)
            try await project.compose(["up", "--detach"] + words)
            try await body(AdoptionScene(fleet: fleet, project: project))
        }
    }
}
