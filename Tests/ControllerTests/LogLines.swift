import Foundation
import Platform
import Synchronization

/// What a log was told, without the times.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    func log(_ minimum: Log.Level = .info) -> Log {
        Log(minimum: minimum, clock: { Date(timeIntervalSince1970: 0) }) { line in
            self.lines.withLock {
                $0.append(String(line.drop { $0 != " " }.dropFirst()))
            }
        }
    }

    var all: [String] { lines.withLock { $0 } }

    /// What came since the last time it was taken.
    func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    func count(_ text: String) -> Int { all.count { $0.contains(text) } }
}
