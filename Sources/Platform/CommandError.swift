internal import Printing

/// Why a program did not do what it was run for.
package enum CommandError: Error, Equatable, Sendable {
    /// There is no such program on this host; `remedy` says how to get it.
    case notFound(program: String, remedy: String)

    /// The kernel refused to start the program.
    case notStarted(program: String, reason: String)

    /// The program ran longer than it may and was killed, with all it had started.
    case timedOut(program: String, after: Duration)

    /// The program wrote more than `limit` bytes to its standard output and was killed.
    case outputTooLarge(program: String, limit: Int)

    /// The program ended with a status that says it failed.
    case failed(program: String, ending: Command.Ending, output: Command.Output)
}

extension CommandError: CustomStringConvertible {
    /// What happened and what to do next, in a sentence.
    package var description: String {
        switch self {
        case .notFound(let program, let remedy):
            "\(program) is not installed on this host. \(remedy)"
        case .notStarted(let program, let reason):
            "\(program) could not be started: \(reason); see whether the limits of processes, open "
                + "files and memory leave room (ulimit -a), then try again."
        case .timedOut(let program, let limit):
            "\(program) did not end within \(limit) and was killed; see what it waits for, then "
                + "try again."
        case .outputTooLarge(let program, let limit):
            "\(program) wrote more than \(limit) bytes and was killed; this is not the answer "
                + "that was asked for."
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
