internal import Model

/// What `${NAME}` in a manifest may stand for; never the process environment.
struct Variables: Sendable {
    struct Variable: Hashable, Sendable {
        var value: String
        /// nil for values that Berth itself supplies.
        var location: SourceLocation?

        init(value: String, location: SourceLocation? = nil) {
            self.value = value
            self.location = location
        }

        init?(_ value: ComposeValue?) {
            guard let value, let text = value.string else { return nil }
            self.init(value: text, location: value.origin.location)
        }
    }

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

    var values: [String: Variable] = [:]
    /// The values of one service, which go before those of all.
    var own: [String: Variable] = [:]
    /// The file to add a missing name to; nil where values come from the command line.
    var environmentFile: String?
    /// Takes a missing variable for an empty one, as Compose does; for comparisons only.
    var unsetIsEmpty = false

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

/// Names in `environment` without a value: the value comes from outside, as in Compose, where
/// outside is the environment file and files of variables, and never the process.
extension ComposeValue {
    /// A service whose bare names have the values of variables; those that no variable has stay
    /// bare, for an `env_file` may have them.
    func withBareNames(from variables: Variables) -> ComposeValue {
        completing { service in
            service["environment"] = service["environment"]?.completing { entries in
                for (name, entry) in entries where entry.content == .null {
                    guard let variable = variables[name] else { continue }
                    var origin = entry.origin
                    let source = Origin.Variable(name: name, location: variable.location)
                    origin.variables.append(source)
                    entries[name] = ComposeValue(.string(variable.value), origin: origin)
                }
            }
        }
    }

    func withBareNamesOfServices(from variables: Variables) -> ComposeValue {
        completing { root in
            root["services"] = root["services"]?.completing { services in
                for (name, service) in services {
                    services[name] = service.withBareNames(from: variables)
                }
            }
        }
    }
}
