import Model
import XCTest

@testable import Manifests

/// A name without a value in `environment` has one from outside, and `null` in an environment file
/// takes a name away.
final class BareNameTests: XCTestCase {
    private static let files = ["manifests/web.env": "TOKEN=of-file\nOTHER=x\n"]

    private func fleet(_ manifest: String, _ lines: String = "", top: String = "") -> Fleet {
        SampleFleet.of(
            "services:\n  web:\n    image: quay.io/web:1\n    \(manifest)\n",
            "services:\n  web:\n    \(lines)\n\(top)policy: { host_paths: [/srv] }\n",
            other: Self.files
        )
    }

    private func variables(
        _ manifest: String,
        _ lines: String = "",
        top: String = ""
    ) throws -> [String: String?] {
        let fleet = fleet(manifest, lines, top: top)
        return try XCTUnwrap(fleet.prod().service(named: "web")).container.environment
    }

    private static let set = "variables: { TOKEN: of-variables }\n"

    func testABareNameIsFilledFromOutside() throws {
        for form in ["[TOKEN]", "{ TOKEN: }", "{ TOKEN: ~ }", "{ TOKEN: null }", "{ TOKEN: NULL }"]
        {
            let line = "environment: \(form)"
            XCTAssertEqual(try variables(line, top: Self.set), ["TOKEN": "of-variables"], form)
            let file = "\(line)\n    env_file: web.env"
            let ofFile = ["TOKEN": "of-file", "OTHER": "x"]
            XCTAssertEqual(try variables(file), ofFile, form)
            XCTAssertEqual(
                try variables(file, top: Self.set),
                ["TOKEN": "of-variables", "OTHER": "x"],
                form
            )
            // A file of the host is read by the host, but not where the commit says it all.
            let host = "\(line)\n    env_file: [/srv/web.env, web.env]"
            XCTAssertEqual(try variables(host), ofFile, form)
        }
        XCTAssertEqual(
            try variables("environment: [TOKEN]", top: "variables: { TOKEN: '' }\n"),
            ["TOKEN": ""]
        )
        XCTAssertEqual(
            try variables("environment: [TOKEN=, 'A=${TOKEN}']", top: Self.set),
            ["TOKEN": "", "A": "of-variables"]
        )
        XCTAssertEqual(try variables("environment: { TOKEN: '' }", top: Self.set), ["TOKEN": ""])
        XCTAssertEqual(
            try variables("environment: [ENVIRONMENT, COMPOSE_PROJECT_NAME]"),
            ["ENVIRONMENT": "prod", "COMPOSE_PROJECT_NAME": "prod"]
        )
    }

    func testWhatIsInNeitherIsAnErrorWithItsPlace() {
        let want =
            "error: services.web.environment.TOKEN: \"TOKEN\" has no value, and neither a variable "
            + "nor an env_file gives it one; write its value, set it under variables: in "
            + "environments/prod.yaml, or name an env_file that sets it"
        for (form, column) in [
            ("[A=1, TOKEN]", 24), ("{ A: 1, TOKEN: }", 32), ("{ TOKEN: ~ }", 27),
        ] {
            XCTAssertEqual(
                fleet("environment: \(form)").problems(),
                ["manifests/web.yaml:4:\(column): \(want)"]
            )
        }
        XCTAssertEqual(
            fleet("environment: [my.name]\n    env_file: web.env").problems(),
            [
                "manifests/web.yaml:4:19: error: services.web.environment.my.name: \"my.name\" has "
                    + "no value, and neither a variable nor an env_file gives it one; write its "
                    + "value, or name an env_file that sets it"
            ]
        )
        XCTAssertEqual(
            fleet("environment: [VERSION]").problems().first?.contains(
                "write version: under the service in environments/prod.yaml, or"
            ),
            true
        )
        // The file that could set it is what is wrong.
        let broken = fleet("environment: [TOKEN]\n    env_file: none.env").problems()
        XCTAssertEqual(broken.count, 1, "\(broken)")
        XCTAssertTrue(broken.first?.contains("the commit has no file") == true, "\(broken)")
    }

