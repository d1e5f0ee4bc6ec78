internal import Manifests

/// `berth schema manifest|environment`: the JSON Schemas, for editors.
enum SchemaCommand: Subcommand {
    static let name = "schema"
    static let summary = "print the JSON Schema of manifests or environments, for editors"
    static let argument: String? = "manifest|environment"

    static func run(_ context: Context) async throws -> ExitCode {
        switch context.arguments.operands.first {
        case "manifest": context.print(Schema.manifest)
        case "environment": context.print(Schema.environment)
        case nil: throw UsageError.missingArgument(expected: "manifest or environment")
        case let word?:
            throw UsageError.badArgument(word, expected: "manifest or environment")
        }
        return .success
    }
}
