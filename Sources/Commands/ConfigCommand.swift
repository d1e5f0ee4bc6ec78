internal import Controller
internal import Manifests

/// `berth config`: the resolved Compose model, offline.
enum ConfigCommand: Subcommand {
    static let name = "config"
    static let summary = "print the resolved Compose model of an environment or a Compose file"
    static let argument: String? = "[FOLDER]"
    static let flags: [Flag] = [.environment, .modelFormat, .origins, .file, .set]

    static func run(_ context: Context) async throws -> ExitCode {
        let model = try model(context)
        let withOrigins = context.arguments.has(.origins)
        context.print(
            context.arguments[.modelFormat] == "json"
                ? model.json(withOrigins: withOrigins) : model.yaml(withOrigins: withOrigins)
        )
        return .success
    }

    private static func model(_ context: Context) throws -> ComposeModel {
        let settings = try context.settings()
        if let path = context.arguments[.file] {
            if let word = context.arguments.operands.first {
                let usage = "berth config \(Flag.file.usage) [OPTIONS]"
                throw UsageError.unexpectedArgument(word, usage: usage)
            }
            let bytes = try WorkingTree(path: ".").required(path)
            return try ComposeFile.model(of: bytes, path: path, variables: settings)
        }
        guard settings.isEmpty else {
            throw UsageError.misplacedOption("set", requires: Flag.file.usage)
        }
        let checked = try CheckedFolder(path: context.folder)
        let name = context.arguments[.environment]
        return try checked.model(of: name ?? context.only(of: checked.environments, in: "folder"))
    }
}
