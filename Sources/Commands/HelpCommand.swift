/// `berth help [COMMAND]`.
enum HelpCommand: Subcommand {
    static let name = "help"
    static let summary = "show the commands, or the options of a command"
    static let argument: String? = "[COMMAND]"

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

    private static var overview: String {
        let width = subcommands.map { $0.name.count }.max() ?? 0
        let list = subcommands.map { "  \($0.name.padded(to: width))  \($0.summary)\n" }
        return """
            Berth deploys what a git repository describes to a plain Docker host.

            Usage: berth COMMAND [OPTIONS]

            Commands:
            \(list.joined())
            berth help COMMAND lists a command's options.
            """
    }

    static func page(of command: any Subcommand.Type) -> String {
        let options = command.flags.map { flag in
            let facts = [flag.standard.map { "default \($0)" }, flag.variable.map { "env \($0)" }]
                .compactMap(\.self).joined(separator: ", ")
            let note = facts.isEmpty ? "" : " (\(facts))"
            return "  \(flag.usage)\n      \(flag.help)\(note)\n"
        }
        let list = options.isEmpty ? "" : "\nOptions:\n\(options.joined())"
        return "Usage: \(command.usage)\n\n\(command.summary)\n\(list)"
    }
}
