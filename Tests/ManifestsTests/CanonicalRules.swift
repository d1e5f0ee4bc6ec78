import Model

@testable import Manifests

/// Our rules by which a file is refused, or read differently, although Compose takes it.
///
/// A refusal's rule is known by what the message says, and has a name that the reference uses.
struct CanonicalRules {
    /// The rule behind a refusal; nil where there is none.
    static func refusal(_ diagnostic: Diagnostic) -> String? {
        let message = diagnostic.message
        let key = diagnostic.field.split(separator: ".").last.map(String.init) ?? ""
        let refused = ServiceKeys.refused.first { $0.name == key }
        if let error = (refused?.shape as? RefusedShape)?.error, error.message == message {
            return "not available: \(key)"
        }
        let rules: [(String, String)] = [
            ("means something to a shell", "shell characters are refused"),
            ("Windows drive", "no one-letter volumes, no Windows paths"),
            ("knows no option", "unknown mount options are refused"),
            ("is for clusters", "not available: \(key)"),
            ("are for clusters", "not available: \(key)"),
            ("are not available", "not available: \(key)"),
            ("is not available", "not available: \(key)"),
            ("network of another container cannot be shared", "no shared namespaces"),
            ("nothing is taken from the process environment", "nothing from the process"),
            ("is written twice", "no name twice in a list"),
            ("Compose would read", "quote what Compose would rewrite"),
            ("labels of a volume belong", "not available: volume.labels"),
            ("belongs to a network", "not available: mac_address"),
            ("the content is missing", "files only"),
            ("is not a variable", "a variable must be one"),
            ("are not set", "a variable must be set"), ("is not set", "a variable must be set"),
            ("is missing a value", "a variable must be set"),
            ("has a part of a byte", "sizes are whole bytes"),
            ("is less than one byte", "sizes are whole bytes"),
            ("a key is a text", "keys are texts"),
            ("it is empty", "what is written says something"),
            ("it is the same as", "no port twice in a list"),
            ("tags are not supported", "no tags"),
            ("is none of", "unknown words are refused"),
            ("is not a restart policy", "unknown words are refused"),
            ("is not a pull policy", "unknown words are refused"),
            ("is read as missing by Compose", "unknown words are refused"),
            ("is not a network mode", "unknown words are refused"),
            ("images are not built here", "not available: build"),
            ("is not such an address", "addresses are checked"),
            ("is not a subnet", "addresses are checked"),
            ("no port 0", "a container has no port 0"),
            ("stands for more than", "ranges are bounded"),
            ("is negative", "no negative durations and sizes"),
            ("is for paths of the host", "options of the other kind of mount are refused"),
            ("nocopy is for volumes", "options of the other kind of mount are refused"),
            ("as the decimal number", "modes are octal"),
            ("is not an absolute path inside the container", "targets are absolute"),
            ("is not a container's name", "names are checked"),
        ]
        return rules.first { message.contains($0.0) }?.1
    }

    /// Rules that hold in every file, and are not worth counting.
    static let inAllFiles: Set<String> = [
        "an image's own command is not written", "an environment's name is the project's",
    ]

    /// Both models, and the file that they are of.
    let ours: JSON
    let theirs: JSON
    let source: JSON?

    /// The rule behind a difference, from its exact path and what the file says; nil where there is
    /// none.
    func rule(of difference: CanonicalDifference) -> String? {
        let path = difference.path
        if path == ["name"] { return "an environment's name is the project's" }
        if path.count >= 1, path[0].hasPrefix("x-"), difference.ours == nil {
            return "x-… is left alone"
        }
        guard path.count >= 2, path[0] == "services" else { return nil }
        let written = source?["services"]?[path[1]]
        if isProfiled(path[1]) { return "profiles are for Compose" }
        if isIncluded(path[1]) { return "not available: include" }
        guard path.count >= 3 else { return nil }
        if let rule = inherited(difference, written) { return rule }
        switch path[2] {
        case "command" where path.count == 3, "entrypoint" where path.count == 3:
            let isSilent = difference.ours == nil && difference.theirs == .null
            let isWritten = (written?[path[2]] ?? .null) != .null
            return isSilent && !isWritten ? "an image's own command is not written" : nil
        case "environment" where path.count == 4:
            return environment(path[3], difference, written)
        case "env_file" where path.count == 3 && difference.theirs == nil:
            // Compared with the file by `lostFiles`.
            return "env_file is kept"
        default: return nil
        }
    }

