import Model
import XCTest

@testable import Manifests

/// What an import does with a file's secrets, and with what is missing.
final class ComposeImportTests: XCTestCase {
    func testSecretsGoToTheHostAndTheRestToVariables() throws {
        let imported = try SampleImport.take(
            """
            x-common: &common
              SHARED_TOKEN: ${SHARED_TOKEN}
              LEVEL: ${LEVEL}
            services:
              api:
                image: quay.io/api:1
                environment:
                  - DB_PASSWORD=${DB_PASSWORD:-fallback}
                  - DATABASE_URL=postgres://app:${DB_PASSWORD}@db/app
                  - GREETING=${GREETING}
                  - BARE
                  - BARE_TOKEN
                  - LITERAL_SECRET=in the file   # with a comment
              worker:
                image: quay.io/worker:1
                environment: { <<: *common, OWN: "1" }
              only: { image: "quay.io/only:1", environment: { PASSWORD: "${DB_PASSWORD}" } }

            """,
            [
                "DB_PASSWORD": "pa$$'word", "GREETING": "hi", "BARE": "b", "BARE_TOKEN": "bt",
                "SHARED_TOKEN": "st", "LEVEL": "warn", "UNUSED": "u",
            ]
        )
        XCTAssertEqual(
            imported.files[0].text,
            """
            x-common: &common
              LEVEL: ${LEVEL}
            services:
              api:
                image: api
                environment:
                  - GREETING=${GREETING}
                  - BARE
              worker:
                image: worker
                environment: { <<: *common, OWN: "1" }
              only: { image: only, environment: {  } }

            """
        )
        XCTAssertEqual(
            imported.hostFiles.map { "\($0.path)\n\($0.text)" },
            [
                "/etc/berth/shop/api.env\nBARE_TOKEN=bt\n"
                    + "DATABASE_URL=\"postgres://app:pa\\$\\$'word@db/app\"\n"
                    + "DB_PASSWORD=\"pa\\$\\$'word\"\nLITERAL_SECRET='in the file'\n",
                "/etc/berth/shop/worker.env\nSHARED_TOKEN=st\n",
                "/etc/berth/shop/only.env\nPASSWORD=\"pa\\$\\$'word\"\n",
            ]
        )
        let prod = SampleImport.text("environments/prod.yaml", of: imported)
        XCTAssertTrue(prod.contains("variables:\n  BARE: b\n  GREETING: hi\n  LEVEL: warn\n"), prod)
        XCTAssertTrue(prod.contains("    env_file:\n      - /etc/berth/shop/api.env\n"), prod)
        XCTAssertTrue(prod.contains("- \"/etc/berth/shop/api.env:ro\"\n"), prod)
        for file in imported.files { XCTAssertFalse(file.text.contains("word"), file.text) }
        XCTAssertFalse(imported.notes.joined().contains("word'"), "\(imported.notes)")
    }

    func testFilesOfVariablesThatAreNotCommitted() throws {
        let imported = try SampleImport.take(
            """
            services:
              api:
                image: quay.io/api:1
                env_file: [.env, ./plain.env, /srv/host.env, { path: none.env, required: false }]
                environment: { GREETING: mine }
              other:
                image: quay.io/other:1
                env_file: ./plain.env

            """,
            [:],
            files: [
                ".env": "GREETING=theirs\nMAIL_PASSWORD=hidden\nVERSION=7\n", "plain.env": "A=1\n",
            ]
        )
        XCTAssertEqual(
            imported.hostFiles.map(\.text),
            ["MAIL_PASSWORD=hidden\n"]
        )
        let prod = SampleImport.text("environments/prod.yaml", of: imported)
        XCTAssertTrue(
            prod.contains(
                """
                  api:
                    version: "1"
                    environment:
                      A: "1"
                      VERSION: "7"
                    env_file:
                      - /srv/host.env
                      - /etc/berth/shop/api.env

                """
            ),
            prod
        )
        XCTAssertTrue(imported.files[0].text.contains("env_file: ../plain.env"))
        XCTAssertFalse(imported.files[0].text.contains(".env,"))
    }

    func testASecretThatGitWouldGetIsRefused() {
        for (name, line) in [
            ("a command", "command: redis-server --requirepass ${REDIS_PASSWORD}"),
            ("a label", "labels: { auth: \"${REDIS_PASSWORD}\" }"),
            ("a health test", "healthcheck: { test: [CMD, redis-cli, -a, $REDIS_PASSWORD] }"),
            ("a port that moves", "ports: [\"${REDIS_PASSWORD}:80\"]"),
            ("a literal", "command: [sync, \"https://me:REDIS_PASSWORD@example.com\"]"),
        ] {
            let text = "services:\n  a:\n    image: a:1\n    \(line)\n"
            XCTAssertThrowsError(try SampleImport.take(text, ["REDIS_PASSWORD": "hunter2"]), name) {
                error in
                let lines = "\(error)".split(separator: "\n")
                XCTAssertEqual(lines.count, 1, "\(name): \(error)")
                XCTAssertTrue("\(error)".contains("looks like a secret"), "\(name): \(error)")
                XCTAssertTrue("\(error)".hasPrefix("compose.yaml:4:"), "\(name): \(error)")
                XCTAssertFalse("\(error)".contains("hunter2"), "\(name): \(error)")
            }
        }
    }

    func testASecretInACommentIsRefused() {
        let text = "services:\n  # it is ${A}\n  # hunter2\n  a: { image: a:1 }\n"
        XCTAssertThrowsError(try SampleImport.take(text, ["A_TOKEN": "hunter2"])) { error in
            XCTAssertTrue("\(error)".hasPrefix("compose.yaml:3:5: error: the value of A_TOKEN"))
        }
    }

    func testOneLineHasAllThatIsMissing() throws {
        let text = """
            services:
              web:
                build: .
                volumes: ["./data:/data", "${MEDIA}:/media"]
                environment: ["A=${A}", "B=${A} ${B:?must be set}", C]
              db:
                image: postgres:${PG}
              cache: { restart: always }

            """
        var options: [String] = []
        XCTAssertThrowsError(try SampleImport.take(text, [:])) { error in
            options = (error as? InvalidComposeFile)?.options ?? []
            XCTAssertEqual(
                "\(error)".split(separator: "\n").last,
                "add to the command: --set MEDIA=/srv/shop/media --set A= --set B=CHANGE_ME "
                    + "--set PG=1.0.0 --image web=registry.example.com/web:1.0.0 "
                    + "--set C= --data /srv/shop --image cache=registry.example.com/cache:1.0.0"
            )
            XCTAssertEqual((error as? InvalidComposeFile)?.diagnostics.count, 8, "\(error)")
        }
        var trial = ComposeImportTrial("compose.yaml", Array(text.utf8), [:])
        XCTAssertTrue(trial.follow(options))
        XCTAssertNoThrow(try trial.attempt())
    }
}
