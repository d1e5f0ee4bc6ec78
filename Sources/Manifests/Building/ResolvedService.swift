internal import Model

/// A service in canonical form: manifest and overlay merged, variables filled in.
struct ResolvedService: Sendable {
    var name: String
    var location: SourceLocation
    /// The canonical form, `version` and `registry` included.
    var value: ComposeValue
    /// The image with registry and version, once it is built.
    var image: ImageName?

    subscript(_ key: String) -> ComposeValue? { value[key] }

    /// The service as Compose would have it: the whole image name instead of its parts.
    ///
    /// `registry` is the environment's, for images that name none.
    func canonical(registry: ComposeValue?) -> ComposeValue {
        value.completing { map in
            map["version"] = nil
            map["registry"] = nil
            guard let image, var entry = map["image"] else { return }
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
    }

    func field(_ key: String) -> String { "services.\(name).\(key)" }
}
