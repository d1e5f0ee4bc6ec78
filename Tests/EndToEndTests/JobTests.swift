import Foundation
import TestSupport
import XCTest

/// A migration that runs before what needs it, and what keeps an apply from its end.
final class JobTests: EndToEndTestCase {
    private static let migration = """
        services:
          migrate:
            image: web
            command: [sh, -c, "echo migrated; sleep 3"]
            restart: "no"
        """
    private static let order =
        "    depends_on: { migrate: { condition: service_completed_successfully } }"
    private static let job = "  migrate:\n    version: \"1.0.0\"\n"

    func testAnApplyWaitsForAMigrationAndWhatNeedsIt() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            let web = ServiceText(replicas: 1, settings: Self.order)
            try fleet.repository.commit(
                "Migrate before the web starts",
                [
                    "manifests/web.yaml": web.manifest,
                    "manifests/migrate.yaml": Self.migration,
                    "environments/prod.yaml":
                        "registry: localhost:5000\nservices:\n\(Self.job)\(web.entry)",
                ]
            )
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let answer = try await world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "web 1.0.0")
            let there = try await world.containers()
            XCTAssertEqual(there, ["prod-migrate-1", "prod-web-1"])
            let format = "{{.Id}} {{.State.StartedAt}} {{.State.FinishedAt}}"
            let once = try await world.docker("inspect", "--format", format, "prod-migrate-1")
            let times = once.split(whereSeparator: \.isWhitespace).map(String.init)
            let web1 = try await world.docker(
                "inspect",
                "--format",
                "{{.State.StartedAt}}",
                "prod-web-1"
            )
            XCTAssertLessThan(times[2], web1, "the web starts after the migration's end")

            let second = try await fleet.berth("apply")
            XCTAssertEqual(second.code, 0, "\(second)")
            let again = try await world.docker("inspect", "--format", format, "prod-migrate-1")
            XCTAssertEqual(again, once, "it is not repeated")
        }
    }

    func testAMigrationRunsOnceForEachOfItsPrograms() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            for version in ["1.0.0", "1.1.0"] {
                try await world.push(TestImage(name: "web", version: version))
            }
            let web = ServiceText(replicas: 1, settings: Self.order)
            let runs: [(version: String, settings: String, isNew: Bool)] = [
                ("1.0.0", "", true), ("1.0.0", "mem_limit: 64m, labels: { a: b }", false),
                ("1.1.0", "", true), ("1.0.0", "", false),
                ("1.0.0", "environment: { A: b }", true),
            ]
            var last = ""
            for (version, settings, isNew) in runs {
                let comma = settings.isEmpty ? "" : ", "
                try fleet.repository.commit(
                    "Run \(version) with \(settings)",
                    [
                        "manifests/web.yaml": web.manifest,
                        "manifests/migrate.yaml": Self.migration,
                        "environments/prod.yaml": "registry: localhost:5000\nservices:\n"
                            + "  migrate: { version: \"\(version)\"\(comma)\(settings) }\n"
                            + web.entry,
                    ]
                )
                let applied = try await fleet.berth("apply")
                XCTAssertEqual(applied.code, 0, "\(applied)")
                let container = try await world.docker(
                    "inspect",
                    "--format",
                    "{{.Id}} {{.State.StartedAt}}",
                    "prod-migrate-1"
                )
                XCTAssertEqual(container != last, isNew, "\(version) \(settings)")
                last = container
                for command in ["plan", "drift"] {
                    let report = try await fleet.berth(command)
                    XCTAssertEqual(report.code, 0, "\(command): \(report)")
                }
                let status = try await fleet.status(of: "migrate")
                XCTAssertEqual(status?.state, "ready")
            }
        }
    }

    func testAnApplyWithoutTheVolumeThatItNeedsEndsWithAnError() async throws {
        try await withFleet { fleet in
            let world = fleet.world
            try await world.push(TestImage(name: "web", version: "1.0.0"))
            let web = ServiceText(replicas: 1)
            try fleet.commit("Describe the fleet", web)
            let first = try await fleet.berth("apply")
            XCTAssertEqual(first.code, 0, "\(first)")
            let api = """
                services:
                  api:
                    image: web
                    volumes: ["nowhere:/data"]
                volumes:
                  nowhere: { external: true }

                """
            try fleet.repository.commit(
                "Add what needs a volume",
                [
                    "manifests/api.yaml": api,
                    "environments/prod.yaml": "registry: localhost:5000\nservices:\n"
                        + web.entry + "  api:\n    version: \"1.0.0\"\n"
                        + "policy: { external_volumes: [nowhere] }\n",
                ]
            )
            try await world.docker("stop", "prod-web-1")
            let second = try await fleet.berth("apply", "--timeout", "60s")
            XCTAssertEqual(second.code, 2, "\(second)")
            XCTAssertTrue(second.errors.contains("giving up: the external volume"), "\(second)")
            // The others are looked after all the same.
            let answer = try await world.get("http://127.0.0.1:18080/version")
            XCTAssertEqual(answer, "web 1.0.0")
        }
    }
}
