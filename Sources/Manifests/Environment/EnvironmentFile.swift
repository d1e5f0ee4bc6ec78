internal import Model
internal import YAML

/// One file of `environments/`, with all that can be read of it by itself.
struct EnvironmentFile: Sendable {
    /// The environment's name: the file's name without its ending.
    var name: String
    var path: String
    /// The document; nil where it cannot be read.
    var root: Node?
    var settings: ComposeValue
    var problems: Problems
    var policy: Policy

    init(name: String, path: String, bytes: [UInt8]) {
        self.name = name
        self.path = path
        problems = Problems()
        settings = ComposeValue(.map(OrderedMap()))
        policy = Policy(nil)
        if let problem = Self.problem(ofName: name) {
            problems.report(problem, at: start, field: "")
        }
        do {
            let document = try ManifestFile.parse(bytes, path: path)
            root = document
            problems.report(KeyText.problems(in: document, of: path))
            let item = ItemReader.plain(document, file: path, kind: .environment)
            if let read = EnvironmentKeys.settings.read(item, at: "", into: &problems) {
                settings = read
            }
            policy = Policy(settings["policy"])
            if document["services"] == nil {
                let error = TextError("the key services is missing", remedy: "list what runs here")
                problems.report(error, at: start, field: "services")
            }
        } catch {
            problems.report(error)
        }
    }

    var start: SourceLocation { SourceLocation(file: path, line: 1, column: 1) }
    var adoptedProject: ComposeValue? { settings["adopts"]?["project"] }

    /// What Compose calls the project, `COMPOSE_PROJECT_NAME`, and what names of volumes and
    /// networks begin with: the adopted project's name, else the environment's.
    var project: String { adoptedProject?.string ?? name }

    var services: [(name: String, node: Node, location: SourceLocation)] {
        root?.services(in: path) ?? []
    }

    var promotesFrom: ComposeValue? { settings["promotes_from"] }

    /// Names become parts of containers' names.
    private static func problem(ofName name: String) -> TextError? {
        let isName = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F || $0 == 0x2D
        }
        guard isName, let first = name.utf8.first, first != 0x5F, first != 0x2D,
            name.utf8.count <= 63
        else {
            return TextError(
                "\(name.quoted) cannot be an environment's name",
                remedy: "rename the file: lower-case letters, digits, hyphens and underscores"
            )
        }
        return nil
    }
}
