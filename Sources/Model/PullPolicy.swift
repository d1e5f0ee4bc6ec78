/// When the registry is asked for an image (Compose `pull_policy`).
package enum PullPolicy: Hashable, Sendable {
    /// At every look; a tag that moved is an update.
    case always
    /// Only when no container and no local image has it (also `if_not_present`).
    case missing
    /// Never: the image must be on the host.
    case never
    /// Like `always`, but asked at most once per interval (`daily`, `weekly`, `every_<duration>`).
    case every(Duration)
}
