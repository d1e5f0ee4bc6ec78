package import Model
internal import YAML

extension ComposeFile {
    /// What a file calls its project; nil where it does not say.
    package static func projectName(
        in bytes: [UInt8],
        variables: [String: String]
    ) -> String? {
        let root = try? ManifestFile.parse(bytes, path: "")
        return root?["name"]?.scalar.map { FilledText($0.text, variables).text }
    }
}

/// The variables of a `.env` file beside a Compose file.
package enum ComposeVariables {
    /// Reads a file by Compose's rules: `known` comes before what the file itself set, and a
    /// missing variable is empty.
    ///
    /// - Throws: the place of the first line that cannot be read; nothing of its content, which
    ///   may be secret.
    package static func read(
        _ bytes: [UInt8],
        path: String,
        known: [String: String] = [:]
    ) throws(Diagnostic) -> [String: String] {
        do {
            let text = String(decoding: bytes, as: UTF8.self)
            let entries = try DotEnvText.parse(text, unsetIsEmpty: true) { known[$0] }
            return Dictionary(entries.map { ($0.key, $0.value) }) { _, later in later }
        } catch {
            throw Diagnostic(
                at: SourceLocation(file: path, line: error.line, column: 1),
                "the line is no variable",
                remedy: "write NAME=value, and close quotes"
            )
        }
    }
}
