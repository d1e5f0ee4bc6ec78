internal import Model
internal import YAML

/// `links`, volumes that no file declares, and what the user has to know.
extension ManifestEdit {
    /// Links to services by their own names say nothing that a common network does not.
    mutating func unlink(_ service: inout Service) {
        guard let entry = service.node.entry("links") else { return }
        let links = entry.value.items.compactMap { $0.scalar.map { filled($0.text).text } }
        let targets = links.map { link in
            let parts = link.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count == 1 || parts.last == parts.first ? String(parts[0]) : ""
        }
        let node = service.node
        guard targets.count == entry.value.sequence?.count,
            targets.allSatisfy({ active.contains($0) && shareNetwork(node, with: $0) })
        else { return }
        drop(entry, of: &service)
        let new = Set(targets).subtracting(node["depends_on"]?.names ?? []).sorted()
        guard !new.isEmpty else { return }
        let lines = new.map { "      \(YAMLWriter.text($0)): { condition: service_started }\n" }
        service.entries.append("    depends_on:\n" + lines.joined())
    }

    private func shareNetwork(_ node: Node, with other: String) -> Bool {
        guard let target = root["services"]?[other] else { return false }
        return !Set(networks(of: node)).isDisjoint(with: networks(of: target))
    }

    private func networks(of node: Node) -> [String] {
        if node["network_mode"] != nil { return [] }
        guard let list = node["networks"], !list.isNull else { return ["default"] }
        return list.names
    }

    /// The volumes that the file does not declare, and those that several containers write to.
    func volumes(shared: Set<String>) -> String {
        var text = ""
        for key in shared.union(volumes).sorted() {
            if shared.contains(key) {
                text += "  \(YAMLWriter.text(key)): { x-berth: { shared: true } }\n"
            } else if root["volumes"]?.entry(key) == nil {
                text += "  \(YAMLWriter.text(key)): {}\n"
            }
        }
        return text.isEmpty ? "" : "volumes:\n\(text)"
    }

    mutating func report() {
        let services = serviceEntries.filter { active.contains($0.name) }
        note(
            "left out because they have profiles:",
            serviceEntries.map(\.name).filter { !active.contains($0) }
        )
        note(
            "nothing is built here: push the images of",
            services.filter { $0.value["build"] != nil }.map(\.name)
        )
        note(
            "volumes that no file declared:",
            volumes.filter { root["volumes"]?.entry($0) == nil }
        )
        if !hostFiles.isEmpty {
            let names = Set(secrets.map(\.name)).sorted().joined(separator: ", ")
            let files = hostFiles.map(\.path).joined(separator: ", ")
            notes.append("secrets are kept out of git, in \(files) with mode 0600: \(names)")
        }
        note("relative paths that became paths of the host:", hostPaths.sorted())
    }

    private mutating func note(_ text: String, _ names: [String]) {
        if !names.isEmpty { notes.append("\(text) \(names.joined(separator: ", "))") }
    }
}

extension Node {
    fileprivate var names: [String] { entries.map(\.name) + items.compactMap(\.scalar?.text) }
}
