/// One subcommand: what it is called, what it takes, what it does.
protocol Subcommand: Sendable {
    /// The word on the command line.
    static var name: String { get }
    /// One line for the list of commands.
    static var summary: String { get }
    /// The options that it takes.
    static var flags: [Flag] { get }
    /// Does the work.
    static func run(_ context: Context) async throws -> ExitCode
}

/// All of them, in the order of the help.
let subcommands: [any Subcommand.Type] = [
    RunCommand.self, PlanCommand.self, ApplyCommand.self, DriftCommand.self, StatusCommand.self,
    TrafficCommand.self,
    ValidateCommand.self, ConfigCommand.self, InitCommand.self, SchemaCommand.self,
    CheckCommand.self, VersionCommand.self, HelpCommand.self,
]
