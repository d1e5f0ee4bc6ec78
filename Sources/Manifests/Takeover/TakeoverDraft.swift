internal import Model

/// The files of a new fleet, until nothing is wrong with them.
struct TakeoverDraft {
    let source: Takeover.Source
    let edit: ManifestEdit
    let manifestPath: String
    private var grants: Set<Problems.Grant> = []
    private var sharedVolumes: Set<String> = []

    /// The environments, in the order in which versions go through them.
    private static let chain = ["dev", "staging", "prod"]
    private static let revision = Revision(
        id: String(repeating: "0", count: 40),
        author: "",
        date: Moment(milliseconds: 0),
        subject: ""
    )

    init(source: Takeover.Source, edit: ManifestEdit, name: String) {
        self.source = source
        self.edit = edit
        manifestPath = "manifests/\(name).yaml"
    }

    /// Manifest and environments.
    var files: [(path: String, text: String)] {
        var files = [(path: manifestPath, text: edit.text)]
        for (index, name) in Self.chain.enumerated() {
            let before = index == 0 ? nil : Self.chain[index - 1]
            files.append(("environments/\(name).yaml", environment(name, after: before)))
        }
        return files
    }

    /// What somebody should look at.
    var notes: [String] {
        var notes: [String] = []
        if !source.variables.isEmpty {
            notes.append(
                "the values of --set stand in the environment files, which go to git; passwords "
                    + "belong into secrets, or an env_file with an absolute path on the host"
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

    /// What cannot be taken over, by its place in the Compose file.
    func problems() -> [Diagnostic] {
        var resolver = resolver
        do throws(InvalidEnvironment) {
            _ = try resolver.desiredState()
        } catch {
            return error.diagnostics.filter { $0.severity == .error }.map(atSource)
        }
        return fleet.validate().filter { $0.severity == .error }.map(atSource)
    }

    private var fleet: Fleet {
        let contents = files.map { ($0.path, Array($0.text.utf8)) }
        return Fleet(FleetFiles(Dictionary(contents) { $1 }, other: source.other))
    }

    private var resolver: Resolver {
        let fleet = fleet
        let file = fleet.environments.first { $0.name == Self.chain.last }
        return Resolver(
            fleet: fleet,
            file: file ?? EnvironmentFile(name: "prod", path: "environments/prod.yaml", bytes: []),
            revision: Self.revision
        )
    }

    private func atSource(_ problem: Diagnostic) -> Diagnostic {
        var problem = problem
        let folder = source.folder ?? ""
        let rewritten = "\"../" + (folder.isEmpty ? "" : "\(folder)/")
        let field = problem.field.replacing(".version", with: ".image")
        if problem.location?.file == manifestPath, let place = problem.location {
            problem.location = edit.sourcePlace(of: place)
            problem.message = problem.message.replacing(rewritten, with: "\"./")
        } else {
            problem.location = edit.place(of: field)
        }
        return problem
    }

    // MARK: Text

    private func environment(_ name: String, after before: String?) -> String {
        var text = "# What runs in \(name)."
        text += before == nil ? "\n" : " Versions come from \(before ?? "") by a commit here.\n"
        if let registry = edit.registry { text += "registry: \(Self.quoted(registry))\n" }
        text += "pull_policy: if_not_present\n"
        if let before { text += "promotes_from: \(before)\n" }
        let reserved = Set(Variables.reserved.map(\.name))
        let variables = source.variables.filter { !reserved.contains($0.key) }
        if !variables.isEmpty {
            text += "variables:\n"
            for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
                text += "  \(Self.quoted(name)): \(Self.quoted(value))\n"
            }
        }
        text += edit.services.isEmpty ? "services: {}\n" : "services:\n"
        for service in edit.services {
            text += "  \(Self.quoted(service.name)):\n"
            if let version = service.version {
                text += "    version: \(Self.quoted(version, always: true))\n"
            }
            text += service.moved.joined()
        }
        return text + shared + policy
    }

    private var shared: String {
        guard !sharedVolumes.isEmpty else { return "" }
        let entries = sharedVolumes.sorted().map {
            "  \(Self.quoted($0)): { x-berth: { shared: true } }\n"
        }
        return "# What several containers write to.\nvolumes:\n" + entries.joined()
    }

    private var policy: String {
        guard !grants.isEmpty else { return "" }
        var text = "# What the services reach beyond their containers.\npolicy:\n"
        for (key, entries) in Dictionary(grouping: grants, by: \.key).sorted(by: { $0.key < $1.key }
        ) {
            text += "  \(key):\n"
            for entry in entries.map(\.entry).sorted() { text += "    - \(Self.quoted(entry))\n" }
        }
        return text
    }

    private static func quoted(_ text: String, always: Bool = false) -> String {
        always ? YAMLWriter.quoted(text) : YAMLWriter.text(text)
    }
}
