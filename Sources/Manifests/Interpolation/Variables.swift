internal import Model

/// What `${NAME}` in a manifest may stand for; never the process environment.
struct Variables: Sendable {
    /// A value and where it was written.
    struct Variable: Hashable, Sendable {
        var value: String
        /// nil for values that Berth itself supplies.
        var location: SourceLocation?

        init(value: String, location: SourceLocation? = nil) {
            self.value = value
            self.location = location
        }

        /// The text of a value, and where it stands.
        init?(_ value: ComposeValue?) {
            guard let value, let text = value.string else { return nil }
            self.init(value: text, location: value.origin.location)
        }
    }

    /// The name that Compose fills with the project's name.
    static let project = "COMPOSE_PROJECT_NAME"

    /// The names that Berth fills from elsewhere in the environment file.
    static let reserved: [(name: String, remedy: String)] = [
        ("DOCKER_REGISTRY", "write registry: at the top of the environment file"),
        ("VERSION", "write version: under the service"),
        ("IMAGE_PULL_POLICY", "write pull_policy: at the top or under the service"),
        ("ENVIRONMENT", "it is the name of the environment file"),
        (project, "it is the name of the environment, or of the project that it adopts"),
        ("GIT_SHA", "it is the commit that is deployed"),
    ]

    /// The values by name.
    var values: [String: Variable] = [:]
    /// The values of one service, which go before those of all.
    var own: [String: Variable] = [:]
    /// What to say of a name that is missing: the environment file, to add it to; nil where there
    /// is none, and values come from the command line.
    var environmentFile: String?
    /// Takes a missing variable for an empty one, as Compose does; for comparisons only.
    var unsetIsEmpty = false

    /// The value of a name; nil where it is not set.
    subscript(_ name: String) -> Variable? { own[name] ?? values[name] }

    /// What sets variables, as advice; `file` is the environment file, nil for the command line.
    static func setting(of names: [String], in file: String?) -> String {
        guard let file else { return "add " + names.map { "--set \($0)=…" }.joined(separator: " ") }
        var ways: [String] = []
        for (name, key) in [
            ("VERSION", "version: under the service"), ("DOCKER_REGISTRY", "registry:"),
            ("IMAGE_PULL_POLICY", "pull_policy:"),
        ] where names.contains(name) {
            ways.append("write \(key) in \(file)")
        }
        let others = names.filter { name in !reserved.contains { $0.name == name } }
        if !others.isEmpty {
            ways.append(
                names.count == 1
                    ? "set it under variables: in \(file)"
                    : "set \(others.enumerated) under variables: in \(file)"
            )
        }
        return ways.joined(separator: ", ")
    }

    /// What sets a variable, as advice; nil for a name that no variable can have.
    func setting(of name: String) -> String? {
        guard name.utf8.first?.startsName == true, name.utf8.allSatisfy(\.continuesName) else {
            return nil
        }
        return Self.setting(of: [name], in: environmentFile)
    }
}
