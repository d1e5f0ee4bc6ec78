internal import Model
internal import YAML

/// `links`, volumes that no file declares, and what the user has to know.
extension ManifestEdit {
    /// Links to services by their own names say nothing that a common network does not.
    mutating func unlink(_ node: Node, of service: inout Service, _ counts: [Int: Int]) {
        guard let entry = node.mapping?.entry("links") else { return }
        let links = (entry.value.sequence ?? []).compactMap {
            $0.scalar.map { filled($0.text).text }
        }
        let targets = links.map { link in
            let parts = link.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count == 1 || parts.last == parts.first ? String(parts[0]) : ""
        }
        guard targets.count == entry.value.sequence?.count,
            targets.allSatisfy({ active.contains($0) && shareNetwork(node, with: $0) })
        else { return }
        drop(entry, of: &service, in: node, counts)
        let waits = node["depends_on"]
        let known = Set(
            waits?.mapping?.entries.map(\.name)
                ?? waits?.sequence?.compactMap { $0.scalar?.text } ?? []
        )
        let new = Set(targets).subtracting(known).sorted()
        guard !new.isEmpty else { return }
        service.entries.append(
            "    depends_on:\n"
                + new.map {
                    "      \(YAMLWriter.text($0)): { condition: service_started }\n"
                }.joined()
        )
    }

    private func shareNetwork(_ node: Node, with other: String) -> Bool {
        guard let target = root["services"]?[other] else { return false }
        return !Set(networks(of: node)).isDisjoint(with: networks(of: target))
    }

    private func networks(of node: Node) -> [String] {
        if node["network_mode"] != nil { return [] }
        guard let list = node["networks"], !list.isNull else { return ["default"] }
        return list.sequence?.compactMap { $0.scalar?.text }
            ?? list.mapping?.entries.map(\.name) ?? []
    }

    /// What an environment says about volumes: those that the file leaves out, and which of them
    /// several containers write to.
    func volumes(shared: Set<String>) -> String {
        var text = ""
        for key in shared.union(volumes).sorted() {
            if shared.contains(key) {
                text += "  \(YAMLWriter.text(key)): { x-berth: { shared: true } }\n"
            } else if root["volumes"]?.mapping?.entry(key) == nil {
                text += "  \(YAMLWriter.text(key)): {}\n"
            }
        }
        return text.isEmpty ? "" : "volumes:\n\(text)"
    }

    /// Says what the user has to know.
    mutating func report() {
        let all = root["services"]?.mapping?.entries.map(\.name) ?? []
        let left = all.filter { !active.contains($0) }
        if !left.isEmpty {
            notes.append("left out, for they have profiles: \(left.joined(separator: ", "))")
        }
        let services = root["services"]
        let built = all.filter { active.contains($0) && services?[$0]?["build"] != nil }
        if !built.isEmpty {
            notes.append(
                "nothing is built here: push the images of \(built.joined(separator: ", "))"
            )
        }
        let undeclared = volumes.filter { root["volumes"]?.mapping?.entry($0) == nil }
        if !undeclared.isEmpty {
            notes.append("volumes that no file declared: \(undeclared.joined(separator: ", "))")
        }
        if !hostFiles.isEmpty {
            let names = Set(secrets.map(\.name)).sorted().joined(separator: ", ")
            let files = hostFiles.map(\.path).joined(separator: ", ")
            notes.append("secrets are kept out of git, in \(files) with mode 0600: \(names)")
        }
        if !hostPaths.isEmpty {
            let paths = hostPaths.sorted().joined(separator: ", ")
            notes.append("relative paths that became paths of the host: \(paths)")
        }
    }
}
