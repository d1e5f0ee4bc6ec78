internal import Model
internal import YAML

/// A Compose file turned into the files of a fleet repository.
///
/// The manifest is the Compose file's own text, comments included. Versions, the registry, ports
/// and pull policies go to the environments, and what the file reaches on the host becomes their
/// policy. What looks like a secret (``SecretRule``) goes to files of the host.
package struct ComposeImport: Sendable {
    /// The new files: paths in the repository, and their texts.
    package let files: [(path: String, text: String)]
    /// Files beside the Compose file that the repository needs: paths in it, and their contents.
    package let copies: [(path: String, bytes: [UInt8])]
    /// Files with secrets: absolute paths on the host, and their texts.
    package let hostFiles: [(path: String, text: String)]
    package let notes: [String]

    /// - Throws: every line that cannot be imported, and the options that would help.
    package init(of source: Source) throws(InvalidComposeFile) {
        let root: Node
        do {
            root = try ManifestFile.parse(source.bytes, path: source.path)
        } catch {
            throw InvalidComposeFile(diagnostics: [error])
        }
        guard root["services"]?.mapping?.isEmpty == false else {
            let mark = root["services"]?.mark ?? root.mark
            let problem = Diagnostic(
                at: SourceLocation(mark, in: source.path),
                field: "services",
                "the file has no services",
                remedy: "list them under services:"
            )
            throw InvalidComposeFile(diagnostics: [problem])
        }
        var edit = ManifestEdit(source: source, root: root)
        edit.checkImages()
        edit.run()
        var draft = ComposeImportDraft(source: source, edit: edit, name: Self.name(of: root, edit))
        draft.grantWhatIsUsed()
        // Of a field with a problem, nothing is said that follows from it.
        let known = Set(edit.problems.map(\.field))
        let others = draft.problems().filter { !known.contains($0.field) }
        let problems = edit.problems + others + draft.leaks()
        guard problems.isEmpty else {
            var all = Problems()
            all.report(problems)
            throw InvalidComposeFile(diagnostics: all.sorted, options: edit.missing.words)
        }
        files = draft.files
        copies = edit.copies
        hostFiles = edit.hostFiles
        notes = draft.notes
    }

    /// The manifest is called after its only service, or after the project.
    private static func name(of root: Node, _ edit: ManifestEdit) -> String {
        let name =
            edit.active.count == 1
            ? edit.active.first : root["name"]?.scalar.map { edit.filled($0.text).text }
        guard let name, !name.isEmpty,
            name.utf8.allSatisfy({ $0.continuesName || $0 == 0x2D }), name.utf8.count <= 63
        else { return "services" }
        return name
    }
}
