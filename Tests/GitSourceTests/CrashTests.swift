import Foundation
import TestSupport
import XCTest

@testable import GitSource

/// Kills a process with SIGKILL while it fetches, again and again.
final class CrashTests: XCTestCase {
    private static let directoryKey = "BERTH_TEST_CRASH_DIRECTORY"
    private static let remoteKey = "BERTH_TEST_CRASH_REMOTE"

    /// Not a test but the process that is killed: it fetches for as long as it lives.
    func testHelperThatIsKilled() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let directory = environment[Self.directoryKey], let url = environment[Self.remoteKey]
        else { return }
        let mirror = GitMirror(directory: directory, remote: try GitRemote(url))
        while true { _ = try await mirror.fetch("main") }
    }

    func testKilledFetchesLeaveAMirrorThatWorks() async throws {
        var random = SeededGenerator.reported()
        let seed = random.seed
        let fixture = try Fixture()
        var previous = try id(fixture.repository.commit("first", ["a": "1"]))
        let mirror = try fixture.mirror()
        _ = try await mirror.fetch()
        let folder = "\(mirror.directory)/lock"
        for round in 1...12 {
            let process = try spawnHelper(directory: mirror.directory)
            defer { process.end() }
            // It is at work once it holds the lock.
            let end = ContinuousClock.now + .seconds(20)
            while !Self.isHeld(folder) {
                guard ContinuousClock.now < end else { return XCTFail("the helper does not start") }
                try await Task.sleep(for: .milliseconds(1))
            }
            let noise = (0..<20_000).map { _ in String(random.next(), radix: 36) }
                .joined(separator: "\n")
            let next = try id(fixture.repository.commit("round \(round)", ["noise": noise]))
            // Every other time while something is half done, if that moment is met.
            if round.isMultiple(of: 2) { try await waitForUnfinished(in: mirror.directory) }
            try await Task.sleep(for: .microseconds(Int64.random(in: 0...4000, using: &random)))
            process.end()

            let found = try await mirror.lastFetched()?.commit
            XCTAssertTrue(found == previous || found == next, "round \(round), seed \(seed)")
            let fetched = try await mirror.fetch()
            XCTAssertEqual(fetched.commit, next)
            XCTAssertNil(fetched.recreatedBecause, "a crash damages nothing")
            let file = try await mirror.file("noise", at: next)
            XCTAssertEqual(file.bytes, Array(noise.utf8))
            previous = next
        }
        let check = try fixture.repository.git(
            "-C",
            "\(mirror.directory)/current",
            "fsck",
            "--full"
        )
        XCTAssertFalse(check.contains("missing"), check)
    }

    private func waitForUnfinished(in directory: String) async throws {
        let end = ContinuousClock.now + .milliseconds(50)
        let packs = "\(directory)/current/objects/pack"
        while ContinuousClock.now < end {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: packs)) ?? []
            if names.contains(where: { $0.contains("_git2_") }) { return }
            await Task.yield()
        }
    }

    private func spawnHelper(directory: String) throws -> ChildProcess {
        var environment = ProcessInfo.processInfo.environment
        environment[Self.directoryKey] = directory
        environment[Self.remoteKey] = try XCTUnwrap(
            String(contentsOfFile: "\(directory)/current/config", encoding: .utf8)
                .split(separator: "\n").first { $0.contains("remote = ") }?
                .split(separator: "= ").last.map(String.init)
        )
        return try ChildProcess(
            "/proc/self/exe",
            ["GitSourceTests.CrashTests/testHelperThatIsKilled"],
            environment: environment
        )
    }

    private static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}
