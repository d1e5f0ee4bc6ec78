import TestSupport
import XCTest

@testable import Commands

final class BerthTests: XCTestCase {
    func testHelpListsEveryCommand() async {
        for words in ["help", "--help", "-h"] {
            let terminal = Terminal()
            let code = await terminal.run(words)
            XCTAssertEqual(code, 0, words)
            XCTAssertEqual(terminal.complaints, "")
            for command in subcommands {
                XCTAssertTrue(
                    terminal.text.contains("  \(command.name) "),
                    "\(words) does not list \(command.name)"
                )
                XCTAssertTrue(terminal.text.contains(command.summary), command.name)
            }
        }
    }

    func testHelpOfACommandListsItsOptionsAndTheirVariables() async {
        for command in subcommands {
            let asked = Terminal()
            let code = await asked.run("help", command.name)
            XCTAssertEqual(code, 0, command.name)
            let option = Terminal()
            _ = await option.run(command.name, "--help")
            XCTAssertEqual(asked.text, option.text, command.name)
            for flag in command.flags {
                XCTAssertTrue(asked.text.contains(flag.usage), "\(command.name) \(flag.usage)")
                guard let variable = flag.variable else { continue }
                XCTAssertTrue(asked.text.contains(variable), "\(command.name) \(variable)")
                XCTAssertTrue(variable.hasPrefix("BERTH_"))
            }
            let names = command.flags.map(\.name)
            XCTAssertEqual(Set(names).count, names.count, "\(command.name) has an option twice")
        }
    }

    func testCommandLinesThatMeanNothing() async {
        let table: [(words: [String], complaint: String)] = [
            (["dance"], "berth: there is no command dance; see berth help\n"),
            (["help", "dance"], "berth help: there is no command dance; see berth help\n"),
            (
                ["plan", "--detailed"],
                "berth plan: there is no option --detailed here; did you mean "
                    + "--detailed-exitcode?\n"
            ),
            (["plan", "extra"], "berth plan: extra is one word too many; see berth help\n"),
            (
                ["plan", "--format=xml"],
                "berth plan: --format xml: table, json or markdown\n"
            ),
            (
                ["run", "--log-level=loud"],
                "berth run: --log-level loud: debug, info, warning or error\n"
            ),
            (
                ["validate", "a", "b"],
                "berth validate: b is one word too many; see berth help\n"
            ),
            (["status", "--repo"], "berth status: --repo PATH|URL needs its value\n"),
        ]
        for (words, complaint) in table {
            let terminal = Terminal()
            let code = await terminal.run(words)
            XCTAssertEqual(code, 64, "\(words)")
            XCTAssertEqual(terminal.complaints, complaint, "\(words)")
            XCTAssertEqual(terminal.text, "", "\(words)")
        }
    }

    func testVersion() async {
        for word in ["version", "--version"] {
            let terminal = Terminal()
            let code = await terminal.run(word)
            XCTAssertEqual(code, 0)
            XCTAssertEqual(terminal.text, "berth \(Version.current)\n")
        }
    }

    func testExitCodes() {
        let table: [(code: ExitCode, plain: Int32, detailed: Int32)] = [
            (.success, 0, 0), (.difference, 1, 2), (.failure, 2, 1), (.usage, 64, 1),
        ]
        for (code, plain, detailed) in table {
            XCTAssertEqual(code.rawValue, plain)
            XCTAssertEqual(code.detailed, detailed)
        }
    }

    func testAFailureIsTwoAndWithDetailedExitCodesOne() async throws {
        let directory = try TemporaryDirectory("berth-commands")
        let environment = [
            "BERTH_REPO": directory.file("no-repository"),
            "BERTH_STATE_DIR": directory.file("state"), "BERTH_LOG_LEVEL": "error",
        ]
        for (words, want): ([String], Int32) in [
            (["plan", "--format=json"], 2), (["plan", "--detailed-exitcode"], 1),
            (["drift", "--format=json"], 2), (["drift", "--detailed-exitcode"], 1),
        ] {
            let terminal = Terminal()
            let code = await terminal.run(words, environment: environment)
            XCTAssertEqual(code, want, "\(words)")
            XCTAssertTrue(terminal.complaints.contains("no-repository"), terminal.complaints)
            XCTAssertEqual(terminal.text, "", "\(words)")
        }
    }
}
