import Model

@testable import Manifests

/// What a Compose file says beside what the environment that was made of it says; only what a
/// import changes on purpose may differ, each at its own path.
struct ComposeImportComparison {
    let trial: ComposeImportTrial
    let imported: ComposeImport
    let before: JSON
    let after: JSON

    /// Everything that differs without a cause.
    func differences() -> [String] {
        var found: [String] = []
        let services = before["services"]?.map ?? [:]
        let now = after["services"]?.map ?? [:]
        for (name, service) in services {
            guard let other = now[name] else {
                if service["profiles"]?.list?.isEmpty != false { found.append("\(name) is lost") }
                continue
            }
            found += compare(service, other, name)
        }
        for name in now.keys where services[name] == nil { found.append("\(name) is new") }
        for section in ["volumes", "networks"] {
            for (key, value) in before[section]?.map ?? [:] {
                guard let other = after[section]?[key] else {
                    found.append("\(section).\(key) is lost")
                    continue
                }
                // Compose lets several containers write to one volume; here that is said.
                let isShared = imported.notes.contains { $0.hasPrefix("several containers write") }
                let shared = isShared ? [section, key, "x-berth", "shared"] : []
                found += CanonicalDifference.all(ours: other, theirs: value, at: [section, key])
                    .filter { $0.path != shared }.map(\.description)
            }
        }
        return found
    }

    /// The services whose images are pulled at other times, for an environment has a policy, too.
    func policies(in state: DesiredState) -> [String] {
        state.services.filter { service in
            let text = before["services"]?[service.name]?["pull_policy"]?.text ?? "missing"
            guard text != "build" else { return false }
            return (try? PullPolicyText.parse(text)) != service.pullPolicy
        }.map(\.name)
    }

    private static let handled: Set<String> = [
        "image", "build", "environment", "env_file", "volumes", "links", "depends_on", "profiles",
    ]

    private func compare(_ before: JSON, _ after: JSON, _ name: String) -> [String] {
        var found = image(before, after, name)
        if environment(before) != environment(after) {
            found.append("\(name).environment: \(environment(after)), not \(environment(before))")
        }
        found += volumes(before, after, name)
        found += dependencies(before, after, name)
        if before["build"] != nil, trial.images[name] == nil, before["image"] == nil {
            found.append("\(name) was built, and has no image")
        }
        let old = (before.map ?? [:]).filter { !Self.handled.contains($0.key) }
        let new = (after.map ?? [:]).filter { !Self.handled.contains($0.key) }
        let all = CanonicalDifference.all(ours: .map(new), theirs: .map(old), at: [name])
        for difference in all where difference.path.last?.hasPrefix("x-") != true {
            // An image's own command is not written.
            if difference.theirs == .null, difference.ours == nil,
                ["command", "entrypoint"].contains(difference.path.last)
            {
                continue
            }
            found.append(difference.description)
        }
        return found
    }

    private func image(_ before: JSON, _ after: JSON, _ name: String) -> [String] {
        let text = trial.images[name] ?? before["image"]?.text
        let old = text.flatMap { try? ImageName($0).withDefaultTag }
        let new = after["image"]?.text.flatMap { try? ImageName($0).withDefaultTag }
        return old == new ? [] : ["\(name).image: \(after["image"] as Any), not \(text ?? "")"]
    }

    /// The variables that a container gets, from wherever.
    private func environment(_ service: JSON) -> [String: String] {
        var variables: [String: String] = [:]
        for file in service["env_file"]?.list ?? [] {
            let path = file["path"]?.text ?? file.text ?? ""
            let host = imported.hostFiles.first { $0.path == path }?.text
            let bytes = host.map { Array($0.utf8) } ?? ComposeImportTrial.file(path) ?? []
            let file = HostEnvironmentFile(path: path)
            let read = (try? HostEnvironment.variables(in: bytes, of: file)) ?? [:]
            variables.merge(read) { $1 }
        }
        for (name, value) in service["environment"]?.map ?? [:] {
            // A bare name stands for the variable.
            variables[name] = value.text ?? trial.variables[name] ?? ""
        }
        return variables
    }

    private func volumes(_ before: JSON, _ after: JSON, _ name: String) -> [String] {
        let old = before["volumes"]?.list ?? []
        let new = after["volumes"]?.list ?? []
        guard old.count == new.count else { return ["\(name).volumes: \(new), not \(old)"] }
        return zip(old, new).flatMap { old, new -> [String] in
            var wanted = old.map ?? [:]
            let source = old["source"]?.text ?? ""
            if old["type"] == .text("bind"), source.first == "." || source.first == "~" {
                let place = new["source"]?.text ?? ""
                let base = trial.data ?? "/srv/stack"
                let isRead = old["read_only"] == .flag(true)
                let paths = [
                    PathText.cleaned("\(base)/\(source)"),
                    PathText.cleaned("/root/\(source.dropFirst())"),
                    isRead ? PathText.cleaned("../\(source)") : "",
                    isRead ? PathText.cleaned("../files/\(source)") : "",
                ]
                guard paths.contains(place) else { return ["\(name): \(source) became \(place)"] }
                wanted["source"] = new["source"]
            }
            return CanonicalDifference.all(
                ours: new,
                theirs: .map(wanted),
                at: [name, "volumes"]
            ).map(\.description)
        }
    }

    /// A link says that the other one starts first, and nothing else that is not so.
    private func dependencies(_ before: JSON, _ after: JSON, _ name: String) -> [String] {
        var old = before["depends_on"]?.map ?? [:]
        for link in before["links"]?.list ?? [] {
            let target = String(link.text?.prefix { $0 != ":" } ?? "")
            if old[target] == nil {
                old[target] = .map(["condition": .text("service_started"), "required": .flag(true)])
            }
        }
        return CanonicalDifference.all(
            ours: after["depends_on"],
            theirs: .map(old),
            at: [name, "depends_on"]
        ).map(\.description)
    }
}
