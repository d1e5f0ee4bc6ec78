internal import Model
internal import YAML

/// Variables: which are missing, and which mean something else from now on.
extension ManifestEdit {
    static let reserved = Set(Variables.reserved.map(\.name))

    // MARK: Before the changes

    /// Finds the variables that have neither a value nor a default, all of them.
    mutating func survey() {
        for entry in serviceEntries where active.contains(entry.name) {
            for part in entry.value.entries {
                let isReplaced = part.name == "image" && source.images[entry.name] != nil
                guard part.name != "build", !isReplaced else { continue }
                survey(part.value, "services.\(entry.name).\(part.name)", in: part.name)
            }
        }
        for section in ManifestKeys.resources {
            if let node = root[section] { survey(node, section, in: section) }
        }
    }

    private mutating func survey(_ node: Node, _ field: String, in key: String) {
        for (field, node) in node.scalars(at: field) {
            guard let text = node.scalar?.text, text.utf8.contains(.dollar) else { continue }
            let result = FilledText(text, variables) { standIn(for: $0, in: text, of: key) }
            for name in result.missing {
                let value = standIn(for: name, in: text, of: key)
                variables[name] = value
                missing.add("set", "\(name)=\(value)")
                let error = TextError("variable \(name) is not set").with(
                    remedy: "add it to .env, or --set \(name)=…, or give a default ${\(name):-…}"
                )
                report(error, at: node.mark, field: field)
            }
        }
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
            return hostPath(of: name.lowercased())
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
        let error = TextError("it looks like a secret, and shares its line with something else")
            .with(remedy: "write it on a line of its own")
        report(error, at: mark, field: "environment")
    }

    /// Checks what stays in the manifest, and keeps the meaning of names that Berth fills.
    mutating func settle() {
        for service in services {
            let own = supplied(version: service.version)
            for entry in service.node.entries
            where !["image", "build", "env_file"].contains(entry.name) {
                settle(entry.value, own, "services.\(service.name).\(entry.name)")
            }
        }
        let own = supplied(version: nil)
        for section in ManifestKeys.resources {
            if let node = root[section] { settle(node, own, section) }
        }
    }

    private static let otherWay = "have the program read it from its environment or a file"

    private func supplied(version: String?) -> [String: String] {
        var values = ["ENVIRONMENT": "prod"]
        values["VERSION"] = version
        values["DOCKER_REGISTRY"] = registry
        values["IMAGE_PULL_POLICY"] = pullPolicy
        values[Variables.project] = source.project
        return values
    }

    private mutating func settle(_ node: Node, _ own: [String: String], _ field: String) {
        for (field, node) in node.scalars(at: field, except: removals) {
            settle(scalar: node, own, field)
        }
    }

    private mutating func settle(scalar node: Node, _ own: [String: String], _ field: String) {
        let text = node.scalar?.text ?? ""
        let now = filled(text)
        guard now.problem == nil else { return }
        if let name = now.names.first(where: isSecretVariable) {
            let error = TextError("\(name) looks like a secret, and would be in git here")
                .with(remedy: "\(Self.otherWay), or add --no-secret \(name) if it is none")
            return report(error, at: node.mark, field: field)
        }
        if SecretRule.holdsSecret(now.text) {
            let error = TextError("the value looks like a secret, and would be in git here")
                .with(remedy: Self.otherWay)
            return report(error, at: node.mark, field: field)
        }
        guard !Self.reserved.isDisjoint(with: now.names) else { return }
        let later = variables.filter { !Self.reserved.contains($0.key) }.merging(own) { $1 }
        let then = FilledText(text, later)
        guard then.text != now.text || !then.missing.isEmpty || then.problem != nil else { return }
        changes.set(node, to: now.text)
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

extension Node {
    /// The scalars of a node by field, without entries and items that start at the offsets.
    fileprivate func scalars(
        at field: String,
        except offsets: Set<Int> = []
    ) -> [(field: String, node: Node)] {
        switch content {
        case .scalar: [(field, self)]
        case .sequence(let items):
            items.enumerated().filter { !offsets.contains($1.mark.offset) }
                .flatMap { $1.scalars(at: "\(field)[\($0)]", except: offsets) }
        case .mapping(let mapping):
            mapping.entries.filter { !offsets.contains($0.key.mark.offset) }
                .flatMap { $0.value.scalars(at: "\(field).\($0.name)", except: offsets) }
        }
    }
}
