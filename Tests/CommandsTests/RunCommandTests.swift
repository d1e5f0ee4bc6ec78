import Foundation
import Platform
import TestSupport
import XCTest

/// The controller as a process, while its remote accepts connections and says nothing.
final class RunCommandTests: XCTestCase {
    private struct Scene {
        let listener: LoopbackListener
        let directory: TemporaryDirectory

        init() throws {
            listener = try LoopbackListener()
            directory = try TemporaryDirectory("berth-run")
        }

        func run(_ words: [String] = []) throws -> ChildProcess {
            // The tests are a program of their own here, built into the same folder.
            let berth = Bundle.main.bundleURL.appendingPathComponent("berth").path
            let url = "http://127.0.0.1:\(listener.port)/fleet.git"
            return try ChildProcess(
                "/bin/sh",
                ["-c", "echo $$ > \"$0\"; exec \"$@\"", directory.file("pid"), berth, "run"]
                    + ["--repo", url, "--state-dir", directory.file("state")]
                    + ["--engine", "unix://\(directory.file("docker.sock"))"] + words
            )
        }

        func processID() throws -> Int32 {
            let text = try String(contentsOfFile: directory.file("pid"), encoding: .utf8)
            return try XCTUnwrap(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
    }

    func testASignalEndsItBeforeTheRemoteAnswers() throws {
        for signal in [SIGTERM, SIGINT] {
            let scene = try Scene()
            let child = try scene.run()
            // It asks the remote: the connection has come.
            let limit = DispatchWorkItem { scene.listener.stop() }
            DispatchQueue.global().asyncAfter(deadline: .now() + 20, execute: limit)
            let connection = scene.listener.accept()
            limit.cancel()
            defer { close(connection) }
            let start = ContinuousClock.now
            let processID = try scene.processID()
            kill(processID, signal)
            // Should it not end, it is not waited for.
            let watchdog = DispatchWorkItem { kill(processID, SIGKILL) }
            DispatchQueue.global().asyncAfter(deadline: .now() + 5, execute: watchdog)
            XCTAssertEqual(child.waitUntilEnded(), 0)
            watchdog.cancel()
            XCTAssertLessThan(ContinuousClock.now - start, .seconds(1))
        }
    }

    func testAnEnvironmentOfAnotherProcessIsRefusedBeforeTheRemoteAnswers() throws {
        let scene = try Scene()
        let name = "run-\(ProcessInfo.processInfo.processIdentifier)"
        let claim = try HostLock(name)
        defer { withExtendedLifetime(claim) {} }
        let child = try scene.run(["--environment", name])
        let watchdog = DispatchWorkItem { _ = try? kill(scene.processID(), SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 5, execute: watchdog)
        XCTAssertEqual(child.waitUntilEnded(), 2)
        watchdog.cancel()
    }
}
