/// When Docker starts an ended container again (Compose `restart`, `deploy.restart_policy`).
public enum RestartPolicy: Hashable, Sendable, Encodable {
    /// Never.
    case no
    /// Always, also after the daemon restarted.
    case always
    /// Always, unless somebody stopped it.
    case unlessStopped
    /// After an exit code other than 0, at most `retries` times (nil: without limit).
    case onFailure(retries: Int?)
}
