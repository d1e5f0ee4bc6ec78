package import Digests

/// Where an image is and which one: `registry/path`, then a tag, a digest or both.
///
/// Names are normalised as they are read, by the rules of distribution/reference@0965666, which
/// Docker follows: `redis` is `docker.io/library/redis`.
/// So two spellings of one image are equal.
///
/// ```swift
/// let image = try ImageName("ghcr.io/bot-core/engine:1.4.2")
/// image.pinned(to: digest).canonical  // "ghcr.io/bot-core/engine@sha256:…"
/// ```
package struct ImageName: Hashable, Sendable {
    /// The registry of names that give none.
    package static let dockerHub = "docker.io"

    /// The namespace of Docker Hub's single-word names.
    static let officialNamespace = "library/"

    /// The registry's host, with its port if it has one; Docker Hub is `docker.io`.
    package let registry: String

    /// The repository in the registry, `library/` included.
    package let path: String

    /// The tag, if the name has one; a digest beside it decides.
    package let tag: String?

    /// The digest, if the name has one.
    package let digest: Digest?

    /// Reads an image name in its familiar or its full form.
    package init(_ text: String) throws(ImageNameError) {
        self = try ImageNameParser(text).parse()
    }

    init(registry: String, path: String, tag: String?, digest: Digest?) {
        self.registry = registry
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    /// Whether `text` says which registry it means, so that no other is to be put before it.
    ///
    /// The part before the first `/` is a registry if it is `localhost` or has a dot, a colon or
    /// an upper-case letter.
    package static func namesRegistry(_ text: some StringProtocol) -> Bool {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
        let first = text[..<slash]
        return first == "localhost" || first.contains { ".:".contains($0) || $0.isUppercase }
    }

    /// Registry and path, without tag and digest.
    package var repository: String { "\(registry)/\(path)" }

    /// The full form: equal names have equal full forms.
    package var canonical: String { repository + suffix }

    /// The form that people write and Docker shows: Docker Hub and `library/` go without saying.
    ///
    /// It always reads back as the same name; where the short form would not, it is the full one.
    package var familiar: String {
        guard registry == Self.dockerHub else { return canonical }
        var short = path
        let name = path.dropFirst(Self.officialNamespace.count)
        if path.hasPrefix(Self.officialNamespace), !name.contains("/") {
            short = String(name)
        }
        let isAmbiguous = Self.namesRegistry(short) || ImageNameParser.isImageID(short)
        return isAmbiguous ? canonical : short + suffix
    }

    /// The same repository under another tag; the digest goes, for it named the old content.
    package func withTag(_ tag: String) throws(ImageNameError) -> ImageName {
        try ImageNameParser.checkTag(tag[...], in: tag)
        return ImageName(registry: registry, path: path, tag: tag, digest: nil)
    }

    /// The same name and tag, held to one content.
    package func withDigest(_ digest: Digest) -> ImageName {
        ImageName(registry: registry, path: path, tag: tag, digest: digest)
    }

    /// The repository at one content, without a tag.
    package func pinned(to digest: Digest) -> ImageName {
        ImageName(registry: registry, path: path, tag: nil, digest: digest)
    }

    /// The names under which the image may be had, in the order to try: its own, then those of its
    /// registry's mirrors.
    ///
    /// A mirror may be a registry or a place in one, such as `mirror.example:5000/cache`.
    package func sources(among mirrors: [String: [String]]) -> [ImageName] {
        let others = (mirrors[registry] ?? []).compactMap {
            try? ImageName("\($0)/\(path)\(suffix)")
        }
        return [self] + others
    }

    /// The name as a registry is asked for it: `latest` where it has neither tag nor digest.
    package var withDefaultTag: ImageName {
        guard tag == nil, digest == nil else { return self }
        return ImageName(registry: registry, path: path, tag: "latest", digest: nil)
    }

    private var suffix: String {
        (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }
}

extension ImageName: CustomStringConvertible {
    /// The familiar form.
    package var description: String { familiar }
}
