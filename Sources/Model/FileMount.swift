package import Digests

/// One file mounted read-only (Compose `configs` and `secrets`).
package struct FileMount: Hashable, Sendable, Encodable {
    /// Where the bytes come from.
    package enum Source: Hashable, Sendable, Encodable {
        /// A file of the commit, kept by content in `DesiredState.files`.
        case commit(Digest)
        /// A file of the host, whose content becomes part of the spec when the host is observed.
        case host(path: String)
    }

    /// Where the bytes come from.
    package var source: Source
    /// The absolute path inside the container.
    package var target: String
    /// Permission bits of the mounted file; nil is 0444.
    package var mode: Int?
    /// Whether the content must never be shown.
    package var isSecret: Bool

    /// Makes a file mount.
    package init(_ source: Source, target: String, mode: Int? = nil, isSecret: Bool = false) {
        self.source = source
        self.target = target
        self.mode = mode
        self.isSecret = isSecret
    }
}