    func testAFileOfTheHostHasToSetIt() throws {
        let line = "environment: [TOKEN, A=1]\n    env_file: /srv/web.env"
        let web = try XCTUnwrap(fleet(line).prod().service(named: "web"))
        XCTAssertEqual(web.hostVariables, ["TOKEN"])
        XCTAssertEqual(web.container.environment, ["A": "1"])
        XCTAssertEqual(web.origins["environment.TOKEN"]?.description, "manifests/web.yaml:4:19")
        let known = try XCTUnwrap(fleet(line, top: Self.set).prod().service(named: "web"))
        XCTAssertEqual(known.hostVariables, [])
    }

    func testNullInAnEnvironmentFileTakesANameAway() throws {
        let manifests: [(line: String, rest: [String: String?])] = [
            ("environment: [TOKEN, A=1]", ["A": "1"]),
            ("environment: { TOKEN: t, A: '1' }", ["A": "1"]),
            ("environment: { A: '1' }", ["A": "1"]), ("", [:]),
        ]
        for (line, rest) in manifests {
            for null in ["null", "~", "Null"] {
                let overlay = "environment: { TOKEN: \(null) }"
                XCTAssertEqual(try variables(line, overlay), rest, "\(line) \(overlay)")
                XCTAssertEqual(
                    try variables(line, overlay, top: Self.set),
                    rest,
                    "\(line) \(overlay)"
                )
            }
            // Nothing behind the key is a name without a value there, too.
            for bare in ["environment: { TOKEN: }", "environment: [TOKEN]"] {
                XCTAssertEqual(
                    try variables(line, bare, top: Self.set),
                    rest.merging(["TOKEN": "of-variables"]) { $1 },
                    "\(line) \(bare)"
                )
            }
            XCTAssertEqual(
                try variables(line, "environment: { TOKEN: '' }", top: Self.set),
                rest.merging(["TOKEN": ""]) { $1 }
            )
        }
        // Where the service stands in the environment file alone, too.
        let alone = SampleFleet.of(
            "services: {}\n",
            "services: { web: { image: 'quay.io/w:1', environment: { TOKEN: ~, A: 1 } } }\n"
        )
        XCTAssertEqual(
            try alone.prod().service(named: "web")?.container.environment,
            ["A": "1"]
        )
    }

    /// What is taken away goes also where the manifest has nothing above it.
    func testNullTakesAwayAtEveryDepth() throws {
        let state = try fleet(
            "user: app",
            """
            labels: { a: ~, b: }
                networks: { front: ~, default: }
                healthcheck: { test: [CMD, t], interval: ~ }
                deploy: { replicas: ~, update_config: { order: ~ } }
            """
        ).prod()
        let web = try XCTUnwrap(state.service(named: "web"))
        XCTAssertEqual(web.container.labels, ["b": ""])
        XCTAssertEqual(web.container.network, .networks([NetworkAttachment(network: "default")]))
        XCTAssertEqual(web.container.healthCheck, HealthCheck(test: ["CMD", "t"]))
        XCTAssertEqual(web.replicas, 1)
    }

    func testAnchorsCarryBareNames() throws {
        let manifest = """
            x-common: &common { TOKEN: , A: a }
            services:
              web: { image: 'quay.io/w:1', environment: { <<: *common, A: } }
            """
        let fleet = SampleFleet.of(
            manifest,
            "variables: { TOKEN: t, A: b }\nservices: { web: }\n"
        )
        let web = try XCTUnwrap(fleet.prod().service(named: "web"))
        XCTAssertEqual(web.container.environment, ["TOKEN": "t", "A": "b"])
        XCTAssertEqual(
            SampleFleet.of(manifest, "services: { web: }\n").problems().map { $0.prefix(23) },
            ["manifests/web.yaml:1:27", "manifests/web.yaml:3:62"]
        )
    }

    func testTheModelSaysWhereTheValueComesFrom() throws {
        let file = Array("services: { a: { image: i, environment: [TOKEN, NONE] } }\n".utf8)
        let model = try ComposeFile.model(of: file, path: "c.yml", variables: ["TOKEN": "t"])
        XCTAssertTrue(model.yaml().contains("TOKEN: t\n      NONE: null\n"), model.yaml())
        let origins = try fleet("environment: [TOKEN]", top: Self.set)
            .model(of: "prod", at: SampleFleet.revision).origins
        XCTAssertEqual(
            origins.first { $0.field == "services.web.environment.TOKEN" }?.origin.description,
            "manifests/web.yaml:4:19 (${TOKEN} from environments/prod.yaml:4:21)"
        )
    }
}
