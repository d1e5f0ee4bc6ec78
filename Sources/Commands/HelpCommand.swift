/// `berth help [COMMAND]`.
enum HelpCommand: Subcommand {
    static let name = "help"
    static let summary = "explain the commands, or one of them"
    static let flags: [Flag] = []

    static func run(_ context: Context) async throws -> ExitCode {
        guard let name = context.arguments.operands.first else {
            context.print(overview)
            return .success
        }
        guard let command = subcommands.first(where: { $0.name == name }) else {
            throw UsageError.unknownCommand(name)
        }
        context.print(page(of: command))
        return .success
    }

    static var overview: String {
        let width = subcommands.map { $0.name.count }.max() ?? 0
        let list = subcommands.map { command in
            let gap = String(repeating: " ", count: width - command.name.count + 2)
            return "  \(command.name)\(gap)\(command.summary)\n"
        }
        return """
            berth keeps a Docker host true to a git repository.

            usage: berth COMMAND [OPTIONS]

            \(list.joined())
            berth help COMMAND lists a command's options.
            """
    }

    static func page(of command: any Subcommand.Type) -> String {
        let options = command.flags.map { flag in
            let variable = flag.variable.map { "; \($0)" } ?? ""
            let standard = flag.standard.map { " [\($0)]" } ?? ""
            return "  \(flag.usage)\n      \(flag.help)\(standard)\(variable)\n"
        }
        return "berth \(command.name): \(command.summary)\n\n\(options.joined())"
    }
}
