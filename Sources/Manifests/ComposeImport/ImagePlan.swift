internal import Model

/// Which registry an environment names, and what is left of the images' names without it.
struct ImagePlan {
    /// The registry that most images come from; nil where there is no image.
    let registry: String?
    private let host: String
    private let prefix: String

    /// Chooses the registry of most images; Docker Hub only where no other has as many.
    init(_ images: [ImageName]) {
        let hosts = Dictionary(grouping: images, by: \.registry)
        let best = hosts.max { left, right in
            let first = (left.value.count, left.key == ImageName.dockerHub ? 0 : 1)
            let second = (right.value.count, right.key == ImageName.dockerHub ? 0 : 1)
            return first == second ? left.key > right.key : first < second
        }
        guard let best else {
            (registry, host, prefix) = (nil, "", "")
            return
        }
        host = best.key
        let folders = Set(
            best.value.map { image in
                image.path.firstIndex(of: "/").map { String(image.path[..<$0]) } ?? ""
            }
        )
        if best.key != ImageName.dockerHub, folders.count == 1, let folder = folders.first,
            !folder.isEmpty
        {
            prefix = "\(folder)/"
            registry = "\(best.key)/\(folder)"
        } else {
            prefix = ""
            registry = best.key
        }
    }

    /// The name to write in a manifest, without tag and digest.
    func name(of image: ImageName) -> String {
        guard image.registry == host, image.path.hasPrefix(prefix) else { return image.repository }
        var short = String(image.path.dropFirst(prefix.count))
        if host == ImageName.dockerHub, short.hasPrefix("library/") {
            short = String(short.dropFirst("library/".count))
        }
        let full = registry.flatMap { try? ImageName("\($0)/\(short)") }
        guard !ImageName.namesRegistry(short), full?.repository == image.repository else {
            return image.repository
        }
        return short
    }
}
