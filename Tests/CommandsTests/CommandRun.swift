import Synchronization
import XCTest

@testable import Commands

/// One run of the program in this process: what it printed, and how it ended.
struct CommandRun {
    let code: Int32
    let output: String
    let complaint: String

    init(_ words: String..., environment: [String: String] = [:]) async {
        await self.init(words, environment: environment)
    }

    init(_ words: [String], environment: [String: String] = [:]) async {
        let printed = Lines()
        let complained = Lines()
        code = await Berth.run(
            words,
            environment: environment,
            print: { printed.add($0) },
            complain: { complained.add($0) }
        )
        output = printed.text
        complaint = complained.text
    }

    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        func add(_ line: String) { lines.withLock { $0.append(line) } }

        var text: String {
            lines.withLock { $0.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined() }
        }
    }
}
