internal import Digests
internal import Model

/// `version` of a service: the image's tag, and the digest that the tag had when it was written.
struct VersionText: Hashable, Sendable {
    /// The tag.
    var tag: String
    /// The digest, where the version pins one.
    var digest: Digest?

    /// Reads `1.4.2` or `1.4.2@sha256:…`.
    init(_ text: String) throws(TextError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        tag = String(parts.first ?? "")
        guard (try? ImageName("x").withTag(tag)) != nil else {
            throw TextError(
                "\(text.quoted) is not a version",
                remedy: "write an image's tag, as in 1.4.2 or 1.4.2@sha256:…"
            )
        }
        guard parts.count > 1 else { return }
        guard let digest = Digest(parts[1]) else {
            throw TextError(
                "\(text.quoted) ends in no digest",
                remedy: "write sha256: and 64 lower-case hexadecimal digits behind the @"
            )
        }
        self.digest = digest
    }
}
