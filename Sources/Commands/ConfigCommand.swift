internal import Controller
internal import Manifests
internal import Platform

/// `berth config`: the effective Compose model, offline.
enum ConfigCommand: Subcommand {
    static let name = "config"
    static let summary = "print what comes of an environment's files, or of one Compose file"
    static let flags: [Flag] = [.environment, .modelFormat, .origins, .file, .set]

    private enum Format: String, CaseIterable {
        case yaml
        case json
    }

    static func run(_ context: Context) async throws -> ExitCode {
        let format: Format = try context.choice(.modelFormat)
        let showsOrigins = context.arguments.has(.origins)
        let model = try model(context)
        switch format {
        case .yaml: context.print(model.yaml(withOrigins: showsOrigins))
        case .json: context.print(model.json(withOrigins: showsOrigins))
        }
        return .success
    }

    private static func model(_ context: Context) throws -> ComposeModel {
        let settings = try context.settings()
        if let path = context.arguments[.file] {
            try context.refuseOperands()
            let bytes = try WorkingTree(path: ".").required(path)
            return try ComposeFile.model(of: bytes, path: path, variables: settings)
        }
        guard settings.isEmpty else {
            throw UsageError.badValue(
                Flag.set.name,
                given: context.arguments.all(.set).joined(separator: " "),
                wanted: "it goes with --file; an environment has variables of its own"
            )
        }
        let checked = try CheckedFolder(path: try context.folder())
        return try checked.model(of: try environment(context, among: checked.environments))
    }

    private static func environment(
        _ context: Context,
        among known: [String]
    ) throws(UsageError) -> String {
        if let name = context.arguments[.environment] { return name }
        guard let name = known.first, known.count == 1 else {
            let names = known.joined(separator: ", ")
            throw .missingOption(
                Flag.environment.name,
                why: names.isEmpty
                    ? "the folder has no environments/*.yaml yet" : "the folder has \(names)"
            )
        }
        return name
    }
}
