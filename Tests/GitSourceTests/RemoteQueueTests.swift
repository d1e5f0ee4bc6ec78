import Dispatch
import Synchronization
import XCTest

@testable import GitSource

/// Calls that never come back must not take the caller with them.
final class RemoteQueueTests: XCTestCase {
    private func attempt(_ total: Duration) throws -> NetworkAttempt {
        NetworkAttempt(
            remote: try GitRemote("/nowhere"),
            timeouts: GitTimeouts(),
            total: total,
            bytes: 1,
            objects: 1
        )
    }

    func testCallThatHangsIsLeftBehindAndNothingQueuesUpBehindIt() async throws {
        let queue = RemoteQueue(label: "test", grace: .milliseconds(100))
        let release = DispatchSemaphore(value: 0)
        let returned = DispatchSemaphore(value: 0)
        let started = Atomic(0)
        await assertFault(.timedOut) {
            try await queue.run(try attempt(.milliseconds(100))) { () throws(GitFault) in
                started.add(1, ordering: .relaxed)
                release.wait()
                returned.signal()
            }
        }
        for _ in 1...20 {
            await assertFault(.busy) {
                try await queue.run(try attempt(.seconds(9))) { () throws(GitFault) in
                    started.add(1, ordering: .relaxed)
                }
            }
        }
        XCTAssertEqual(started.load(ordering: .relaxed), 1)
        release.signal()
        let end = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < end {
            do {
                let answer = try await queue.run(try attempt(.seconds(9))) { () throws(GitFault) in
                    7
                }
                return XCTAssertEqual(answer, 7)
            } catch let fault as GitFault {
                XCTAssertEqual(fault.problem, .busy)
                await Task.yield()
            }
        }
        XCTFail("the queue stays closed")
    }

    func testWaitingBehindAHealthyCallIsFine() async throws {
        let queue = RemoteQueue(label: "test")
        let attempts = try (1...5).map { _ in try attempt(.seconds(9)) }
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for (number, attempt) in attempts.enumerated() {
                group.addTask { try await queue.run(attempt) { () throws(GitFault) in number } }
            }
            return try await group.reduce(0, +)
        }
        XCTAssertEqual(sum, 10)
    }

    func testCauseOutranksWhatTheLibraryMadeOfIt() async throws {
        let attempt = try attempt(.seconds(9))
        do throws(GitFault) {
            try attempt.run { () throws(GitFault) in
                XCTAssertTrue(NetworkAttempt.current === attempt)
                XCTAssertEqual(
                    attempt.answer { () throws(GitFault) in throw GitFault(.timedOut, "why") },
                    -1
                )
                throw GitFault(.unreachable, "error in read")
            }
            XCTFail("no error")
        } catch {
            XCTAssertEqual(error, GitFault(.timedOut, "why"))
        }
        XCTAssertNil(NetworkAttempt.current)
    }

    private func assertFault<Value>(
        _ problem: GitError.Problem,
        line: UInt = #line,
        _ body: () async throws -> Value
    ) async {
        do {
            _ = try await body()
            XCTFail("no error", line: line)
        } catch {
            XCTAssertEqual((error as? GitFault)?.problem, problem, "\(error)", line: line)
        }
    }
}
