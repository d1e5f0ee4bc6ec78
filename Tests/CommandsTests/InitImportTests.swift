import Foundation
import TestSupport
import XCTest

@testable import Commands

/// `berth init --from` beside a project's own files: `.env`, secrets, folders.
final class InitImportTests: XCTestCase {
    private static let compose = """
        services:
          api:
            image: ${DOCKER_REGISTRY}/api:${VERSION:-latest}
            pull_policy: ${IMAGE_PULL_POLICY:-always}
            env_file: .env
            environment: ["GREETING=${GREETING}", "DB_PASSWORD=${SMTP_PASSWORD}"]
            secrets: [db]
            volumes: ["data:/data"]
        volumes: { data: {} }
        secrets: { db: { file: ./secrets/db } }

        """
    private static let variables = """
        DOCKER_REGISTRY=localhost:5000/shop
        VERSION=1.0.0
        IMAGE_PULL_POLICY=always
        GREETING=hello
        SMTP_PASSWORD=hunter2

        """

    private var folder: TemporaryDirectory?
    /// Where the host keeps secrets.
    private var host: TemporaryDirectory?

    override func setUpWithError() throws {
        let folder = try TemporaryDirectory("berth-init")
        try folder.write("compose.yml", Self.compose)
        try folder.write(".env", Self.variables)
        self.folder = folder
        host = try TemporaryDirectory("berth-host")
    }

    func testSecretsLieOnTheHostAlone() async throws {
        let folder = try XCTUnwrap(folder)
        let host = try XCTUnwrap(host)
        let run = await start("--secrets-dir", host.file("etc/shop"), "--project", "shop")
        XCTAssertEqual(run.complaint, "")
        XCTAssertFalse(run.output.contains("hunter2"), run.output)
        let file = host.file("etc/shop/api.env")
        XCTAssertTrue(run.output.contains("\(file)\n"), run.output)
        XCTAssertEqual(
            try String(contentsOfFile: file, encoding: .utf8),
            "DB_PASSWORD=hunter2\nSMTP_PASSWORD=hunter2\n"
        )
        XCTAssertEqual(try mode(file), 0o600)
        XCTAssertEqual(try mode(host.file("etc/shop")), 0o700)
        for name in ["manifests/api.yaml", "environments/prod.yaml"] {
            let text = try String(contentsOfFile: folder.file(name), encoding: .utf8)
            XCTAssertFalse(text.contains("hunter2"), text)
        }
        let check = await CommandRun("validate", folder.path)
        XCTAssertEqual(check.code, 0, check.output)
        let model = await CommandRun("config", "--environment", "prod", folder.path)
        for text in [
            "image: \"localhost:5000/shop/api:1.0.0\"", "pull_policy: always", "GREETING: hello",
            "name: shop\n", "file: \(folder.path)/secrets/db",
        ] {
            XCTAssertTrue(model.output.contains(text), "\(text): \(model.output)")
        }
    }

    func testFilesOfTheHostAreNotOverwritten() async throws {
        let folder = try XCTUnwrap(folder)
        let host = try XCTUnwrap(host)
        let mine = try host.write("api.env", "mine\n")
        let run = await start("--secrets-dir", host.path)
        XCTAssertEqual(run.code, 2)
        XCTAssertTrue(run.complaint.contains("/api.env: already there"), run.complaint)
        XCTAssertEqual(try String(contentsOfFile: mine, encoding: .utf8), "mine\n")
        XCTAssertFalse(FileManager.default.fileExists(atPath: folder.file("manifests")))
    }

    /// A folder that cannot be created is found when the secrets are written already.
    func testNothingRemainsOfAFailure() async throws {
        let folder = try XCTUnwrap(folder)
        let host = try XCTUnwrap(host)
        try folder.write("environments", "a file")
        let run = await start("--secrets-dir", host.file("etc/shop"))
        XCTAssertEqual(run.code, 2)
        XCTAssertTrue(run.complaint.contains("/environments"), run.complaint)
        for path in [host.file("etc"), folder.file("manifests")] {
            XCTAssertFalse(FileManager.default.fileExists(atPath: path), path)
        }
    }

    func testEnvironmentFilesAndSettings() async throws {
        let folder = try XCTUnwrap(folder)
        try folder.write("first.env", "VERSION=2.0.0\nGREETING=first\nSMTP_PASSWORD=one\n")
        try folder.write("second.env", "DOCKER_REGISTRY=quay.io/x\nGREETING=${HOW}-second\n")
        let run = await start(
            "--env-file",
            folder.file("first.env"),
            "--env-file",
            folder.file("second.env"),
            "--set",
            "HOW=very",
            "--secrets-dir",
            try XCTUnwrap(host).path
        )
        XCTAssertEqual(run.complaint, "")
        let prod = try String(
            contentsOfFile: folder.file("environments/prod.yaml"),
            encoding: .utf8
        )
        for text in ["registry: quay.io/x", "version: \"2.0.0\"", "  GREETING: very-second\n"] {
            XCTAssertTrue(prod.contains(text), "\(text): \(prod)")
        }
        // No file sets the policy that the manifest asks for.
        XCTAssertFalse(prod.contains("\npull_policy:"), prod)
    }

    func testWrongInputs() async throws {
        let folder = try XCTUnwrap(folder)
        let secrets = try XCTUnwrap(host).path
        try folder.write("broken.env", "A=1\nhunter2 is no variable\n")
        for (words, code, want) in [
            (["--env-file", folder.file("none.env")], Int32(2), "there is no file"),
            (
                ["--env-file", folder.file("broken.env")], 2,
                "broken.env:2:1: error: the line is no"
            ),
            (["--image", "api"], 64, "expected SERVICE=IMAGE"),
            (["--image", "other=x:1"], 2, "there is no service \"other\""),
            (["--data", "here"], 64, "an absolute path"),
            (["--secrets-dir", folder.file("etc")], 64, "outside of the repository"),
            (["--secrets-dir", "here"], 64, "an absolute path"),
            (["--project", "My Shop"], 64, "expected a project's name"),
            (["--project", "Shop"], 64, "invalid value 'Shop' for --project: expected shop"),
            (["--project", "berth-prod"], 64, "Berth's own are called berth-…"),
        ] {
            // What is taken by mistake does not end up in the machine's own folder.
            let run = await start(["--secrets-dir", secrets] + words)
            XCTAssertEqual(run.code, code, "\(words): \(run.complaint)")
            XCTAssertTrue(run.complaint.contains(want), "\(words): \(run.complaint)")
            XCTAssertFalse(run.complaint.contains("hunter2"), run.complaint)
            XCTAssertFalse(FileManager.default.fileExists(atPath: folder.file("manifests")))
        }
        for flag in ["--env-file", "--image", "--data", "--project", "--secrets-dir", "--set"] {
            let run = await CommandRun("init", flag, "A=hunter2", folder.path)
            XCTAssertEqual(run.code, 64, flag)
            XCTAssertTrue(run.complaint.contains("is only valid with --from FILE"), run.complaint)
        }
    }

    private func start(_ words: String...) async -> CommandRun { await start(words) }

    private func start(_ words: [String]) async -> CommandRun {
        let path = folder?.path ?? ""
        let first = ["init", "--from", "\(path)/compose.yml", "--engine", "unix://\(path)/none"]
        return await CommandRun(first + words + [path])
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
