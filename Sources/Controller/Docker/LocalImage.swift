internal import Digests
internal import DockerEngine
internal import Model

extension ImageDetails {
    /// The digest that the image has in a repository; nil where it was not pulled from there.
    func digest(in repository: String) -> Digest? {
        repoDigests.lazy.compactMap { try? ImageName($0) }
            .first { $0.repository == repository }?.digest
    }

    /// Whether it was built or loaded here under a repository's name: it has a tag of it, or had,
    /// and no other name.
    func isLocal(in repository: String) -> Bool {
        let names = (repoTags + repoDigests).compactMap { try? ImageName($0) }
        return names.isEmpty || names.contains { $0.repository == repository }
    }
}
