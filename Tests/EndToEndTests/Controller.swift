import Foundation
import Platform
import TestSupport
import XCTest

/// A running `berth run`, ended at the latest with this value.
final class Controller: Sendable {
    private let child: ChildProcess
    private let folder: TemporaryDirectory
    /// Its process ID, which is also what the lock and the status say.
    let processID: Int32

    /// Starts it; returns when it is a process, not when it has done anything.
    init(
        _ fleet: Fleet,
        repository: String? = nil,
        more: [String] = [],
        environment: [String: String] = [:]
    ) async throws {
        folder = try TemporaryDirectory("berth-run")
        let options = fleet.options(repository: repository ?? fleet.repository.path)
        let words =
            ["nsenter", "--net=\(fleet.world.docker.namespace.path)", fleet.world.berth, "run"]
            + options + ["--interval", "500ms", "--log-format", "json", "--log-level", "debug"]
            + more
        // The shell and nsenter replace themselves: one process, whose number is known.
        let script =
            "echo $$ > \"$0/pid.new\"; mv \"$0/pid.new\" \"$0/pid\"; exec \"$@\" 2> \"$0/log\""
        child = try ChildProcess(
            "/bin/sh",
            ["-c", script, folder.path] + words,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }
        )
        let file = folder.file("pid")
        var number: Int32?
        let deadline = ContinuousClock.now + .seconds(10)
        while number == nil, ContinuousClock.now < deadline {
            let text = try? String(contentsOfFile: file, encoding: .utf8)
            number = text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            if number == nil { try await Task.sleep(for: .milliseconds(5)) }
        }
        guard let number else { throw Missing("berth run did not start") }
        processID = number
    }

    /// Everything it has said.
    var text: String { (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? "" }

    /// The end of it, for a person.
    var story: String {
        let lines = log.filter { !$0.message.hasPrefix("reconciled in ") }.suffix(60)
            .map { "\($0.level) \($0.subject ?? ""): \($0.message)" }
        // The last line as it is tells when it was alive.
        let last = text.split(separator: "\n").last.map(String.init) ?? "nothing"
        return (lines + ["last: \(last)"]).joined(separator: "\n")
    }

    /// The messages so far.
    var log: [LogLine] {
        text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(LogLine.self, from: Data($0.utf8))
        }
    }

    /// The lines whose message contains the text.
    func lines(_ message: String, level: String? = nil) -> [LogLine] {
        log.filter { $0.message.contains(message) && (level == nil || $0.level == level) }
    }

    /// The candidates that it made, as `1.g2`; each once, be it that it had to ask twice.
    var candidates: Set<String> { Set(creations) }

    /// Each attempt to create a candidate, by slot and generation.
    var creations: [String] {
        let begun = lines("creating candidate ").filter { !$0.message.contains(" failed") }
        return begun.map { String($0.message.dropFirst(19)) }
    }

    /// Waits until it has said something so many times.
    func says(_ message: String, times: Int = 1, within limit: Duration = .seconds(40)) async throws
    {
        do {
            try await eventually("the log says \"\(message)\"", within: limit) {
                self.lines(message).count >= times
            }
        } catch {
            throw Missing("\(error); it says:\n\(story)")
        }
    }

    /// Sends a signal and goes on.
    func signal(_ number: Int32) { kill(processID, number) }

    /// Sends a signal and waits for the end; a second call does nothing.
    func end(_ signal: Int32 = SIGTERM) { child.end(signal) }

    /// Waits until it has ended by itself; its exit code.
    func waitUntilEnded() -> Int32 { child.waitUntilEnded() }
}

/// A line of the log, as JSON has it.
struct LogLine: Decodable {
    var level: String
    var message: String
    var subject: String?
}
