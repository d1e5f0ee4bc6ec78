import Model

@testable import Manifests

/// Our rules by which a file is refused, or read differently, although Compose takes it.
///
/// A rule is known by what the message says, and has a name that the reference uses.
enum CanonicalRules {
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
            ("nothing says the content", "files only"),
            ("variable", "a variable must be set"),
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
            ("are for paths of the host", "options of the other kind of mount are refused"),
            ("nocopy is for volumes", "options of the other kind of mount are refused"),
            ("as the decimal number", "modes are octal"),
            ("is not an absolute path inside the container", "targets are absolute"),
            ("is not a container's name", "names are checked"),
        ]
        return rules.first { message.contains($0.0) }?.1
    }

    /// The rule behind a difference; nil where there is none.
    static func difference(
        _ difference: CanonicalDifference,
        isProfiled: (String) -> Bool = { _ in false }
    ) -> String? {
        let path = difference.path
        if let first = path.first, first.hasPrefix("x-") { return "x-… is left alone" }
        let key = path.count > 2 ? path[2] : ""
        if key == "environment", difference.ours == nil || difference.ours == .null {
            return "environments are not resolved from files or the process"
        }
        if key == "env_file", difference.theirs == nil { return "env_file is kept" }
        if difference.theirs == nil, path.count > 2, path[0] == "services",
            isProfiled(path[1])
        {
            return "profiles are for Compose"
        }
        if difference.theirs == .null, difference.ours == nil,
            ["command", "entrypoint"].contains(path.last)
        {
            return "an image's own command is not written"
        }
        return nil
    }
}
