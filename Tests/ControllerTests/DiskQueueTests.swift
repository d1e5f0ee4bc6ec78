import Dispatch
import Synchronization
import XCTest

@testable import Controller

/// Calls that block, with deadlines.
final class DiskQueueTests: XCTestCase {
    /// A call that hangs until it is let go, as on a file system whose server is gone.
    private struct Hang: Sendable {
        private let gate = DispatchSemaphore(value: 0)

        func call() { gate.wait() }
        func end() { gate.signal() }
    }

    private func failure(
        _ queue: DiskQueue,
        _ subject: String,
        within limit: Duration = .seconds(60),
        _ body: @escaping @Sendable () -> Void
    ) async -> DiskTimeout? {
        do {
            try await queue.run(subject, within: limit, body)
            return nil
        } catch {
            return error as? DiskTimeout
        }
    }

    func testACallThatHangsFailsAloneAndOthersGoOn() async throws {
        let queue = DiskQueue()
        let hang = Hang()
        let limit = Duration.milliseconds(50)
        let first = await failure(queue, "prod/web", within: limit) { hang.call() }
        XCTAssertEqual(first, DiskTimeout(subject: "prod/web", limit: limit))
        // It fails at once, with no second thread that would hang, too.
        let second = await failure(queue, "prod/web") { XCTFail("is not to be called") }
        XCTAssertEqual(second?.subject, "prod/web")
        let other = try await queue.run("prod/db") { 7 }
        XCTAssertEqual(other, 7)
        hang.end()
        let deadline = ContinuousClock.now + .seconds(20)
        while await failure(queue, "prod/web", {}) != nil {
            guard ContinuousClock.now < deadline else { return XCTFail("hangs for ever") }
            await Task.yield()
        }
    }

    func testOnlySoManySubjectsMayHang() async throws {
        let queue = DiskQueue(most: 2)
        let hang = Hang()
        for number in 0..<2 {
            let failure = await failure(queue, "\(number)", within: .milliseconds(20)) {
                hang.call()
            }
            XCTAssertNotNil(failure)
        }
        let third = await failure(queue, "2") { XCTFail("is not to be called") }
        XCTAssertEqual(third?.subject, "2")
        hang.end()
        hang.end()
    }

    func testCallsOfASubjectKeepTheirOrder() async throws {
        let queue = DiskQueue()
        let order = Order()
        let gate = Hang()
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await queue.run("a") {
                start.yield()
                gate.call()
                order.add(1)
            }
        }
        for await _ in started { break }
        let second = Task { try await queue.run("a") { order.add(2) } }
        gate.end()
        try await first.value
        try await second.value
        XCTAssertEqual(order.all, [1, 2])
    }

    private final class Order: Sendable {
        private let numbers = Mutex<[Int]>([])

        var all: [Int] { numbers.withLock(\.self) }

        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    func testTheErrorSaysWhatToDo() {
        let error = DiskTimeout(subject: "prod/web", limit: .seconds(10))
        XCTAssertEqual(
            "\(error)",
            "the files of prod/web cannot be read: a call has taken longer than 10 s; see whether "
                + "the file system with its paths answers (findmnt, ls)"
        )
    }
}
