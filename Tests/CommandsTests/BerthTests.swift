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

    func testTheTextOfHelp() async {
        let table = [
            (
                "help",
                """
                Berth deploys what a git repository describes to a plain Docker host.

                Usage: berth COMMAND [OPTIONS]

                Commands:
                  run       run the controller: keep environments in sync with the repository
                  plan      show what apply would change; exits 1 if there are changes
                  apply     deploy what plan shows, once; exits 1 if a release failed
                  drift     show how the host differs from the repository: field, since when, \
                commit and author; exits 1 if it differs
                  status    show deployed versions, rollouts in progress and failures; exits 1 if \
                anything failed
                  traffic   show which containers each host port and service address routes to; \
                exits 1 if rules are out of sync
                  validate  check the manifests and environments of a folder, offline
                  config    print the resolved Compose model of an environment or a Compose file
                  init      create a fleet repository, from a Compose file or a small sample
                  schema    print the JSON Schema of manifests or environments, for editors
                  check     check the prerequisites: permissions, git, Docker, nftables, host \
                ports and registries
                  version   print the version
                  help      show the commands, or the options of a command

                berth help COMMAND lists a command's options.

                """
            ),
            (
                "help schema",
                """
                Usage: berth schema manifest|environment

                print the JSON Schema of manifests or environments, for editors

                """
            ),
            (
                "validate --help",
                """
                Usage: berth validate [OPTIONS] [FOLDER]

                check the manifests and environments of a folder, offline

                Options:
                  --format table|json|markdown|github
                      output format; github prints annotations for a GitHub Actions workflow \
                (default table, env BERTH_FORMAT)

                """
            ),
        ]
        for (words, want) in table {
            let run = await CommandRun(words.split(separator: " ").map(String.init))
            XCTAssertEqual(run.output, want, words)
            XCTAssertEqual(run.code, 0, words)
        }
    }

    func testUsageErrors() async {
        let table: [(words: [String], complaint: String)] = [
            (["dance"], "berth: unknown command 'dance'; berth help lists the commands\n"),
            (
                ["help", "dance"],
                "berth help: unknown command 'dance'; berth help lists the commands\n"
            ),
            (
                ["plan", "--detailed"],
                "berth plan: unknown option '--detailed'; did you mean --detailed-exitcode?\n"
            ),
            (
                ["plan", "extra"],
                "berth plan: unexpected argument 'extra'; usage: berth plan [OPTIONS]\n"
            ),
            (
                ["plan", "--format=xml"],
                "berth plan: invalid value 'xml' for --format: expected table, json or markdown\n"
            ),
            (
                ["run", "--log-level=loud"],
                "berth run: invalid value 'loud' for --log-level: expected debug, info, warning "
                    + "or error\n"
            ),
            (
                ["validate", "a", "b"],
                "berth validate: unexpected argument 'b'; usage: berth validate [OPTIONS] "
                    + "[FOLDER]\n"
            ),
            (["status", "--repo"], "berth status: missing value: --repo PATH|URL\n"),
            (
                ["schema"], "berth schema: missing argument: expected manifest or environment\n"
            ),
            (
                ["schema", "x"],
                "berth schema: invalid argument 'x': expected manifest or environment\n"
            ),
            (["config", "--set", "A=1"], "berth config: --set is only valid with --file FILE\n"),
            (
                ["config", "--file", "a", "b"],
                "berth config: unexpected argument 'b'; usage: berth config --file FILE [OPTIONS]\n"
            ),
            (
                ["config", "--file", "a", "--set", "A"],
                "berth config: invalid value 'A' for --set: expected NAME=VALUE\n"
            ),
            (
                ["run", "--interval=3"],
                "berth run: invalid value '3' for --interval: expected a duration such as 500ms, "
                    + "30s, 5m or 1h\n"
            ),
            (
                ["plan", "--address-pool=10.0.0.0/24"],
                "berth plan: invalid value '10.0.0.0/24' for --address-pool: expected a range of "
                    + "/22 or larger, such as 172.30.0.0/16\n"
            ),
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
