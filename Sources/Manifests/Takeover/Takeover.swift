internal import YAML

/// A Compose file turned into the files of a fleet repository.
///
/// The manifest is the Compose file's own text, comments included. Versions, the registry, ports
/// and
/// pull policies go to the environments, and what the file reaches on the host becomes their
/// policy.
public struct Takeover: Sendable {
    /// The new files: paths in the repository, and their texts.
    public let files: [(path: String, text: String)]
    /// What somebody should look at, one sentence each.
    public let notes: [String]

    /// Where a Compose file comes from and goes to.
    public struct Source: Sendable {
        /// The content.
        public var bytes: [UInt8]
        /// What diagnostics call it.
        public var path: String
        /// Its folder, from the repository's root, empty for the root; nil where it lies outside.
        public var folder: String?
        /// What `${NAME}` stands for.
        public var variables: [String: String]
        /// Looks up a file of the repository.
        public var other: @Sendable (_ path: String) throws -> [UInt8]?

        /// Names a source.
        public init(
            bytes: [UInt8],
            path: String,
            folder: String?,
            variables: [String: String],
            other: @escaping @Sendable (_ path: String) throws -> [UInt8]?
        ) {
            self.bytes = bytes
            self.path = path
            self.folder = folder
            self.variables = variables
            self.other = other
        }
    }

    /// Takes a file over.
    ///
    /// - Throws: every line that cannot be taken over, by its place in the Compose file.
    public init(of source: Source) throws(InvalidComposeFile) {
        let model = try ComposeFile.model(
            of: source.bytes,
            path: source.path,
            variables: source.variables
        )
        let root: Node
        do {
            root = try ManifestFile.parse(source.bytes, path: source.path)
        } catch {
            throw InvalidComposeFile(diagnostics: [error])
        }
        var edit = ManifestEdit(source: source, root: root, model: model)
        edit.run()
        guard edit.problems.isEmpty else {
            throw InvalidComposeFile(diagnostics: edit.problems)
        }
        var draft = TakeoverDraft(source: source, edit: edit, name: Self.name(of: model))
        draft.grantWhatIsUsed()
        let problems = draft.problems()
        guard problems.isEmpty else { throw InvalidComposeFile(diagnostics: problems) }
        files = draft.files
        notes = draft.notes
    }

    /// The manifest is called after its only service, or after the project.
    private static func name(of model: ComposeModel) -> String {
        let services = model.root["services"]?.map?.keys ?? []
        let name = services.count == 1 ? services.first : model.root["name"]?.string
        guard let name, !name.isEmpty,
            name.utf8.allSatisfy({ $0.continuesName || $0 == 0x2D }), name.utf8.count <= 63
        else { return "services" }
        return name
    }
}
