import Foundation
import TestSupport
import XCTest

@testable import Platform

final class CommandTests: XCTestCase {
    func testWritesEndingsAndErrors() async throws {
        let rows: [(name: String, command: Command, want: Result<String, CommandError>)] = [
            ("output", Command("echo", ["a", "b c"]), .success("a b c\n")),
            ("by path", Command("/bin/echo", ["-n", "x"]), .success("x")),
            ("no shell", Command("echo", ["$HOME", ";", "*"]), .success("$HOME ; *\n")),
            ("no input is empty", Command("cat"), .success("")),
            ("input", Command("cat", input: Array("hello".utf8)), .success("hello")),
            (
                "input by name", Command("cat", ["/dev/stdin"], input: Array("hi".utf8)),
                .success("hi")
            ),
            (
                "environment", Command("env", environment: ["A": "1"]),
                .success("A=1\n")
            ),
            (
                "status", shell("echo out; echo why >&2; exit 3"),
                .failure(failure("sh", .status(3), "out\n", "why\n"))
            ),
            ("signal", shell("kill -PIPE $$"), .failure(failure("sh", .signal(13), "", ""))),
            (
                "missing", Command("no-such-program", remedy: "apt install it."),
                .failure(.notFound(program: "no-such-program", remedy: "apt install it."))
            ),
            (
                "not executable", Command("/etc/passwd", remedy: "r"),
                .failure(.notFound(program: "/etc/passwd", remedy: "r"))
            ),
            (
                "too much output", Command("cat", ["/dev/zero"], outputLimit: 1000),
                .failure(.outputTooLarge(program: "cat", limit: 1000))
            ),
            (
                "too slow", Command("sleep", ["60"], deadline: .milliseconds(50)),
                .failure(.timedOut(program: "sleep", after: .milliseconds(50)))
            ),
            (
                "too slow with closed pipes",
                Command("sh", ["-c", "exec sleep 60 >&- 2>&-"], deadline: .milliseconds(50)),
                .failure(.timedOut(program: "sh", after: .milliseconds(50)))
            ),
        ]
        for (name, command, want) in rows {
            do throws(CommandError) {
                let output = try await command.run()
                XCTAssertEqual(.success(output.text), want, name)
            } catch {
                XCTAssertEqual(.failure(error), want, name)
            }
        }
    }

    func testUnreadInputRaisesNoSignal() async throws {
        let megabyte = [UInt8](repeating: 65, count: 1 << 20)
        try await Command("true", input: megabyte).run()
        let echoed = try await Command("cat", input: megabyte, outputLimit: 1 << 20).run()
        XCTAssertEqual(echoed.standardOutput, megabyte)
    }

    func testKeepsTheBeginningOfStandardError() async throws {
        let output = try await shell("head -c 1000000 /dev/zero >&2; echo done").run()
        XCTAssertEqual(output.text, "done\n")
        XCTAssertEqual(output.standardError.count, 64 << 10)
    }

    func testDeadlineKillsWhatTheProgramStarted() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("berth-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("pid").path
        var command = shell("sleep 60 & echo $! > \"$0\"; wait")
        command.arguments.append(file)
        command.deadline = .milliseconds(500)
        do {
            try await command.run()
            XCTFail("must not end by itself")
        } catch .timedOut {}
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let grandchild = try XCTUnwrap(pid_t(text.trimmingCharacters(in: .newlines)))
        XCTAssertTrue(waitUntil { !isRunning(grandchild) }, "\(grandchild) still runs")
    }

    /// The program ends first, and then what it left behind is the reason to kill.
    func testWhatTheProgramLeftBehindIsKilledWithTheRun() throws {
        let folder = try TemporaryDirectory("berth-command")
        let script = "sleep 60 & echo \"$$ $!\" > \"$0.new\"; mv \"$0.new\" \"$0\"; echo out"
        let limits: [(name: String, deadline: Duration, outputLimit: Int)] = [
            ("deadline", .zero, 100), ("output", .seconds(30), 2),
        ]
        for (name, deadline, outputLimit) in limits {
            let file = folder.file(name)
            var command = shell(script)
            command.arguments.append(file)
            command.deadline = deadline
            command.outputLimit = outputLimit
            let child = try CommandRun(command)
            var processes: [pid_t] = []
            let hasEnded = waitUntil {
                let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
                processes = text.split(whereSeparator: \.isWhitespace).compactMap { pid_t($0) }
                return processes.count == 2 && !isRunning(processes[0])
            }
            XCTAssertTrue(hasEnded, name)
            do throws(CommandError) {
                _ = try child.output()
                XCTFail("\(name): must not end well")
            } catch {
                switch error {
                case .timedOut, .outputTooLarge: break
                default: XCTFail("\(name): \(error)")
                }
            }
            let left = try XCTUnwrap(processes.last)
            let isGone = waitUntil { !isRunning(left) }
            if !isGone { kill(left, SIGKILL) }
            XCTAssertTrue(isGone, "\(name): \(left) still runs")
        }
    }

    func testDoesNotWaitForWhatTheProgramLeftBehind() async throws {
        let start = ContinuousClock.now
        let output = try await shell("sleep 60 & echo $!").run()
        let left = try XCTUnwrap(pid_t(output.text.trimmingCharacters(in: .newlines)))
        kill(left, SIGKILL)
        XCTAssertLessThan(ContinuousClock.now - start, .seconds(10))
    }

    func testManyAtOnceKeepTheirPipesApart() async throws {
        let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for number in 0..<64 {
                group.addTask { (number, try await Command("echo", ["\(number)"]).run().text) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        XCTAssertEqual(answers.count, 64)
        for (number, text) in answers { XCTAssertEqual(text, "\(number)\n") }
    }

    func testErrorsAreSentences() {
        let rows: [(CommandError, String)] = [
            (
                .notFound(program: "nft", remedy: "Run apt-get install nftables."),
                "nft is not installed on this host. Run apt-get install nftables."
            ),
            (
                failure("nft", .status(1), "", "Error: no\nline 2\n"),
                "nft ended with status 1: Error: no; line 2"
            ),
            (
                failure("nft", .signal(9), "", ""),
                "nft was killed by signal 9 and wrote no reason; look for one in the kernel's log "
                    + "(dmesg), or run it by hand."
            ),
            (
                .notStarted(program: "nft", reason: "Cannot allocate memory"),
                "nft could not be started: Cannot allocate memory; check the limits of "
                    + "processes, open files and memory (ulimit -a), then try again."
            ),
            (
                failure("nft", .status(1), "", "a\r\n\u{1B}[31mb\u{7}\n"),
                "nft ended with status 1: a; [31mb"
            ),
        ]
        for (error, want) in rows { XCTAssertEqual(error.description, want) }
    }

    private func shell(_ script: String) -> Command { Command("sh", ["-c", script]) }

    private func failure(
        _ program: String,
        _ ending: Subprocess.Ending,
        _ output: String,
        _ errors: String
    ) -> CommandError {
        .failed(
            program: program,
            ending: ending,
            output: .init(standardOutput: Array(output.utf8), standardError: Array(errors.utf8))
        )
    }

    private func waitUntil(_ condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            if condition() { return true }
            usleep(10_000)
        }
        return condition()
    }

    /// A killed orphan may stay a zombie until the init process looks at it.
    private func isRunning(_ process: pid_t) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        else { return false }
        return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
    }
}
