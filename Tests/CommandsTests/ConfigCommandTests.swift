import TestSupport
import XCTest

@testable import Commands

/// `berth config` on small folders.
final class ConfigCommandTests: XCTestCase {
    private func fleet() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write(
            "manifests/web.yaml",
            "services:\n  web:\n    image: web\n    environment: { LOG: \"${LOG}\" }\n"
        )
        try folder.write(
            "environments/prod.yaml",
            """
            registry: ghcr.io/team
            variables: { LOG: warn }
            services:
              web: { version: "1.2", ports: ["80:8080"] }
            """
        )
        return folder
    }

    func testPrintsYAML() async throws {
        let folder = try fleet()
        let run = await CommandRun("config", folder.path)
        XCTAssertEqual(run.complaint, "")
        XCTAssertEqual(
            run.output,
            """
            name: prod
            services:
              web:
                environment:
                  LOG: warn
                image: "ghcr.io/team/web:1.2"
                ports:
                  - mode: ingress
                    target: 8080
                    published: "80"
                    protocol: tcp

            """
        )
    }

    func testPrintsOrigins() async throws {
        let folder = try fleet()
        let run = await CommandRun("config", "--environment", "prod", "--origins", folder.path)
        XCTAssertEqual(run.complaint, "")
        for line in [
            "image: \"ghcr.io/team/web:1.2\"  # manifests/web.yaml:3:12 (${VERSION} from "
                + "environments/prod.yaml:4:19, ${DOCKER_REGISTRY} from environments/prod.yaml:1:11)\n",
            "LOG: warn  # manifests/web.yaml:4:25 (${LOG} from environments/prod.yaml:2:19)\n",
            "target: 8080  # environments/prod.yaml:4:34\n",
            "name: prod  # default\n",
        ] {
            XCTAssertTrue(run.output.contains(line), "\(line) is not in\n\(run.output)")
        }
        let json = await CommandRun("config", "--origins", "--format=json", folder.path)
        XCTAssertTrue(
            json.output.contains(
                "\"services.web.ports[0].target\": \"environments/prod.yaml:4:34\""
            ),
            json.output
        )
    }

    func testPrintsOneFileWithoutTheProcessEnvironment() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("c.yml", "services: { a: { image: 'a:${TAG}', init: true } }\n")
        let values = ["TAG": "9", "BERTH_SET": "TAG=9", "BERTH_FORMAT": "table"]
        let unset = await CommandRun("config", "--file", file, environment: values)
        XCTAssertEqual(unset.code, 2)
        XCTAssertEqual(
            unset.complaint,
            "berth config: \(file):1:25: error: services.a.image: variable TAG is not set; "
                + "add --set TAG=…, or give a default ${TAG:-…}\n"
        )
        let set = await CommandRun(
            "config",
            "--file",
            file,
            "--set",
            "TAG=1.2",
            "--format",
            "json",
            environment: values
        )
        XCTAssertEqual(
            set.output,
            """
            {
              "services": {
                "a": {
                  "init": true,
                  "image": "a:1.2"
                }
              }
            }

            """
        )
    }

    func testWrongInputs() async throws {
        let folder = try fleet()
        let empty = try TemporaryDirectory()
        for (words, code, want) in [
            (
                ["--format", "table", folder.path], 64,
                "invalid value 'table' for --format: expected yaml or json"
            ),
            (["--environment", "dev", folder.path], 2, "there is no environment \"dev\""),
            (["--set", "A=1", folder.path], 64, "--set is only valid with --file FILE"),
            (
                ["--file", "/nowhere", "--set", "A"], 64,
                "invalid value 'A' for --set: expected NAME=VALUE"
            ),
            (["--file", "/nowhere"], 2, "there is no file /nowhere"),
            ([empty.path], 2, "has neither manifests/*.yaml"),
            ([folder.path, "x"], 64, "unexpected argument 'x'"),
        ] as [([String], Int32, String)] {
            let run = await CommandRun(["config"] + words)
            XCTAssertEqual(run.code, code, "\(words)")
            XCTAssertTrue(run.complaint.contains(want), "\(words): \(run.complaint)")
            XCTAssertEqual(run.output, "", "\(words)")
        }
    }
}
