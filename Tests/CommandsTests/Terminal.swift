import Commands
import Synchronization

/// Runs the whole program in this process and keeps what it said.
final class Terminal: Sendable {
    private let output = Mutex("")
    private let errors = Mutex("")

    var text: String { output.withLock { $0 } }
    var complaints: String { errors.withLock { $0 } }

    func run(_ words: String..., environment: [String: String] = [:]) async -> Int32 {
        await run(words, environment: environment)
    }

    func run(_ words: [String], environment: [String: String] = [:]) async -> Int32 {
        await Berth.run(
            words,
            environment: environment,
            print: { text in
                self.output.withLock { $0 += text.hasSuffix("\n") ? text : text + "\n" }
            },
            complain: { text in self.errors.withLock { $0 += text + "\n" } }
        )
    }
}
