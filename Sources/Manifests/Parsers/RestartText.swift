internal import Model

/// `restart`: `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:3`.
struct RestartText: Hashable, Sendable {
    /// What Docker is told.
    var policy: RestartPolicy
    /// The text as Compose writes it.
    var canonical: String

    /// Reads the text; unlike Compose, which takes `yes` and `on-failure:x`, it takes nothing else.
    static func parse(_ text: String) throws(TextError) -> RestartText {
        let policy: RestartPolicy? =
            switch text {
            case "no": .no
            case "always": .always
            case "unless-stopped": .unlessStopped
            case "on-failure": .onFailure(retries: nil)
            default: retries(text).map { .onFailure(retries: $0) }
            }
        guard let policy else {
            throw TextError(
                "\(text.quoted) is not a restart policy",
                remedy: "write no, always, unless-stopped, on-failure or on-failure:3"
            )
        }
        return RestartText(policy: policy, canonical: text)
    }

    private static func retries(_ text: String) -> Int? {
        let digits = text.dropFirst(11)
        guard text.hasPrefix("on-failure:"), (1...6).contains(digits.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(digits)
    }
}
