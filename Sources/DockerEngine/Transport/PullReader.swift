internal import Synchronization

/// Reads a pull's answer line by line: progress to whoever wants it, and whether it failed.
final class PullReader: Sendable {
    private struct State {
        var lines = LineSplitter()
        var failure: String?
    }

    private let call: EngineCall
    private let progress: @Sendable (PullProgress) -> Void
    private let state = Mutex(State())

    init(call: EngineCall, progress: @escaping @Sendable (PullProgress) -> Void) {
        self.call = call
        self.progress = progress
    }

    func add(_ bytes: [UInt8]) throws(EngineError) {
        let lines = try state.withLock { state throws(EngineError) in
            try state.lines.add(bytes, call)
        }
        for line in lines { try read(line) }
    }

    /// Reads what is left and throws the failure that the answer told of.
    func finish() throws(EngineError) {
        if let line = state.withLock({ $0.lines.finish() }) { try read(line) }
        guard let failure = state.withLock({ $0.failure }) else { return }
        throw EngineError(.pullFailed, call.operation, failure)
    }

    private func read(_ text: [UInt8]) throws(EngineError) {
        let line: PullLine = try call.decode(text)
        if let failure = line.failure { state.withLock { $0.failure = failure } }
        if let step = line.progress { progress(step) }
    }
}
