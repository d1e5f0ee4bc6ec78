import Foundation
import TestSupport
import XCTest

@testable import Commands

/// `berth init`: what it writes, and what it refuses without writing anything.
final class InitCommandTests: XCTestCase {
    private static let compose = """
        # Our shop.
        version: "3.8"
        services:
          web:   # the front
            image: ghcr.io/team/web:1.4.2
            pull_policy: always
            ports:
              # for everybody
              - "80:8080"
            volumes: ["./web.conf:/etc/web.conf:ro", "/srv/up:/up"]
          db:
            image: "postgres:16"   # pinned
            environment: { A: "${A:-1}" }

        """

    func testTakesAComposeFileOver() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write("deploy/docker-compose.yml", Self.compose)
        try folder.write("deploy/web.conf", "x\n")
        let run = await CommandRun("init", "--from", file, "--engine", "unix:///none", folder.path)
        XCTAssertEqual(run.complaint, "")
        XCTAssertEqual(
            try String(contentsOfFile: folder.file("manifests/services.yaml"), encoding: .utf8),
            """
            # Our shop.
            services:
              web:   # the front
                image: web
                volumes: ["../deploy/web.conf:/etc/web.conf:ro", "/srv/up:/up"]
              db:
                image: docker.io/library/postgres   # pinned
                environment: { A: "${A:-1}" }

            """
        )
        XCTAssertEqual(
            try String(contentsOfFile: folder.file("environments/staging.yaml"), encoding: .utf8),
            """
            # What runs in staging. Versions come from dev by a commit here.
            registry: ghcr.io/team
            pull_policy: if_not_present
            promotes_from: dev
            services:
              web:
                version: "1.4.2"
                pull_policy: always
                ports:
                  # for everybody
                  - "80:8080"
              db:
                version: "16"
            # What the services reach beyond their containers.
            policy:
              host_paths:
                - /srv/up

            """
        )
        let check = await CommandRun("validate", folder.path)
        XCTAssertEqual(check.code, 0, check.output)
        let model = await CommandRun("config", "--environment", "prod", folder.path)
        XCTAssertTrue(model.output.contains("image: \"ghcr.io/team/web:1.4.2\""), model.output)
        XCTAssertTrue(model.output.contains("image: \"postgres:16\""), model.output)
    }

    func testTheSampleIsValid() async throws {
        let folder = try TemporaryDirectory()
        let run = await CommandRun("init", folder.path)
        XCTAssertEqual(run.code, 0, run.complaint)
        let check = await CommandRun("validate", folder.path)
        XCTAssertEqual(check.output, "\(folder.path): valid (dev, prod, staging)\n")
    }

    func testNeverOverwrites() async throws {
        let folder = try TemporaryDirectory()
        let mine = try folder.write("environments/mine.yml", "mine\n")
        let run = await CommandRun("init", folder.path)
        XCTAssertEqual(run.code, 2)
        XCTAssertTrue(run.complaint.contains("environments/mine.yml: already there"), run.complaint)
        XCTAssertEqual(try String(contentsOfFile: mine, encoding: .utf8), "mine\n")
        XCTAssertFalse(FileManager.default.fileExists(atPath: folder.file("manifests")))
    }

    func testSaysWhichLineCannotBeTakenOverAndWritesNothing() async throws {
        for (name, text, want) in [
            ("build", "services:\n  a:\n    build: .\n", ":3:5: error: services.a.build"),
            ("unset", "services:\n  a:\n    image: a:${TAG}\n", ":3:12: error: services.a.image"),
            (
                "a secret that is not defined, below a line that moves",
                "services:\n  a:\n    image: a:1\n    ports: ['1:1']\n    secrets: [s]\n",
                ":5:15: error: services.a.secrets[0]"
            ),
            (
                "a port that moves",
                "services:\n  a:\n    image: a:1\n    ports:\n    - '1:1'\n  b:\n    image: b:1\n"
                    + "    ports:\n    - '1:1'\n", ":8:5: error: services.b.ports"
            ),
            (
                "a writable folder", "services: { a: { image: 'a:1', volumes: ['./d:/d'] } }\n",
                ":1:42: error: services.a.volumes[0]: \"./d\" lies in the repository"
            ),
            ("no image", "services:\n  a: { restart: always }\n", ":2:3: error: services.a.image"),
            ("no YAML", "services: [\n", ":1:11: error"),
            ("another shape", "services: 1\n", ":1:11: error"),
        ] {
            let folder = try TemporaryDirectory()
            let file = try folder.write("c.yml", text)
            let run = await CommandRun(
                "init",
                "--from",
                file,
                "--engine",
                "unix:///none",
                folder.path
            )
            XCTAssertEqual(run.code, 2, name)
            XCTAssertTrue(run.complaint.contains(file + want), "\(name): \(run.complaint)")
            XCTAssertEqual(
                try FileManager.default.contentsOfDirectory(atPath: folder.path),
                ["c.yml"],
                name
            )
        }
    }

    func testKeepsWhatAnchorsShare() async throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(
            "c.yml",
            """
            services:
              a: &a
                image: a:1
                ports: ["80"]
              b:
                <<: *a
                ports: ["81"]
              c: { image: c@sha256:\(String(repeating: "0", count: 64)), restart: always }
            """
        )
        let run = await CommandRun("init", "--from", file, "--engine", "unix:///none", folder.path)
        XCTAssertEqual(run.complaint, "")
        let model = await CommandRun("config", "--environment", "dev", folder.path)
        for text in ["target: 80\n", "target: 81\n", "c@sha256:", "image: \"a:1\""] {
            XCTAssertTrue(model.output.contains(text), "\(text): \(model.output)")
        }
    }
}
