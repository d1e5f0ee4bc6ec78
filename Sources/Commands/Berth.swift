internal import Foundation
internal import Platform
internal import Printing

/// The whole program: a command line in, an exit code out.
package enum Berth {
    /// Runs the command that `words` name.
    ///
    /// - Parameters:
    ///   - words: the command line without the program's name.
    ///   - environment: the process's variables.
    ///   - print: writes to standard output.
    ///   - complain: writes to standard error, beside the log.
    /// - Returns: the process's exit code.
    package static func run(
        _ words: [String],
        environment: [String: String],
        print: @escaping @Sendable (String) -> Void,
        complain: @Sendable (String) -> Void
    ) async -> Int32 {
        Signals.ignoreBrokenPipes()
        // Whatever files, git, Docker or a registry said: nothing of it moves a cursor.
        let show = { @Sendable (text: String) in print(text.escaped(keepingLineFeeds: true)) }
        let first = words.first ?? "help"
        let name =
            ["--help", "-h"].contains(first) ? "help" : first == "--version" ? "version" : first
        guard let command = subcommands.first(where: { $0.name == name }) else {
            complain("berth: \(UsageError.unknownCommand(first))")
            return ExitCode.usage.rawValue
        }
        let rest = Array(words.dropFirst())
        if rest.contains("--help") || rest.contains("-h") {
            show(HelpCommand.page(of: command))
            return ExitCode.success.rawValue
        }
        do {
            let arguments = try Arguments(rest, of: command, environment: environment)
            let context = Context(arguments: arguments, environment: environment, print: show)
            let code = await run(command, context, complain)
            return arguments.has(.detailedExitCode) ? code.detailed : code.rawValue
        } catch {
            complain("berth \(name): \(error)")
            return ExitCode.usage.rawValue
        }
    }

    private static func run(
        _ command: any Subcommand.Type,
        _ context: Context,
        _ complain: (String) -> Void
    ) async -> ExitCode {
        do {
            return try await command.run(context)
        } catch {
            complain("berth \(command.name): \(error)")
            return error is UsageError ? .usage : .failure
        }
    }
}
