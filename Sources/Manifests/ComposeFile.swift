package import Model
internal import YAML

/// One Compose file by itself, without an environment.
package enum ComposeFile {
    /// The file in canonical form, as `docker compose config` shows it.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - path: what diagnostics call it.
    ///   - variables: what `${NAME}` stands for; nothing else is.
    /// - Returns: the model; every value's origin is of the kind `manifest`.
    /// - Throws: all that is wrong with the file at once.
    package static func model(
        of bytes: [UInt8],
        path: String,
        variables: [String: String] = [:]
    ) throws(InvalidComposeFile) -> ComposeModel {
        var problems = Problems()
        do {
            let root = try ManifestFile.parse(bytes, path: path)
            var known = Variables()
            known.values = variables.mapValues { Variables.Variable(value: $0) }
            if known.values[Variables.project] == nil, let name = root["name"]?.scalar?.text,
                !name.contains("$")
            {
                known.values[Variables.project] = Variables.Variable(value: name)
            }
            problems.report(KeyText.problems(in: root, of: path))
            var reader = ItemReader(file: path, kind: .manifest, variables: known)
            let item = reader.read(root)
            if let value = ManifestKeys.shape.read(item, at: "", into: &problems),
                !problems.hasErrors
            {
                return ComposeModel(root: value.withBareNamesOfServices(from: known))
            }
        } catch {
            problems.report(error)
        }
        throw InvalidComposeFile(diagnostics: problems.sorted)
    }
}

/// Why a Compose file cannot be used: everything that is wrong with it.
package struct InvalidComposeFile: Error, Sendable, CustomStringConvertible {
    /// What is wrong, ordered by place; warnings among it.
    package var diagnostics: [Diagnostic]
    /// Words to add to the command line, each option before its value; none where no option helps.
    package var options: [String] = []

    /// One line for each diagnostic, and one with all options to add.
    package var description: String {
        let lines = diagnostics.map(\.description)
        guard !options.isEmpty else { return lines.joined(separator: "\n") }
        let words = options.map(ShellText.quoted).joined(separator: " ")
        return (lines + ["add to the command: \(words)"]).joined(separator: "\n")
    }
}
