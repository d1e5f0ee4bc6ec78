internal import Model
internal import YAML

/// `environment` and `env_file`: what looks like a secret goes to a file of the host.
extension ManifestEdit {
    private struct Entry {
        var name: String
        /// The value as it is written; nil for a bare name.
        var template: String?
        var node: Node
        var offset: Int
    }

    /// Moves a service's secrets, and the variables of files that cannot be committed.
    mutating func keepSecrets(of service: inout Service) {
        let node = service.node
        let entries = Self.entries(of: node["environment"])
        var secrets: [String: String] = [:]
        var settings: [String: String] = [:]
        let files = environmentFiles(of: node, service.name)
        if files.isSplit {
            let own = Set(entries.filter { $0.template != nil }.map(\.name))
            for (name, value) in files.variables where !own.contains(name) {
                if isSecret(name, value, of: []) {
                    secrets[name] = value
                } else {
                    settings[name] = value
                }
            }
        }
        for entry in entries {
            guard let template = entry.template else {
                take(entry, files.variables, service.name, &secrets)
                continue
            }
            let value = filled(template)
            guard value.problem == nil, isSecret(entry.name, value.text, of: value.names) else {
                continue
            }
            secrets[entry.name] = value.text
            removals.insert(entry.offset)
        }
        write(settings, to: &service)
        guard !secrets.isEmpty || files.isSplit else { return }
        var list = files.hostFiles
        if !secrets.isEmpty {
            list.append(hostFile(of: service.name, secrets, at: node))
            self.secrets += secrets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
        if !files.isSplit { list += files.kept }
        guard !(list.isEmpty && node["env_file"] == nil) else { return }
        if let entry = node.entry("env_file") {
            if list.isEmpty { return drop(entry, of: &service) }
            if isSole(entry), let lines = changes.ownLines(of: entry) {
                changes.replace(lines, with: "")
            }
        }
        service.entries.append("    env_file:\n" + list.map { "      - \($0)\n" }.joined())
    }

    /// Takes the secrets out of a service that the manifest has and no environment lists.
    mutating func hideSecrets(of node: Node) {
        for entry in Self.entries(of: node["environment"]) {
            guard let template = entry.template else { continue }
            let value = filled(template)
            if isSecret(entry.name, value.text, of: value.names) { removals.insert(entry.offset) }
        }
    }

    /// Whether a value is kept out of git: by its name, its form, or the variables in it.
    private func isSecret(_ name: String, _ value: String, of names: [String]) -> Bool {
        if isSecretVariable(name, value) { return true }
        // To be filled in on the host, where it is empty as yet.
        if value.isEmpty, isSecretVariable(name, "x") { return true }
        return names.contains { isSecretVariable($0) }
    }

    func isSecretVariable(_ name: String) -> Bool {
        variables[name].map { isSecretVariable(name, $0) } ?? false
    }

    private func isSecretVariable(_ name: String, _ value: String) -> Bool {
        !source.harmless.contains(name) && SecretRule.isSecret(name, value)
    }

    /// A bare name has its value from `variables`, or from a file.
    private mutating func take(
        _ entry: Entry,
        _ files: [String: String],
        _ service: String,
        _ secrets: inout [String: String]
    ) {
        guard let value = variables[entry.name] else {
            guard files[entry.name] == nil else { return }
            variables[entry.name] = ""
            bareNames.insert(entry.name)
            missing.add("set", "\(entry.name)=")
            let error = TextError("\(entry.name) has no value")
                .with(remedy: "add it to .env, or --set \(entry.name)=…")
            let field = "services.\(service).environment.\(entry.name)"
            return report(error, at: entry.node.mark, field: field)
        }
        if isSecret(entry.name, value, of: []) {
            secrets[entry.name] = value
            removals.insert(entry.offset)
        } else if Self.reserved.contains(entry.name) {
            // The name will stand for something else.
            let isItem = entry.offset == entry.node.mark.offset && !entry.node.isNull
            changes.set(entry.node, to: isItem ? "\(entry.name)=\(value)" : value)
        } else {
            bareNames.insert(entry.name)
        }
    }

    private func write(_ settings: [String: String], to service: inout Service) {
        guard !settings.isEmpty else { return }
        let lines = settings.sorted { $0.key < $1.key }.map { name, value in
            "      \(YAMLWriter.text(name)): \(YAMLWriter.text(value, isValue: true))\n"
        }
        service.entries.append("    environment:\n" + lines.joined())
    }

    private mutating func hostFile(
        of service: String,
        _ secrets: [String: String],
        at node: Node
    ) -> String {
        for name in secrets.keys.sorted() where !EnvironmentFileText.canHold(name) {
            let error = TextError(
                "\(name.quoted) looks like a secret, and no file of variables can hold the name",
                remedy: "rename it"
            )
            report(error, at: node.mark, field: "services.\(service).environment")
        }
        let path = PathText.cleaned("\(source.secrets)/\(service).env")
        hostFiles.append((path, EnvironmentFileText.write(secrets)))
        return YAMLWriter.text(path, isValue: true)
    }

    private static func entries(of node: Node?) -> [Entry] {
        if let items = node?.sequence {
            return items.compactMap { item in
                guard let text = item.scalar?.text, !item.isAlias else { return nil }
                let pair = KeyValueText(text)
                let offset = item.mark.offset
                return Entry(name: pair.key, template: pair.value, node: item, offset: offset)
            }
        }
        return (node?.entries ?? []).compactMap { entry in
            guard let scalar = entry.value.scalar else { return nil }
            return Entry(
                name: entry.name,
                template: entry.value.isNull ? nil : scalar.text,
                node: entry.value,
                offset: entry.key.mark.offset
            )
        }
    }

    // MARK: Files of variables

    private struct Files {
        /// Those of the host, as a list's items.
        var hostFiles: [String] = []
        /// Those that can be committed, as a list's items of an environment.
        var kept: [String] = []
        var variables: [String: String] = [:]
        /// Whether they cannot be committed as they are.
        var isSplit = false
    }

    /// A file that is hidden (`.env`), has a secret or variables in it, or lies outside of the
    /// repository is not committed: its variables are.
    private mutating func environmentFiles(of node: Node, _ service: String) -> Files {
        guard let list = node["env_file"], !list.isNull else { return Files() }
        var files = Files()
        var relative: [Node] = []
        for (index, item) in (list.sequence ?? [list]).enumerated() {
            let pathNode = item["path"] ?? item
            guard let text = pathNode.scalar?.text else { continue }
            let path = filled(text).text
            guard !path.hasPrefix("/") else {
                files.hostFiles.append(Self.item(path, item))
                continue
            }
            let isRequired = item["required"]?.scalar?.text.lowercased() != "false"
            let field = "services.\(service).env_file[\(index)]"
            guard let bytes = file(path) else {
                if isRequired {
                    let error = TextError("there is no file \(path) beside the Compose file")
                        .with(remedy: "add it, or name a file of the host by its absolute path")
                    report(error, at: pathNode.mark, field: field)
                } else {
                    files.isSplit = true
                }
                continue
            }
            relative.append(pathNode)
            let isRaw = item["format"]?.scalar?.text == "raw"
            let read = variables(in: bytes, isRaw: isRaw, at: pathNode, path, field)
            files.variables.merge(read) { _, later in later }
            let isHidden = path.split(separator: "/").last?.hasPrefix(".") ?? true
            let hasSecret = read.contains { isSecret($0.key, $0.value, of: []) }
            if isHidden || hasSecret || !isCommitted(path) || bytes.contains(.dollar) {
                files.isSplit = true
            }
            if let place = fromManifests(path) { files.kept.append(Self.item(place, item)) }
        }
        if !files.isSplit { for node in relative { rewritePath(node) } }
        return files
    }

    private static func item(_ path: String, _ item: Node) -> String {
        let path = YAMLWriter.text(path, isValue: true)
        let options = ["required", "format"].compactMap { key in
            item[key]?.scalar.map { ", \(key): \($0.text)" }
        }
        return options.isEmpty ? path : "{ path: \(path)\(options.joined()) }"
    }

    private mutating func variables(
        in bytes: [UInt8],
        isRaw: Bool,
        at node: Node,
        _ path: String,
        _ field: String
    ) -> [String: String] {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(DotEnvText.LineError) {
            let known = variables
            return try DotEnvText.variables(text, isRaw: isRaw, unsetIsEmpty: true) { known[$0] }
        } catch {
            let error = TextError("line \(error.line) of \(path) is not a variable")
                .with(remedy: "write NAME=value, and close quotes")
            report(error, at: node.mark, field: field)
            return [:]
        }
    }
}
