/// The JSON Schemas (draft 2020-12) of the two kinds of file, made of the tables that the reader
/// itself goes by.
package enum Schema {
    /// What a file of `manifests/` may say.
    package static var manifest: String {
        document("A manifest of Berth, which is a Compose file", ManifestKeys.shape.schema)
    }

    /// What a file of `environments/` may say.
    package static var environment: String {
        document("An environment of Berth", EnvironmentKeys.shape.schema)
    }

    private static func document(_ title: String, _ node: SchemaNode) -> String {
        guard case .object(let parts) = node else { return "" }
        let head: [(String, SchemaNode)] = [
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text(title)),
        ]
        return JSONWriter.write(.object(head + parts))
    }
}
