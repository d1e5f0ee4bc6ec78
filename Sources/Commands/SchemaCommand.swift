internal import Manifests

/// `berth schema manifest|environment`: the JSON Schemas, for editors.
enum SchemaCommand: Subcommand {
    static let name = "schema"
    static let summary = "print the JSON Schema of a manifest or an environment, for editors"
    static let flags: [Flag] = []

    private static let schemas = ["manifest": Schema.manifest, "environment": Schema.environment]

    static func run(_ context: Context) async throws -> ExitCode {
        let words = context.arguments.operands
        if words.count > 1 { throw UsageError.unexpectedOperand(words[1]) }
        guard let word = words.first else {
            throw UsageError.missingOperand("manifest or environment")
        }
        guard let schema = schemas[word] else {
            throw UsageError.badOperand(word, wanted: "write manifest or environment")
        }
        context.print(schema)
        return .success
    }
}
