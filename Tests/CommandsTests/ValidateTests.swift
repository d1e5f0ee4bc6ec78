import Printing
import TestSupport
import XCTest

@testable import Commands

final class ValidateTests: XCTestCase {
    private let manifest = """
        services:
          web:
            image: registry.example/web

        """

    private func folder(_ environment: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory("berth-validate")
        try directory.write("manifests/web.yaml", manifest)
        try directory.write("environments/prod.yaml", environment)
        return directory
    }

    private let good = """
        services:
          web:
            version: "1"

        """
    private let broken = """
        services:
          web:
            version: "1"
            restrat: always

        """

    func testAGoodFolder() async throws {
        let directory = try folder(good)
        let formats = [
            ("table", "\(directory.path): valid (prod)\n"),
            ("json", "[\n\n]\n"),
            (
                "markdown",
                """
                | SEVERITY | LOCATION | FIELD | PROBLEM | REMEDY |
                | --- | --- | --- | --- | --- |

                """
            ),
        ]
        for (format, want) in formats {
            let terminal = Terminal()
            let code = await terminal.run("validate", directory.path, "--format=\(format)")
            XCTAssertEqual(code, 0, format)
            XCTAssertEqual(terminal.text, want, format)
            XCTAssertEqual(terminal.complaints, "", format)
        }
    }

    func testABrokenFolder() async throws {
        let directory = try folder(broken)
        let formats = [
            (
                "table",
                """
                environments/prod.yaml:4:5: error: services.web.restrat: there is no key \
                "restrat"; write restart

                """
            ),
            (
                "json",
                #"""
                [
                  {
                    "column" : 5,
                    "field" : "services.web.restrat",
                    "file" : "environments/prod.yaml",
                    "line" : 4,
                    "message" : "there is no key \"restrat\"",
                    "remedy" : "write restart",
                    "severity" : "error"
                  }
                ]

                """#
            ),
            (
                "markdown",
                """
                | SEVERITY | LOCATION | FIELD | PROBLEM | REMEDY |
                | --- | --- | --- | --- | --- |
                | error | environments/prod.yaml:4:5 | services.web.restrat | there is no key \
                "restrat" | write restart |

                """
            ),
            (
                "github",
                "::error file=\(directory.path)/environments/prod.yaml,line=4,col=5,"
                    + "title=services.web.restrat::there is no key \"restrat\"; write restart\n"
            ),
        ]
        for (format, want) in formats {
            let terminal = Terminal()
            let code = await terminal.run("validate", directory.path, "--format=\(format)")
            XCTAssertEqual(code, 2, format)
            XCTAssertEqual(terminal.text, want, format)
        }
    }

    /// Nothing that a file says moves a cursor, adds a line or starts a command of a CI job.
    func testWhatFilesSayIsEscapedInEveryFormat() async throws {
        let key = "\"x\\e[2J\\n::error::y\\u202e\\x9b<b>\""
        let directory = try folder(good + "    \(key): 1\n")
        for format in ["table", "json", "markdown", "github"] {
            let terminal = Terminal()
            let code = await terminal.run("validate", directory.path, "--format=\(format)")
            XCTAssertEqual(code, 2, format)
            XCTAssertTrue(
                terminal.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.isPrintable },
                "\(format): \(terminal.text.debugDescription)"
            )
            XCTAssertFalse(terminal.text.contains("\n::error::y"), format)
            XCTAssertTrue(terminal.text.contains("u202e"), "\(format): \(terminal.text)")
        }
    }

    func testAFolderWithoutAFleet() async throws {
        let directory = try TemporaryDirectory("berth-validate")
        for path in [directory.path, directory.file("nowhere")] {
            let terminal = Terminal()
            let code = await terminal.run("validate", path)
            XCTAssertEqual(code, 2)
            XCTAssertEqual(
                terminal.complaints,
                "berth validate: \(path) has neither manifests/*.yaml nor environments/*.yaml; "
                    + "name the folder of a fleet repository\n"
            )
        }
    }
}
