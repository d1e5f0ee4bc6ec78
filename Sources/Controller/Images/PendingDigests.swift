internal import Digests
internal import Model
internal import Synchronization

/// Questions to registries that may outlast a look.
///
/// A registry that gives no answer must not keep a loop from what happens on its host: whoever asks
/// waits no longer than `patience`, and asks again once the answer is there.
final class PendingDigests: TagSource {
    private typealias Answer = Result<Digest, any Error>

    private struct Question {
        /// Whether a registry is being asked.
        var isOpen = false
        /// Who waits for it.
        var listeners: [Int: CheckedContinuation<Answer?, Never>] = [:]
        /// What came last.
        var last: Answer?
        /// The look that took it; nil while it is news to everybody.
        var takenAt: Moment?

        /// What a look need not ask for.
        mutating func news(at now: Moment) -> Answer? {
            guard takenAt == nil || takenAt == now else { return nil }
            if last != nil { takenAt = now }
            return last
        }

        /// What holds until something else is known.
        var failure: (any Error)? {
            if case .failure(let error) = last { error } else { nil }
        }

        func isForgotten(at now: Moment) -> Bool {
            guard !isOpen, let takenAt else { return false }
            return now - takenAt > .seconds(3_600)
        }
    }

    private struct State {
        var questions: [ImageName: Question] = [:]
        var listenerCount = 0
    }

    private let tags: any TagSource
    private let patience: Duration
    private let whenAnswered: @Sendable () -> Void
    private let state = Mutex(State())

    /// Asks `tags`; `whenAnswered` is told of each answer that nobody waited for any more.
    init(
        to tags: any TagSource,
        patience: Duration,
        whenAnswered: @escaping @Sendable () -> Void
    ) {
        self.tags = tags
        self.patience = patience
        self.whenAnswered = whenAnswered
    }

    /// The answer, if it comes in time; all who ask in one look, at `now`, get the same.
    ///
    /// - Throws: what the registry said last, or ``StillAsking``.
    func digest(of image: ImageName, at now: Moment, maxAge: Duration) async throws -> Digest {
        let news = state.withLock { $0.questions[image]?.news(at: now) }
        if let news { return try news.get() }
        let listener = state.withLock { state in
            state.listenerCount += 1
            return state.listenerCount
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFirst = wait(continuation, as: listener, for: image)
                if isFirst { ask(image, now, maxAge) }
                Task {
                    try await Task.sleep(for: patience)
                    giveUp(listener, image)
                }
            }
        } onCancel: {
            giveUp(listener, image)
        }
        if let answer { return try answer.get() }
        try Task.checkCancellation()
        throw state.withLock { $0.questions[image]?.failure } ?? StillAsking(image: image)
    }

    /// Returns whether the registry is still to be asked.
    private func wait(
        _ continuation: CheckedContinuation<Answer?, Never>,
        as listener: Int,
        for image: ImageName
    ) -> Bool {
        state.withLock { state in
            var question = state.questions[image] ?? Question()
            defer { state.questions[image] = question }
            question.listeners[listener] = continuation
            guard !question.isOpen else { return false }
            question.isOpen = true
            return true
        }
    }

    private func ask(_ image: ImageName, _ now: Moment, _ maxAge: Duration) {
        Task {
            do {
                end(image, .success(try await tags.digest(of: image, at: now, maxAge: maxAge)), now)
            } catch {
                end(image, .failure(error), now)
            }
        }
    }

    private func giveUp(_ listener: Int, _ image: ImageName) {
        let continuation = state.withLock { state in
            state.questions[image]?.listeners.removeValue(forKey: listener)
        }
        continuation?.resume(returning: nil)
    }

    private func end(_ image: ImageName, _ answer: Answer, _ now: Moment) {
        let listeners = state.withLock { state in
            let listeners = state.questions[image]?.listeners ?? [:]
            state.questions = state.questions.filter { !$0.value.isForgotten(at: now) }
            state.questions[image] = Question(last: answer, takenAt: listeners.isEmpty ? nil : now)
            return listeners.values
        }
        for listener in listeners { listener.resume(returning: answer) }
        if listeners.isEmpty { whenAnswered() }
    }
}

/// A registry has not answered yet; the loop looks again when it has.
struct StillAsking: Error, Equatable, CustomStringConvertible {
    /// What it was asked about.
    var image: ImageName

    var description: String { "\(image.registry) has not answered yet about \(image)" }
}
