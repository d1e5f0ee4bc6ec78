/// One subcommand of `berth`.
protocol Subcommand: Sendable {
    static var name: String { get }
    /// One line for the list of commands.
    static var summary: String { get }
    /// The placeholder of its argument; nil where it takes none.
    static var argument: String? { get }
    static var flags: [Flag] { get }
    static func run(_ context: Context) async throws -> ExitCode
}

extension Subcommand {
    static var argument: String? { nil }
    static var flags: [Flag] { [] }

    static var usage: String {
        let options = flags.isEmpty ? nil : "[OPTIONS]"
        return ["berth", name, options, argument].compactMap(\.self).joined(separator: " ")
    }
}

/// In the order of the help.
let subcommands: [any Subcommand.Type] = [
    RunCommand.self, PlanCommand.self, ApplyCommand.self, DriftCommand.self, StatusCommand.self,
    TrafficCommand.self, ValidateCommand.self, ConfigCommand.self, InitCommand.self,
    SchemaCommand.self, CheckCommand.self, VersionCommand.self, HelpCommand.self,
]

/// How a command ended, in kubectl's and flux's convention.
enum ExitCode: Int32, Sendable {
    /// Done, or no differences.
    case success = 0
    /// Differences, for commands that report them; a failed release, for `apply` and `status`.
    case difference = 1
    case failure = 2
    /// BSD's EX_USAGE.
    case usage = 64
    /// Ctrl-C: 128 and the signal's number, as in shells.
    case interrupted = 130
    /// SIGTERM, likewise.
    case terminated = 143

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
