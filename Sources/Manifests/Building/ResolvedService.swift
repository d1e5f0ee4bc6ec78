internal import Model

/// A service of an environment in canonical form: manifest and overlay merged, everything filled
/// in.
struct ResolvedService: Sendable {
    /// The key under `services`.
    var name: String
    /// Where the environment lists it.
    var location: SourceLocation
    /// The canonical form, `version` and `registry` included.
    var value: ComposeValue
    /// The image with registry and version, once it is built.
    var image: ImageName?

    /// The value of a key.
    subscript(_ key: String) -> ComposeValue? { value[key] }

    /// The service as Compose would have it: the image instead of what it is made of.
    ///
    /// `registry` is the environment's, for images that name none.
    func canonical(registry: ComposeValue?) -> ComposeValue {
        guard var map = value.map else { return value }
        map["version"] = nil
        map["registry"] = nil
        if let image, var entry = map["image"] {
            let written = entry.string ?? ""
            let prefix = ImageName.namesRegistry(written) ? nil : self["registry"] ?? registry
            for (name, part) in [("VERSION", self["version"]), ("DOCKER_REGISTRY", prefix)] {
                guard let part, !entry.origin.variables.contains(where: { $0.name == name }) else {
                    continue
                }
                let variable = Origin.Variable(name: name, location: part.origin.location)
                entry.origin.variables.append(variable)
            }
            entry.content = .string(image.familiar)
            map["image"] = entry
        }
        return ComposeValue(.map(map), origin: value.origin)
    }

    /// The field as diagnostics name it.
    func field(_ key: String) -> String { "services.\(name).\(key)" }
}
