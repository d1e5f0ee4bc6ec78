/// How a command ended, in kubectl's and flux's convention.
enum ExitCode: Int32, Sendable {
    /// Done, or no difference.
    case success = 0
    /// Differences, for `plan` and `drift`; something failed, for what acts.
    case difference = 1
    /// The command could not do its work.
    case failure = 2
    /// Ctrl-C (128 and the signal's number, as shells have it).
    case interrupted = 130
    /// SIGTERM, likewise.
    case terminated = 143
    /// The command line means nothing (BSD's EX_USAGE).
    case usage = 64

    /// As terraform's `-detailed-exitcode` numbers them.
    var detailed: Int32 {
        switch self {
        case .success: 0
        case .difference: 2
        case .failure, .usage: 1
        case .interrupted, .terminated: rawValue
        }
    }
}
