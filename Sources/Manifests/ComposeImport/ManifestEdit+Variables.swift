internal import Model
internal import YAML

/// Variables: which are missing, and which mean something else from now on.
extension ManifestEdit {
    /// The names that Berth fills by itself.
    static let reserved = Set(Variables.reserved.map(\.name))

    // MARK: Before the changes

    /// Finds the variables that have neither a value nor a default, all of them.
    mutating func survey() {
        for entry in root["services"]?.mapping?.entries ?? [] where active.contains(entry.name) {
            let field = "services.\(entry.name)"
            for part in entry.value.mapping?.entries ?? [] {
                let isReplaced = part.name == "image" && source.images[entry.name] != nil
                guard part.name != "build", !isReplaced else { continue }
                survey(part.value, "\(field).\(part.name)", in: part.name)
            }
        }
        for section in ["networks", "volumes", "configs", "secrets"] {
            if let node = root[section] { survey(node, section, in: section) }
        }
    }

    private mutating func survey(_ node: Node, _ field: String, in key: String) {
        switch node.content {
        case .scalar(let scalar):
            guard scalar.text.utf8.contains(.dollar) else { return }
            let result = FilledText(scalar.text, variables) { name in
                standIn(for: name, in: scalar.text, of: key)
            }
            for name in result.missing { report(missing: name, in: scalar.text, key, node, field) }
        case .sequence(let items):
            for (index, item) in items.enumerated() { survey(item, "\(field)[\(index)]", in: key) }
        case .mapping(let mapping):
            for entry in mapping.entries { survey(entry.value, "\(field).\(entry.name)", in: key) }
        }
    }

    private mutating func report(
        missing name: String,
        in text: String,
        _ key: String,
        _ node: Node,
        _ field: String
    ) {
        let value = standIn(for: name, in: text, of: key)
        variables[name] = value
        wanted.want("set", "\(name)=\(value)")
        report(
            "variable \(name) is not set",
            remedy: "add it to .env, or --set \(name)=…, or give a default ${\(name):-…}",
            at: node.mark,
            field: field
        )
    }

    /// What is offered for a variable that is missing: nothing, as Compose takes it, but where
    /// nothing would be no image and no path.
    private func standIn(for name: String, in text: String, of key: String) -> String {
        switch key {
        case "image":
            let isTag = ["${\(name)", "$\(name)"].contains { mention in
                text.contains(":\(mention)") || text.contains("-\(mention)")
            }
            return isTag ? "1.0.0" : Self.exampleRegistry
        case "volumes", "env_file", "configs", "secrets":
            let isStart = text.hasPrefix("${\(name)") || text.hasPrefix("$\(name)")
            guard isStart else { return "" }
            return PathText.cleaned("\(source.data ?? source.place)/\(name.lowercased())")
        default:
            let isRequired = text.contains("${\(name):?") || text.contains("${\(name)?")
            return isRequired ? "CHANGE_ME" : ""
        }
    }

    // MARK: After the changes

    /// Takes out what `removals` names, each from the map or list that has it.
    mutating func remove() {
        guard !removals.isEmpty else { return }
        remove(from: root)
    }

    private mutating func remove(from node: Node) {
        guard !node.isAlias else { return }
        switch node.content {
        case .scalar: return
        case .sequence(let items):
            let chosen = items.filter { !$0.isAlias && removals.contains($0.mark.offset) }
            if !chosen.isEmpty, !changes.remove(chosen, fromList: node) {
                chosen.forEach { reportStuck(at: $0.mark) }
            }
            for item in items { remove(from: item) }
        case .mapping(let mapping):
            let own = mapping.entries.filter { !$0.isMerged }
            let chosen = own.filter { removals.contains($0.key.mark.offset) }
            if !chosen.isEmpty, !changes.remove(chosen, from: node) {
                chosen.forEach { reportStuck(at: $0.key.mark) }
            }
            for entry in own { remove(from: entry.value) }
        }
    }

    private mutating func reportStuck(at mark: Mark) {
        report(
            "it looks like a secret, and shares its line with something else",
            remedy: "write it on a line of its own",
            at: mark,
            field: "environment"
        )
    }

    /// Looks at what the manifest still says of a service.
    mutating func settle(_ service: Service) {
        guard let node = root["services"]?[service.name] else { return }
        let own = supplied(version: service.version)
        for entry in node.mapping?.entries ?? []
        where !["image", "build", "env_file"].contains(entry.name) {
            settle(entry.value, own, "services.\(service.name).\(entry.name)")
        }
    }

    /// Looks at what the manifest says beside the services.
    mutating func settleSections() {
        let own = supplied(version: nil)
        for section in ["networks", "volumes", "configs", "secrets"] {
            if let node = root[section] { settle(node, own, section) }
        }
    }

    /// What Berth fills in by itself from now on.
    private func supplied(version: String?) -> [String: String] {
        var values = ["ENVIRONMENT": "prod"]
        values["VERSION"] = version
        values["DOCKER_REGISTRY"] = registry
        values["IMAGE_PULL_POLICY"] = pullPolicy
        values[Variables.project] = source.project
        return values
    }

    private mutating func settle(_ node: Node, _ own: [String: String], _ field: String) {
        switch node.content {
        case .scalar(let scalar): settle(scalar, node, own, field)
        case .sequence(let items):
            for (index, item) in items.enumerated()
            where !removals.contains(item.mark.offset) {
                settle(item, own, "\(field)[\(index)]")
            }
        case .mapping(let mapping):
            for entry in mapping.entries where !removals.contains(entry.key.mark.offset) {
                settle(entry.value, own, "\(field).\(entry.name)")
            }
        }
    }

    private mutating func settle(
        _ scalar: Scalar,
        _ node: Node,
        _ own: [String: String],
        _ field: String
    ) {
        let now = filled(scalar.text)
        guard now.problem == nil else { return }
        if let name = now.names.first(where: isSecretVariable) {
            return report(
                "\(name) looks like a secret, and stands here in git",
                remedy: "have the program read it from its environment or a file, or add "
                    + "--no-secret \(name) if it is none",
                at: node.mark,
                field: field
            )
        }
        if SecretRule.holdsSecret(now.text) {
            return report(
                "the value looks like a secret, and stands here in git",
                remedy: "have the program read it from its environment or a file",
                at: node.mark,
                field: field
            )
        }
        guard !Self.reserved.isDisjoint(with: now.names) else { return }
        let later = variables.filter { !Self.reserved.contains($0.key) }.merging(own) { $1 }
        let then = FilledText(scalar.text, later)
        guard then.text != now.text || !then.missing.isEmpty || then.problem != nil else { return }
        changes.replace(node.range, with: YAMLWriter.text(now.text, isValue: true))
    }

    /// The variables that the environment files list: those that the new files mention.
    ///
    /// Where something is wrong, and so nothing is written, what would not go to git has a
    /// stand-in, so that the rest can be looked at.
    func settings(in text: String) -> [(name: String, value: String)] {
        let texts = [text] + services.flatMap(\.entries)
        let used = texts.reduce(into: bareNames) { $0.formUnion(VariableNames.used(in: $1)) }
        return used.subtracting(Self.reserved).sorted().compactMap { name in
            guard let value = variables[name] else { return nil }
            guard isSecretVariable(name) else { return (name, value) }
            return problems.isEmpty ? nil : (name, "x")
        }
    }
}
