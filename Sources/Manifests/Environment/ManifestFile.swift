internal import Model
internal import YAML

/// One file of `manifests/`, as far as it can be read without an environment.
struct ManifestFile: Sendable {
    var path: String
    /// The document; nil where it cannot be read.
    var root: Node?
    var problem: Diagnostic?
    var keyProblems: [Diagnostic] = []

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

    var services: [(name: String, node: Node, location: SourceLocation)] {
        root?.services(in: path) ?? []
    }

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
                at: SourceLocation(error.mark, in: path),
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

/// Keys are texts; Compose refuses `1:` and `true:`, which YAML takes for other types.
enum KeyText {
    static func problems(in root: Node, of file: String) -> [Diagnostic] {
        var found: [Diagnostic] = []
        add(root, at: "", file, to: &found)
        return found
    }

    private static func add(
        _ node: Node,
        at field: String,
        _ file: String,
        to found: inout [Diagnostic]
    ) {
        // What an alias stands for is looked at where it is written.
        guard !node.isAlias, found.count < Problems.most else { return }
        switch node.content {
        case .scalar: break
        case .sequence(let items):
            for (index, item) in items.enumerated() {
                add(item, at: "\(field)[\(index)]", file, to: &found)
            }
        case .mapping(let mapping):
            for entry in mapping.entries where !entry.isMerged {
                let place = field.isEmpty ? entry.name : "\(field).\(entry.name)"
                if let scalar = entry.key.scalar, scalar.isPlain,
                    PlainScalar(scalar.text).kind != .text
                {
                    let problem = Diagnostic(
                        at: SourceLocation(entry.key.mark, in: file),
                        field: place,
                        "a key is a text, and YAML takes \(scalar.text) for something else",
                        remedy: "quote it: \"\(scalar.text)\":"
                    )
                    found.append(problem)
                }
                add(entry.value, at: place, file, to: &found)
            }
        }
    }
}

struct ServiceIndex: Sendable {
    struct Definition: Sendable {
        var manifest: ManifestFile
        var node: Node
        var location: SourceLocation
    }

    /// The definitions by name; more than one is a mistake.
    private(set) var definitions: [String: [Definition]] = [:]
    /// The files that cannot be read, whose services are unknown.
    private(set) var unreadable: [Diagnostic] = []

    init(_ manifests: [ManifestFile]) {
        for manifest in manifests {
            if let problem = manifest.problem { unreadable.append(problem) }
            for (name, node, location) in manifest.services {
                let definition = Definition(manifest: manifest, node: node, location: location)
                definitions[name, default: []].append(definition)
            }
        }
    }
}
