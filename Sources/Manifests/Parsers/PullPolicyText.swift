internal import Model

/// Reads `pull_policy`: Compose's words, and the spellings of Kubernetes that many `.env` files
/// use.
enum PullPolicyText {
    /// The words that have no interval, by spelling.
    static let words: [(text: String, policy: PullPolicy)] = [
        ("always", .always), ("missing", .missing), ("if_not_present", .missing),
        ("never", .never), ("daily", .every(.seconds(86_400))),
        ("weekly", .every(.seconds(604_800))),
        ("Always", .always), ("IfNotPresent", .missing), ("Never", .never),
    ]

    /// Reads a policy.
    ///
    /// `build` and `refresh` are refused: nothing is built here, and Compose takes `refresh` for
    /// `missing`.
    static func parse(_ text: String) throws(TextError) -> PullPolicy {
        if let word = words.first(where: { $0.text == text }) { return word.policy }
        if text.hasPrefix("every_") {
            let interval = try DurationText.parse(String(text.dropFirst(6)))
            guard interval > .zero else {
                throw TextError(
                    "\(text.quoted) has no interval",
                    remedy: "write every_12h or always"
                )
            }
            return .every(interval)
        }
        switch text {
        case "build":
            throw TextError("images are not built here", remedy: "push the image to a registry")
        case "refresh":
            throw TextError(
                "refresh is read as missing by Compose",
                remedy: "write always, missing, or every_12h"
            )
        default:
            throw TextError(
                "\(text.quoted) is not a pull policy",
                remedy: "write always, missing, if_not_present, never, daily, weekly or every_12h"
            )
        }
    }

    /// The canonical word of a policy's text, as Compose writes it.
    static func canonical(_ text: String) -> String {
        switch text {
        case "Always": "always"
        case "IfNotPresent": "if_not_present"
        case "Never": "never"
        default: text
        }
    }
}
