import Model
import XCTest

@testable import Manifests

/// Which variables there are, and what is said of those that are missing.
final class VariableTests: XCTestCase {
    private func problems(
        _ lines: String,
        _ environment: String = "",
        other: [String: String] = [:]
    ) -> [String] {
        SampleFleet.of(
            "services:\n  web:\n    image: quay.io/web:1\n    \(lines)\n",
            "services: { web: }\n\(environment)",
            other: other
        ).problems()
    }

    func testAllMissingVariablesOfAValueAreNamed() {
        let file = "environments/prod.yaml"
        for (value, want) in [
            (
                "${A} ${B} ${C} ${A}",
                "variables A, B and C are not set; set A, B and C under variables: in \(file), or "
                    + "give a default ${A:-…}"
            ),
            (
                "$A",
                "variable A is not set; set it under variables: in \(file), or give a "
                    + "default ${A:-…}"
            ),
            (
                "${A:?no a}${B:?}$C",
                "required variable A is missing a value: no a; required variable B is missing a "
                    + "value; variable C is not set; set A, B and C under variables: in \(file), "
                    + "or give a default ${C:-…}"
            ),
            (
                "$VERSION $DOCKER_REGISTRY $A",
                "variables VERSION, DOCKER_REGISTRY and A are not set; write version: under the "
                    + "service in \(file), write registry: in \(file), set A under variables: in "
                    + "\(file), or give a default ${VERSION:-…}"
            ),
            ("${A:-${B}} ${C-$D}", "variables B and D are not set"),
        ] {
            let found = problems("environment: { P: \"\(value)\" }")
            XCTAssertEqual(found.count, 1, "\(value): \(found)")
            XCTAssertTrue(found.first?.contains(want) == true, "\(value): \(found)")
        }
    }

    func testAllMissingVariablesOfAFileAreNamed() {
        XCTAssertEqual(
            problems("labels: { a: $A, b: \"$B $C\" }\n    user: $D\n    dns: [$E]").map {
                $0.components(separatedBy: ": ").dropFirst(3).first?.prefix { $0 != ";" }
            },
            [
                "variable A is not set", "variables B and C are not set", "variable D is not set",
                "variable E is not set",
            ]
        )
        XCTAssertEqual(
            problems(
                "env_file: a.env",
                other: ["manifests/a.env": "X=1\nP=$A ${B}\nQ='$C'\nR=\"${X} ${D:?} $A\"\n"]
            ),
            [
                "manifests/a.env:2:1: error: services.web.env_file[0]: required variable D is "
                    + "missing a value; variables A and B are not set; set A, B and D under "
                    + "variables: in the environment file, or give a default ${A:-…}"
            ]
        )
    }

    func testNamesAreBounded() throws {
        let many = (1...50_000).map { "$V\($0)" }.joined()
        XCTAssertThrowsError(try Interpolation.fill(many) { _ in nil }) { error in
            guard case .missing(let missing)? = error as? InterpolationError else {
                return XCTFail("\(error)")
            }
            XCTAssertEqual(missing.count, Interpolation.mostMissing)
        }
    }

    func testTheProjectsNameIsReserved() throws {
        let manifest = """
            services:
              web:
                image: quay.io/web:1
                environment: { P: "${COMPOSE_PROJECT_NAME:-fallback}" }
            """
        let fleet = SampleFleet.of(manifest, "services: { web: }\n")
        let web = try XCTUnwrap(fleet.prod().service(named: "web"))
        XCTAssertEqual(web.container.environment, ["P": "prod"])
        XCTAssertEqual(
            problems("", "variables: { COMPOSE_PROJECT_NAME: x }\n"),
            [
                "environments/prod.yaml:2:14: error: variables.COMPOSE_PROJECT_NAME: "
                    + "COMPOSE_PROJECT_NAME is filled in by Berth; it is the name of the "
                    + "environment, or of the project that it adopts"
            ]
        )
        let file = Array("name: shop\n\(manifest)\n".utf8)
        let named = try ComposeFile.model(of: file, path: "c.yml")
        XCTAssertTrue(named.yaml().contains("P: shop"), named.yaml())
        let given = try ComposeFile.model(
            of: file,
            path: "c.yml",
            variables: ["COMPOSE_PROJECT_NAME": "other"]
        )
        XCTAssertTrue(given.yaml().contains("P: other"), given.yaml())
    }

