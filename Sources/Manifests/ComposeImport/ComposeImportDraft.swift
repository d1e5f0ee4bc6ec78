internal import Model

/// The files of a new fleet, until nothing is wrong with them.
struct ComposeImportDraft {
    let source: ComposeImport.Source
    let edit: ManifestEdit
    let manifestPath: String
    private var grants: Set<Problems.Grant> = []
    private var sharedVolumes: Set<String> = []

    /// The environments, in the order in which versions go through them.
    private static let chain = ["dev", "staging", "prod"]

    init(source: ComposeImport.Source, edit: ManifestEdit, name: String) {
        self.source = source
        self.edit = edit
        manifestPath = "manifests/\(name).yaml"
    }

    /// What runs today is prod, unless the project is called as another environment; the others
    /// have volumes and networks of their own.
    private var adopter: String {
        Self.chain.first { $0 == source.project } ?? Self.chain.last ?? ""
    }

    var files: [(path: String, text: String)] {
        let manifest = edit.changes.text
        let settings = edit.settings(in: manifest)
        var files = [(path: manifestPath, text: manifest)]
        for (index, name) in Self.chain.enumerated() {
            let before = index == 0 ? nil : Self.chain[index - 1]
            let text = environment(name, after: before, settings)
            files.append(("environments/\(name).yaml", text))
        }
        return files
    }

    var notes: [String] {
        var notes = edit.notes
        if let project = source.project {
            notes.append(
                "\(adopter) adopts the Compose project \(project): the first berth apply takes "
                    + "over its running containers, volumes and networks; berth plan shows how"
            )
        }
        if !grants.isEmpty {
            let keys = Set(grants.map(\.key)).sorted().joined(separator: ", ")
            notes.append(
                "policy grants what the Compose file used (\(keys)); read it before you keep it"
            )
        }
        if !sharedVolumes.isEmpty || grants.contains(where: { $0.key == "shared_paths" }) {
            notes.append(
                "several containers write to one volume or path, as the Compose file lets them: it "
                    + "is declared shared; make sure that the applications allow it"
            )
        }
        if grants.contains(where: { $0.key == "floating_tags" }) {
            notes.append(
                "tags that name no version are allowed for now; name versions, and remove them"
            )
        }
        return notes
    }

    /// Writes into the policy what the Compose file has had all along.
    mutating func grantWhatIsUsed() {
        var resolver = resolver
        _ = try? resolver.desiredState()
        grants = resolver.problems.grants
        sharedVolumes = resolver.problems.sharedVolumes
    }

    func problems() -> [Diagnostic] {
        var resolver = resolver
        do throws(InvalidEnvironment) {
            _ = try resolver.desiredState()
        } catch {
            return error.diagnostics.filter { $0.severity == .error }.map(atSource)
        }
        return fleet.validate().filter { $0.severity == .error }.map(atSource)
    }

    /// Secrets that the new files have all the same, as in a comment, by their place.
    ///
    /// What is short, or a word, may stand there for another reason.
    func leaks() -> [Diagnostic] {
        let known = source.variables.filter { edit.isSecretVariable($0.key) }
        // What a variable that is no secret says may stand anywhere.
        let open = Set(source.variables.filter { known[$0.key] == nil }.values)
        let all = (edit.secrets + known.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            .filter { !open.contains($0.1) }
        var found: [Diagnostic] = []
        for (path, text) in files {
            for (name, value) in all where Self.isTelling(value) {
                guard let range = text.utf8.firstRange(of: value.utf8) else { continue }
                let offset = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
                let place = TextChanges(Array(text.utf8), path: path).location(offset)
                let problem = Diagnostic(
                    at: place,
                    "the value of \(name) would be in git here",
                    remedy: "remove it"
                )
                found.append(atSource(problem))
            }
        }
        return found
    }

    private static func isTelling(_ value: String) -> Bool {
        value.utf8.count >= 6 && value.contains(where: \.isNumber)
            && value.contains(where: \.isLetter)
    }

    private var fleet: Fleet {
        let texts = files.map { ($0.path, Array($0.text.utf8)) }
        let contents = texts + edit.copies.map { ($0.path, $0.bytes) }
        return Fleet(FleetFiles(Dictionary(contents) { $1 }, other: source.other))
    }

    private var resolver: Resolver {
        let fleet = fleet
        let file = fleet.environments.first { $0.name == Self.chain.last }
        return Resolver(
            fleet: fleet,
            file: file ?? EnvironmentFile(name: "prod", path: "environments/prod.yaml", bytes: []),
            revision: .placeholder
        )
    }

    private func atSource(_ problem: Diagnostic) -> Diagnostic {
        var problem = problem
        let folder = source.folder ?? ""
        let rewritten = "\"../" + (folder.isEmpty ? "" : "\(folder)/")
        let field = problem.field.replacing(".version", with: ".image")
        if problem.location?.file == manifestPath, let place = problem.location {
            problem.location = edit.changes.place(before: place)
            problem.message = problem.message.replacing(rewritten, with: "\"./")
        } else {
            problem.location = edit.place(of: field)
        }
        return problem
    }

    // MARK: Text

    private func environment(
        _ name: String,
        after before: String?,
        _ settings: [(name: String, value: String)]
    ) -> String {
        var text = "# What runs in \(name)."
        text += before == nil ? "\n" : " Versions come from \(before ?? "") by a commit here.\n"
        if let registry = edit.registry { text += "registry: \(YAMLWriter.text(registry))\n" }
        if let policy = edit.pullPolicy { text += "pull_policy: \(YAMLWriter.text(policy))\n" }
        if let before { text += "promotes_from: \(before)\n" }
        if name == adopter, let project = source.project {
            text += "# The Compose project that runs here and is taken over.\n"
            text += "adopts: { project: \(YAMLWriter.text(project, isValue: true)) }\n"
        }
        if !settings.isEmpty {
            text += "variables:\n"
            for (name, value) in settings {
                text += "  \(YAMLWriter.text(name)): \(YAMLWriter.text(value))\n"
            }
        }
        text += edit.services.isEmpty ? "services: {}\n" : "services:\n"
        for service in edit.services {
            text += "  \(YAMLWriter.text(service.name)):\n"
            if let version = service.version {
                text += "    version: \(YAMLWriter.quoted(version))\n"
            }
            text += service.entries.joined()
        }
        return text + edit.volumes(shared: sharedVolumes) + policy
    }

    private var policy: String {
        guard !grants.isEmpty else { return "" }
        var text = "# What the services reach beyond their containers.\npolicy:\n"
        let lists = Dictionary(grouping: grants, by: \.key).mapValues { $0.map(\.entry).sorted() }
        for (key, entries) in lists.sorted(by: { $0.key < $1.key }) {
            text += "  \(key):\n"
            for entry in entries { text += "    - \(YAMLWriter.text(entry))\n" }
        }
        return text
    }
}
