import Foundation
import Platform
import TestSupport
import XCTest

/// `berth apply` on a terminal, and what Ctrl-C does.
final class ProgressTests: EndToEndTestCase {
    func testPhasesAreShownOnATerminal() async throws {
        try await withWeb { fleet in
            let plain = try await fleet.berth("apply")
            XCTAssertEqual(plain.code, 0, "\(plain)")
            XCTAssertTrue(plain.errors.contains("deployed 1.0.0"), "\(plain)")
            XCTAssertFalse(plain.errors.contains("\u{1B}"), "no terminal, plain lines")

            try fleet.commit("Promote", ServiceText(version: "1.1.0", replicas: 1))
            let shown = try await onTerminal(fleet)
            XCTAssertEqual(shown.code, 0, "\(shown)")
            let steps = [
                "\u{1B}[36m→\u{1B}[0m web  1.0.0 → 1.1.0  1/1  0 s  slot 1 creating", "starting",
                "not ready yet: ", "serving, monitored", "\u{1B}[32m✓\u{1B}[0m web  1.0.0 → 1.1.0",
                "prod at ",
            ]
            var rest = shown.output[...]
            for step in steps {
                guard let range = rest.firstRange(of: step) else {
                    XCTFail("\(step) does not come, or too early: \(shown)")
                    return
                }
                rest = rest[range.upperBound...]
            }
            XCTAssertFalse(shown.output.contains(" info "), "the table shows it")

            try fleet.commit("Promote again", ServiceText(version: "1.0.0", replicas: 1))
            let grey = try await onTerminal(fleet, environment: ["NO_COLOR": "1"])
            XCTAssertTrue(grey.output.contains("→ web  1.1.0 → 1.0.0"), "\(grey)")
            XCTAssertFalse(grey.output.contains("\u{1B}[3"), "\(grey)")
        }
    }

    func testControlCLeavesAConsistentState() async throws {
        let moments = [
            "creating", "not ready yet", "serving, monitored",
            "replaced containers are terminating",
        ]
        for (number, moment) in moments.enumerated() {
            try await withFleet { fleet in
                let world = fleet.world
                try await world.push(TestImage(name: "web", version: "1.0.0"))
                try await world.push(TestImage(name: "web", version: "1.1.0"))
                try fleet.commit("Describe the fleet", ServiceText())
                let first = try await fleet.berth("apply")
                XCTAssertEqual(first.code, 0, "\(first)")
                try fleet.commit("Promote", ServiceText(version: "1.1.0"))
                try await underLoad(fleet) {
                    let screen = try Screen(fleet)
                    defer { screen.end() }
                    try await screen.shows(moment)
                    let start = ContinuousClock.now
                    try screen.type("\u{03}")
                    XCTAssertEqual(screen.waitUntilEnded(), 130, "\(moment): \(screen.text)")
                    XCTAssertLessThan(ContinuousClock.now - start, .seconds(3), moment)
                    let words = [
                        "still in progress: web: ",
                        "interrupted; running containers keep serving",
                    ]
                    for word in words {
                        XCTAssertTrue(screen.text.contains(word), "\(moment): \(screen.text)")
                    }
                    let traffic = try await fleet.berth("traffic")
                    XCTAssertFalse(traffic.output.contains("no backend"), "\(moment): \(traffic)")
                    let next = try await fleet.berth("apply")
                    XCTAssertEqual(next.code, 0, "\(moment): \(next)")
                }
                try await settled(fleet, on: "web 1.1.0")
                let left = try await world.containers()
                XCTAssertEqual(left, ["prod-web-1", "prod-web-2"], "\(number): \(moment)")
            }
        }
    }

    private func onTerminal(
        _ fleet: Fleet,
        environment: [String: String] = [:]
    ) async throws -> Ended {
        var variables = ["TERM": "xterm", "NO_COLOR": ""]
        variables.merge(environment) { $1 }
        let line = Screen.line(fleet)
        return try await fleet.world.run(
            ["script", "-qec", "stty cols 120 rows 40; exec \(line)", "/dev/null"],
            environment: variables
        )
    }
}

/// `berth apply` on a terminal of its own, with a hand at the keyboard.
private final class Screen: Sendable {
    private let child: ChildProcess
    private let folder: TemporaryDirectory

    static func line(_ fleet: Fleet) -> String {
        ([fleet.world.berth, "apply"] + fleet.options).map { "'\($0)'" }.joined(separator: " ")
    }

    init(_ fleet: Fleet) throws {
        folder = try TemporaryDirectory("berth-screen")
        guard mkfifo(folder.file("keys"), 0o600) == 0 else { throw Missing("no pipe for keys") }
        let line = "stty cols 120 rows 40; exec \(Self.line(fleet))"
        // The pipe is opened for both, so that neither end waits for the other.
        let script =
            "exec nsenter --net=\"$1\" script -qefc \"$2\" \"$0/screen\" <> \"$0/keys\" > /dev/null"
        child = try ChildProcess(
            "/bin/sh",
            ["-c", script, folder.path, fleet.world.docker.namespace.path, line],
            environment: ProcessInfo.processInfo.environment.merging(["TERM": "xterm"]) { $1 }
        )
    }

    var text: String {
        (try? String(contentsOfFile: folder.file("screen"), encoding: .utf8)) ?? ""
    }

    func shows(_ words: String) async throws {
        do {
            try await eventually("the screen shows \(words)") { self.text.contains(words) }
        } catch {
            throw Missing("\(error): \(text)")
        }
    }

    func type(_ keys: String) throws {
        let pipe = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("keys")))
        try pipe.write(contentsOf: Data(keys.utf8))
    }

    func waitUntilEnded() -> Int32 { child.waitUntilEnded() }

    func end() { child.end(SIGKILL) }
}