    /// A value that is wrong is set, and what uses it need not be told that it is not.
    func testAVariableWithAWrongValueIsNotUnset() {
        let found = problems("labels: { a: $PORT }", "variables: { PORT: 1.10 }\n")
        XCTAssertEqual(
            found,
            [
                "environments/prod.yaml:2:20: error: variables.PORT: Compose would read 1.10 as a "
                    + "number or a date and change it; quote it: \"1.10\""
            ]
        )
    }

    func testFilesOfVariablesMayStartWithAMark() throws {
        for (name, format) in [("plain", ""), ("raw", ", format: raw")] {
            for first in ["A=1", "export A=1", "# words\r\nA=1"]
            where format.isEmpty || first != "export A=1" {
                let fleet = SampleFleet.of(
                    "services: { web: { image: 'q.io/w:1', env_file: "
                        + "[{ path: a.env\(format) }] } }",
                    "services: { web: }\n",
                    other: ["manifests/a.env": "\u{FEFF}\(first)\r\nB=\u{FEFF}2\r\n"]
                )
                let web = try XCTUnwrap(fleet.prod().service(named: "web"))
                XCTAssertEqual(web.container.environment, ["A": "1", "B": "\u{FEFF}2"], name)
            }
            let host = HostEnvironmentFile(path: "/a.env", isRaw: !format.isEmpty)
            XCTAssertEqual(
                try HostEnvironment.variables(
                    in: [0xEF, 0xBB, 0xBF] + Array("A=1\n".utf8),
                    of: host
                ),
                ["A": "1"]
            )
        }
    }

    func testFilesOfVariablesAreUTF8() throws {
        for (bytes, line) in [
            ([0xFF, 0xFE, 0x41, 0x00], 1), (Array("A=1\nB=".utf8) + [0xE9, 0x0A], 2),
        ] as [([UInt8], Int)] {
            var files: [String: [UInt8]] = ["manifests/a.env": bytes]
            files["manifests/web.yaml"] = Array(
                "services: { web: { image: 'q.io/w:1', env_file: a.env } }".utf8
            )
            files["environments/prod.yaml"] = Array("services: { web: }".utf8)
            XCTAssertEqual(
                Fleet(FleetFiles(files)).problems(),
                [
                    "manifests/a.env:\(line):1: error: services.web.env_file[0]: the line is not "
                        + "UTF-8; save the file as UTF-8"
                ]
            )
            let host = HostEnvironmentFile(path: "/a.env")
            XCTAssertThrowsError(try HostEnvironment.variables(in: bytes, of: host)) {
                XCTAssertEqual(
                    "\($0)",
                    "/a.env:\(line): the line is not UTF-8; save the file as UTF-8"
                )
            }
        }
    }

    /// A dollar sign in a password is told from a line that is no variable, without its words.
    func testHostFilesSayWhatTheDollarSignIs() {
        let host = HostEnvironmentFile(path: "/a.env")
        XCTAssertThrowsError(
            try HostEnvironment.variables(in: Array("A=1\nP=hunter$two\n".utf8), of: host)
        ) {
            XCTAssertEqual(
                "\($0)",
                "/a.env:2: the value uses a variable that no line before it sets; write $$ for a "
                    + "dollar sign, or the value in single quotes"
            )
        }
        for (line, want) in [("P=hunter$$two", "hunter$two"), ("P='hunter$two'", "hunter$two")] {
            XCTAssertEqual(
                try HostEnvironment.variables(in: Array(line.utf8), of: host),
                ["P": want],
                line
            )
        }
    }
}
