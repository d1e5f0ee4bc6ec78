package import Model
internal import YAML

/// One Compose file by itself, without an environment.
package enum ComposeFile {
    /// The file in canonical form, as `docker compose config` shows it; nothing but `variables` is
    /// filled in.
    ///
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

    package var description: String {
        let lines = diagnostics.map(\.description)
        guard !options.isEmpty else { return lines.joined(separator: "\n") }
        let words = options.map(ShellText.quoted).joined(separator: " ")
        return (lines + ["add to the command: \(words)"]).joined(separator: "\n")
    }
}

enum ShellText {
    /// A word that every POSIX shell reads as it is (POSIX.1-2017, shell 2.2.2).
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy {
            $0.continuesName || "./-:=@,+%".utf8.contains($0)
        }
        if isPlain, !word.isEmpty { return word }
        let parts = word.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
        return "'" + parts.map { String(Substring($0)) }.joined(separator: "'\\''") + "'"
    }
}
