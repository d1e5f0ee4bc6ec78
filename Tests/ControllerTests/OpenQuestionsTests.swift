import Digests
import Model
import Synchronization
import TestSupport
import XCTest

@testable import Controller

/// Registries that take their time.
final class OpenQuestionsTests: XCTestCase {
    private let tags = FakeTags()
    private let calls = Counter()
    private var image: ImageName {
        get throws { try ImageName("registry.example/web:1") }
    }

    private func questions(patience: Duration = .milliseconds(20)) -> PendingDigests {
        PendingDigests(to: tags, patience: patience) { [calls] in calls.add() }
    }

    private func ask(_ questions: PendingDigests, after: Int64 = 0) async throws -> Digest {
        let (image, now) = (try image, Sample.now + .seconds(after))
        return try await questions.digest(of: image, at: now, maxAge: .zero)
    }

    private func silence(_ isSilent: Bool) { tags.state.withLock { $0.isSilent = isSilent } }

    private func lateAnswer() async throws {
        try await eventually("the answer comes") { calls.value > 0 }
    }

    func testAnAnswerInTimeIsThere() async throws {
        let questions = questions(patience: .seconds(60))
        let digest = try await ask(questions)
        XCTAssertEqual(digest, Sample.digest("1"))
        XCTAssertEqual(calls.value, 0, "nobody has to look again")
        _ = try await ask(questions)
        XCTAssertEqual(tags.state.withLock(\.asked).count, 1, "once a look")
        _ = try await ask(questions, after: 1)
        XCTAssertEqual(tags.state.withLock(\.asked).count, 2, "and again in the next")
    }

    func testALateAnswerIsTakenByTheNextLook() async throws {
        let questions = questions()
        silence(true)
        let silent = StillAsking(image: try image)
        for _ in 0..<3 {
            let refusal = await refusal(questions)
            XCTAssertEqual(refusal as? StillAsking, silent)
        }
        silence(false)
        try await lateAnswer()
        let digest = try await ask(questions, after: 1)
        XCTAssertEqual(digest, Sample.digest("1"))
        XCTAssertEqual(tags.state.withLock(\.asked).count, 1, "one question was enough")
    }

    func testAFailureHoldsWhileTheRegistryIsAskedAgain() async throws {
        let questions = questions(patience: .seconds(1))
        tags.state.withLock { $0.isDown = true }
        let first = await refusal(questions)
        XCTAssertEqual(first as? FakeTags.Unreachable, FakeTags.Unreachable())
        silence(true)
        let second = await refusal(questions, after: 1)
        XCTAssertEqual(second as? FakeTags.Unreachable, FakeTags.Unreachable())
        tags.state.withLock { $0.isDown = false }
        silence(false)
        try await lateAnswer()
        let digest = try await ask(questions, after: 2)
        XCTAssertEqual(digest, Sample.digest("1"))
    }

    func testASilentRegistryKeepsNobodyFromTheirCallers() async throws {
        let web = try Sample.service {
            $0.pullPolicy = .always
            $0.replicas = 2
        }
        // The first has an image that was deployed; of the other nothing is known.
        let scene = try LoopScene(
            Sample.desired([web, try Sample.service("new")]),
            patience: .milliseconds(20)
        )
        scene.host.add(Sample.container(web))
        scene.host.add(Sample.container(web, slot: 2))
        scene.tags.state.withLock { $0.isSilent = true }
        try await scene.run {
            try await scene.look()
            scene.host.change { $0.containers[0].state = .exited(code: 1) }
            try await scene.pass(until: "it is out of the table") {
                $0.calls.contains("route web 2.g1")
            }
            XCTAssertEqual(scene.lines.count("cannot"), 0, "\(scene.lines.all)")
            scene.tags.state.withLock { $0.isSilent = false }
            try await scene.pass(until: "new is there") { state in
                state.containers.contains {
                    $0.service == "new" && $0.name.role == .committed
                }
            }
        }
    }

    private func refusal(_ questions: PendingDigests, after: Int64 = 0) async -> (any Error)? {
        do {
            _ = try await ask(questions, after: after)
            return nil
        } catch {
            return error
        }
    }
}

/// Counts calls from anywhere.
private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}
