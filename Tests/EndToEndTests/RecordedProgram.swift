import Foundation
import TestSupport

/// A program's stand-in at the front of `PATH`: it notes its arguments and becomes the real one.
final class RecordedProgram: Sendable {
    /// What `PATH` is to be.
    let path: String
    private let folder: TemporaryDirectory

    init(_ name: String) throws {
        folder = try TemporaryDirectory("berth-recorded")
        let rest = TestEngine.chosen.searchPath
        path = "\(folder.path):\(rest)"
        let script = """
            #!/bin/sh
            echo "\(name) $* " >> "\(folder.file("calls"))"
            PATH=\(rest) exec \(name) "$@"

            """
        try folder.write(name, script, mode: 0o755)
    }

    /// The calls so far, a line each.
    var calls: [String] {
        let text = (try? String(contentsOfFile: folder.file("calls"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }
}
