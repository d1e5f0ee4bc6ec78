/// When Docker starts an ended container again (Compose `restart`, `deploy.restart_policy`).
package enum RestartPolicy: Hashable, Sendable, Encodable {
    /// Never.
    case no
    /// Always, also after the daemon restarted.
    case always
    /// Always, unless somebody stopped it.
    case unlessStopped
    /// After an exit code other than 0, at most `retries` times (nil: without limit).
    case onFailure(retries: Int?)
}

extension RestartPolicy {
    /// Encodes Compose's word, as `on-failure:3`: a case without a value must not look empty.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(words)
    }

    private var words: String {
        switch self {
        case .no: "no"
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        case .onFailure(let retries): "on-failure" + (retries.map { ":\($0)" } ?? "")
        }
    }
}
