internal import Digests
internal import Model

/// `version` of a service: the image's tag, and the digest that the tag had when it was written.
struct VersionText: Hashable, Sendable {
    var tag: String
    var digest: Digest?

    /// Reads `1.4.2` or `1.4.2@sha256:…`.
    init(_ text: String) throws(TextError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        tag = String(parts.first ?? "")
        guard (try? ImageName("x").withTag(tag)) != nil else {
            throw TextError("\(text.quoted) is not a version")
                .with(remedy: "write an image's tag, as in 1.4.2 or 1.4.2@sha256:…")
        }
        guard parts.count > 1 else { return }
        guard let digest = Digest(parts[1]) else {
            throw TextError("\(text.quoted) does not end in a digest")
                .with(remedy: "write sha256: and 64 lower-case hexadecimal digits behind the @")
        }
        self.digest = digest
    }
}

/// Reads `pull_policy`: Compose's words, and the spellings of Kubernetes.
enum PullPolicyText {
    /// The words that have no interval, by spelling.
    private static let words: [(text: String, policy: PullPolicy)] = [
        ("always", .always), ("missing", .missing), ("if_not_present", .missing),
        ("never", .never), ("daily", .every(.seconds(86_400))),
        ("weekly", .every(.seconds(604_800))),
        ("Always", .always), ("IfNotPresent", .missing), ("Never", .never),
    ]

    /// `build` and `refresh` are refused: nothing is built here, and Compose takes `refresh` for
    /// `missing`.
    static func parse(_ text: String) throws(TextError) -> PullPolicy {
        if let word = words.first(where: { $0.text == text }) { return word.policy }
        if text.hasPrefix("every_") {
            let interval = try DurationText.parse(String(text.dropFirst(6)))
            guard interval > .zero else {
                throw TextError("\(text.quoted) has no interval")
                    .with(remedy: "write every_12h or always")
            }
            return .every(interval)
        }
        switch text {
        case "build":
            throw TextError("images are not built here", remedy: "push the image to a registry")
        case "refresh":
            throw TextError("refresh is read as missing by Compose")
                .with(remedy: "write always, missing, or every_12h")
        default:
            throw TextError(
                "\(text.quoted) is not a pull policy",
                remedy: "write always, missing, if_not_present, never, daily, weekly or every_12h"
            )
        }
    }

    /// The canonical word of a policy's text, as Compose writes it.
    @Sendable static func canonical(_ text: String) throws(TextError) -> String {
        _ = try parse(text)
        return switch text {
        case "Always": "always"
        case "IfNotPresent": "if_not_present"
        case "Never": "never"
        default: text
        }
    }
}
