import XCTest

@testable import Commands

final class ArgumentsTests: XCTestCase {
    private enum Command: Subcommand {
        static let name = "test"
        static let summary = ""
        static let argument: String? = "[WORD]"
        static let flags: [Flag] = [
            .repo, .branch, .environments, .insecureRegistry, .detailedExitCode, .interval, .format,
        ]

        static func run(_ context: Context) async throws -> ExitCode { .success }
    }

    private func read(
        _ words: [String],
        _ environment: [String: String] = [:]
    ) throws -> Arguments {
        try Arguments(words, of: Command.self, environment: environment)
    }

    func testEveryForm() throws {
        let table:
            [(
                name: String, words: [String], environment: [String: String], branch: String?,
                repo: String?, operands: [String]
            )] = [
                ("nothing", [], [:], nil, ".", []),
                ("two words", ["--branch", "main"], [:], "main", ".", []),
                ("one word", ["--branch=main"], [:], "main", ".", []),
                ("a value with =", ["--branch=a=b"], [:], "a=b", ".", []),
                ("an empty value", ["--branch="], [:], "", ".", []),
                ("a value that looks like an option", ["--branch", "--x"], [:], "--x", ".", []),
                ("the last counts", ["--branch=a", "--branch=b"], [:], "b", ".", []),
                ("a variable", [], ["BERTH_BRANCH": "v"], "v", ".", []),
                ("an empty variable", [], ["BERTH_BRANCH": ""], nil, ".", []),
                ("option over variable", ["--branch=o"], ["BERTH_BRANCH": "v"], "o", ".", []),
                ("variable over default", [], ["BERTH_REPO": "/r"], nil, "/r", []),
                ("an operand", ["--branch=m", "b", "--repo=r"], [:], "m", "r", ["b"]),
                ("after --", ["--", "--branch"], [:], nil, ".", ["--branch"]),
                ("a dash is an operand", ["-"], [:], nil, ".", ["-"]),
                ("so is one dash before a word", ["-v"], [:], nil, ".", ["-v"]),
            ]
        for (name, words, environment, branch, repo, operands) in table {
            let arguments = try read(words, environment)
            XCTAssertEqual(arguments[.branch], branch, name)
            XCTAssertEqual(arguments[.repo], repo, name)
            XCTAssertEqual(arguments.operands, operands, name)
        }
    }

    func testLists() throws {
        let table: [(words: [String], environment: [String: String], want: [String])] = [
            ([], [:], []),
            (["--environment", "a", "--environment=b"], [:], ["a", "b"]),
            ([], ["BERTH_ENVIRONMENT": "a,b"], ["a", "b"]),
            (["--environment=c"], ["BERTH_ENVIRONMENT": "a,b"], ["c"]),
        ]
        for (words, environment, want) in table {
            XCTAssertEqual(try read(words, environment).all(.environments), want, "\(words)")
        }
    }

    func testToggles() throws {
        let table: [(words: [String], environment: [String: String], want: Bool)] = [
            ([], [:], false),
            (["--detailed-exitcode"], [:], true),
            (["--detailed-exitcode=false"], [:], false),
            (["--detailed-exitcode=0"], [:], false),
            ([], ["BERTH_DETAILED_EXITCODE": "1"], true),
            ([], ["BERTH_DETAILED_EXITCODE": "no"], false),
            ([], ["BERTH_DETAILED_EXITCODE": "OFF"], false),
            (["--detailed-exitcode"], ["BERTH_DETAILED_EXITCODE": "0"], true),
        ]
        for (words, environment, want) in table {
            let arguments = try read(words, environment)
            XCTAssertEqual(arguments.has(.detailedExitCode), want, "\(words) \(environment)")
        }
        // A toggle takes no word of its neighbour's.
        XCTAssertEqual(try read(["--detailed-exitcode", "x"]).operands, ["x"])
    }

    func testRefusals() {
        let table: [(words: [String], want: UsageError, text: String)] = [
            (
                ["--branc", "x"], .unknownOption("--branc", nearest: "branch"),
                "unknown option '--branc'; did you mean --branch?"
            ),
            (
                ["--xyz"], .unknownOption("--xyz", nearest: nil),
                "unknown option '--xyz'; berth help COMMAND lists a command's options"
            ),
            (
                ["--envrionment=a"], .unknownOption("--envrionment", nearest: "environment"),
                "unknown option '--envrionment'; did you mean --environment?"
            ),
            (
                ["--branch"], .missingValue("--branch NAME"), "missing value: --branch NAME"
            ),
            (
                ["--format=xml"],
                .badValue("format", given: "xml", expected: "table, json or markdown"),
                "invalid value 'xml' for --format: expected table, json or markdown"
            ),
            (
                ["a", "b"],
                .unexpectedArgument("b", usage: "berth test [OPTIONS] [WORD]"),
                "unexpected argument 'b'; usage: berth test [OPTIONS] [WORD]"
            ),
        ]
        for (words, want, text) in table {
            XCTAssertThrowsError(try read(words), text) { error in
                XCTAssertEqual(error as? UsageError, want)
                XCTAssertEqual("\(error)", text)
            }
        }
    }

    func testDurations() throws {
        let table: [(text: String, want: Duration?)] = [
            ("500ms", .milliseconds(500)), ("1s", .seconds(1)), ("30s", .seconds(30)),
            ("5m", .seconds(300)), ("2h", .seconds(7_200)), ("0s", nil), ("", nil), ("5", nil),
            ("s", nil), ("-1s", nil), ("1.5s", nil), ("1d", nil), ("1 s", nil), ("٣s", nil),
            ("1000000s", nil), ("99999999999999999999s", nil), ("1s1s", nil),
        ]
        for (text, want) in table {
            let arguments = try read(["--interval=\(text)"])
            let context = Context(arguments: arguments, environment: [:], print: { _ in })
            if let want {
                XCTAssertEqual(try context.duration(.interval), want, text)
            } else {
                XCTAssertThrowsError(try context.duration(.interval), text) { error in
                    XCTAssertTrue("\(error)".contains("500ms, 30s, 5m or 1h"), "\(error)")
                }
            }
        }
    }
}
