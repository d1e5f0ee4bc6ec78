internal import Printing

package enum CommandError: Error, Equatable, Sendable {
    /// There is no such program on this host; `remedy` says how to get it.
    case notFound(program: String, remedy: String)

    case notStarted(program: String, reason: String)

    /// It was killed, with all it had started.
    case timedOut(program: String, after: Duration)

    /// It wrote more than `limit` bytes to its standard output and was killed.
    case outputTooLarge(program: String, limit: Int)

    case failed(program: String, ending: Subprocess.Ending, output: Command.Output)
}

extension CommandError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let program, let remedy):
            "\(program) is not installed on this host. \(remedy)"
        case .notStarted(let program, let reason):
            "\(program) could not be started: \(reason); check the limits of processes, open files "
                + "and memory (ulimit -a), then try again."
        case .timedOut(let program, let limit):
            "\(program) did not end within \(limit) and was killed; check what it waits for, then "
                + "try again."
        case .outputTooLarge(let program, let limit):
            "\(program) wrote more than \(limit) bytes and was killed; that cannot be the expected "
                + "answer."
        case .failed(let program, let ending, let output):
            "\(program) \(ending)\(Self.quoted(output.errorText))"
        }
    }

    /// The first lines of standard error, short enough for a log line.
    private static func quoted(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).prefix(4).joined(separator: "; ")
            .onOneLine(ofAtMost: 400)
        guard !lines.isEmpty else {
            return " and wrote no reason; look for one in the kernel's log (dmesg), or run it by "
                + "hand."
        }
        return ": \(lines)"
    }
}
