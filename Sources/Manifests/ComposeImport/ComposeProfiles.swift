internal import YAML

/// Which services of a Compose file run: those without `profiles`, and those of profiles that
/// `COMPOSE_PROFILES` turns on.
struct ComposeProfiles {
    /// The services that run.
    private(set) var active: Set<String> = []

    init(_ root: Node, _ variables: [String: String]) {
        let chosen = Set(
            (variables["COMPOSE_PROFILES"] ?? "").split(separator: ",").map {
                String($0.filter { !$0.isWhitespace })
            }
        )
        for entry in root["services"]?.mapping?.entries ?? [] {
            let profiles = (entry.value["profiles"]?.sequence ?? []).compactMap { node in
                node.scalar.map { FilledText($0.text, variables).text }
            }
            let isActive =
                profiles.isEmpty || chosen.contains("*") || !chosen.isDisjoint(with: profiles)
            if isActive { active.insert(entry.name) }
        }
    }
}
