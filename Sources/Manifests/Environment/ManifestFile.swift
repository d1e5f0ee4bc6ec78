internal import Model
internal import YAML

/// One file of `manifests/`, as far as it can be read without an environment.
struct ManifestFile: Sendable {
    /// The path in the repository.
    var path: String
    /// The document; nil where it cannot be read.
    var root: Node?
    /// Why the document cannot be read.
    var problem: Diagnostic?
    /// What is wrong with its keys.
    var keyProblems: [Diagnostic] = []

    /// Reads a file.
    init(path: String, bytes: [UInt8]) {
        self.path = path
        do {
            let document = try Self.parse(bytes, path: path)
            root = document
            keyProblems = KeyText.problems(in: document, of: path)
        } catch {
            problem = error
        }
    }

    /// The names under `services`, each with the place of its key.
    var services: [(name: String, node: Node, location: SourceLocation)] {
        guard let entries = root?["services"]?.mapping?.entries else { return [] }
        return entries.map { entry in
            let mark = entry.key.mark
            let location = SourceLocation(file: path, line: mark.line, column: mark.column)
            return (entry.name, entry.value, location)
        }
    }

    /// Reads a document that has to be a map.
    static func parse(_ bytes: [UInt8], path: String) throws(Diagnostic) -> Node {
        if let problem = GitPointer.problem(of: bytes) {
            let start = SourceLocation(file: path, line: 1, column: 1)
            throw Diagnostic(at: start, problem.message, remedy: problem.remedy)
        }
        let document: Document
        do {
            document = try Document(parsing: bytes)
        } catch {
            throw Diagnostic(
                at: SourceLocation(file: path, line: error.mark.line, column: error.mark.column),
                error.message,
                remedy: clause(error.remedy)
            )
        }
        guard let root = document.root, root.mapping != nil else {
            let mark = document.root?.mark
            throw Diagnostic(
                at: SourceLocation(file: path, line: mark?.line ?? 1, column: mark?.column ?? 1),
                "the file is not a map",
                remedy: "start it with services:"
            )
        }
        return root
    }

    /// The reader's sentence as diagnostics write it: no capital, no full stop.
    private static func clause(_ sentence: String) -> String {
        let text = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