    /// What Compose takes from elsewhere by a key that is refused: only what the service itself
    /// does not write.
    private func inherited(_ difference: CanonicalDifference, _ written: JSON?) -> String? {
        let path = difference.path
        guard difference.ours == nil else { return nil }
        if written?["extends"] != nil, !Self.isWritten(path.dropFirst(2), in: written) {
            return "not available: extends"
        }
        guard path[2] == "depends_on", path.count > 3, written?["depends_on"] == nil else {
            return nil
        }
        let isShared = ["network_mode", "ipc", "pid"].contains {
            written?[$0]?.text == "service:\(path[3])"
        }
        if isShared { return "no shared namespaces" }
        let linked = (written?["links"]?.list ?? []).compactMap(\.text)
        let isLinked = linked.contains { $0.prefix { $0 != ":" } == path[3] }
        return isLinked ? "not available: links" : nil
    }

    /// Whether another file defines a service, which `include` names.
    func isIncluded(_ name: String) -> Bool {
        source?["include"] != nil && source?["services"]?[name] == nil
            && ours["services"]?[name] == nil
    }

    /// The files of variables that the file names and our model does not; Compose's has none once
    /// they are read.
    var lostFiles: [String] {
        (source?["services"]?.map ?? [:]).compactMap { name, written in
            let service = ours["services"]?[name]
            guard theirs["services"]?[name] != nil, service?["env_file"] != .null,
                Self.paths(service?["env_file"]) != Self.paths(written["env_file"])
            else { return nil }
            return "services.\(name).env_file is not what the file says"
        }
    }

    /// Whether Compose leaves a service out because of its profiles.
    func isProfiled(_ name: String) -> Bool {
        theirs["services"]?[name] == nil && ours["services"]?[name] != nil
            && source?["services"]?[name]?["profiles"]?.list?.isEmpty == false
    }

    /// Compose fills variables from its own process and from files; we leave both to what runs.
    private func environment(
        _ name: String,
        _ difference: CanonicalDifference,
        _ written: JSON?
    ) -> String? {
        let isWritten = Self.names(written?["environment"]).contains(name)
        switch (difference.ours, difference.theirs) {
        case (nil, .text?) where !isWritten && written?["env_file"] != nil:
            return "files of variables are read where it runs"
        case (.null?, nil), (.null?, .text?):
            return isWritten ? "bare names are filled where it runs" : nil
        default: return nil
        }
    }

    /// Whether a service writes a key, or of a map the name below it.
    private static func isWritten(_ path: ArraySlice<String>, in service: JSON?) -> Bool {
        guard let key = path.first, let value = service?[key] else { return false }
        guard path.count > 1, value.map != nil || ["environment", "labels"].contains(key) else {
            return true
        }
        return names(value).contains(path[path.startIndex + 1])
    }

    /// The names of a map, or of a list of `NAME=value`.
    private static func names(_ value: JSON?) -> Set<String> {
        let listed = (value?.list ?? []).compactMap(\.text).map { KeyValueText($0).key }
        return Set(listed).union((value?.map ?? [:]).keys)
    }

    /// What an `env_file` says in any of its forms, an entry each.
    private static func paths(_ value: JSON?) -> [[String?]] {
        (value?.list ?? [value].compactMap(\.self)).map { entry in
            let required = entry["required"].map { $0.text ?? "\($0)" } ?? "true"
            return [entry.text ?? entry["path"]?.text, required, entry["format"]?.text]
        }
    }
}
