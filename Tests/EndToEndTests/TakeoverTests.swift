import Foundation
import TestSupport
import XCTest

/// `berth init --from` on real Compose files, then validate and plan: each works, or the line that
/// does not is named.
final class TakeoverTests: EndToEndTestCase {
    private struct Row {
        /// A file of the corpus.
        var file: String
        var settings: [String] = []
        /// The services that a plan wants to create.
        var services: [String] = []
        /// What is said of a file that is refused, after its name.
        var refusal: String?
    }

    private static let compose = "docker-compose.yml"
    private static let examples = "Haxxnet__Compose-Examples__examples__"
    private static let rows = [
        Row(
            file: examples + "rxresume__docker-compose-v4.yml",
            services: ["app", "chrome", "minio", "postgres"]
        ),
        Row(
            file: examples + "papermerge__docker-compose.yml",
            services: ["app", "db", "redis", "worker"]
        ),
        Row(file: examples + "crowdsec__docker-compose.yml", services: ["crowdsec"]),
        Row(
            file: "docker__awesome-compose__wordpress-mysql__compose.yaml",
            services: ["db", "wordpress"]
        ),
        Row(
            file: "docker__awesome-compose__nextcloud-postgres__compose.yaml",
            services: ["db", "nc"]
        ),
        Row(
            file: "docker__awesome-compose__plex__compose.yaml",
            settings: ["PLEX_MEDIA_PATH=/srv/media"],
            services: ["plex"]
        ),
        Row(
            file: "docker__awesome-compose__nginx-flask-mongo__compose.yaml",
            refusal: "15:5: error: services.backend.build: images are not built here"
        ),
        Row(
            file: "distribution__distribution__tests__docker-compose-storage.yml",
            refusal: "17:9: error: services.minio.volumes[0]: \"./miniodata/distribution\" lies in"
        ),
        Row(
            file: "coollabsio__coolify__templates__compose__actualbudget.yaml",
            settings: ["SERVICE_URL_ACTUAL_5006=http://budget.example.com"],
            services: ["actual_server"]
        ),
        Row(
            file: examples + "matomo__docker-compose.yml",
            refusal: "19:9: error: services.matomo.env_file[0]: there is no file"
        ),
    ]

    func testTenRealFiles() async throws {
        let folder = try CorpusFile("compose/files").url
        try await withFleet { fleet in
            for row in Self.rows {
                let source = folder.appendingPathComponent(row.file)
                let bytes = try Data(contentsOf: source)
                let place = try TemporaryDirectory("berth-takeover")
                try bytes.write(to: URL(fileURLWithPath: place.file(Self.compose)))
                let words = row.settings.flatMap { ["--set", $0] }
                let host = try TemporaryDirectory("berth-host")
                let secrets = ["--secrets-dir", host.path]
                let start =
                    ["init", "--from", place.file(Self.compose)] + secrets + words + [place.path]
                let made = try await fleet.world.run([fleet.world.berth] + start)
                if let refusal = row.refusal {
                    XCTAssertEqual(made.code, 2, "\(row.file): \(made)")
                    let told = "\(Self.compose):\(refusal)"
                    XCTAssertTrue(made.errors.contains(told), "\(row.file): \(made)")
                    continue
                }
                XCTAssertEqual(made.code, 0, "\(row.file): \(made)")
                let valid = try await fleet.world.run([fleet.world.berth, "validate", place.path])
                XCTAssertEqual(valid.code, 0, "\(row.file): \(valid)")
                try await plan(row, in: place.path, fleet)
            }
        }
    }

    /// The new files as a commit, planned for a host that has nothing yet.
    private func plan(_ row: Row, in folder: String, _ fleet: Fleet) async throws {
        var files: [String: String] = [:]
        for kind in ["manifests", "environments"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind)")
            for name in names {
                files["\(kind)/\(name)"] = try String(
                    contentsOfFile: "\(folder)/\(kind)/\(name)",
                    encoding: .utf8
                )
            }
        }
        let own = try Fleet(fleet.world)
        try own.repository.commit("Take over a Compose file", files)
        let plan = try await own.berth("plan")
        XCTAssertEqual(plan.code, 1, "\(row.file): \(plan)")
        // Tests reach no registry of the internet, and the plan has to say just that.
        for service in row.services {
            let blocked = "blocked +\(service) .*cannot be reached"
            let line = try Regex("create +prod-\(service)-1|\(blocked)")
            XCTAssertNotNil(plan.output.firstMatch(of: line), "\(row.file): \(plan)")
        }
    }
}
