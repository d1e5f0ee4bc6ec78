/// The keys of a manifest, which is a Compose file.
enum ManifestKeys {
    private static let keys: [Key] = [
        Key("name", StringShape(), "Has no effect: the environment's name takes its place"),
        Key("version", ObsoleteVersionShape(), "Has no effect since Compose 2"),
        Key("services", services, "What the services are"),
        Key("networks", networks, "Networks that services join"),
        Key("volumes", volumes, "Named volumes"),
        Key("configs", configs, "Files mounted read-only"),
        Key("secrets", secrets, "Secret files of the host"),
        .refused(
            "include",
            "include is not available",
            "put the file into manifests/, where it is read by itself"
        ),
        .refused("models", "models are not available", "run them as services"),
    ]

    static let shape = ObjectShape(keys)

    /// The top-level sections beside `services`.
    static let resources = ["networks", "volumes", "configs", "secrets"]

    /// The sections that are read together with an environment.
    private static let overlaid = Set(resources + ["services"])

    /// What is left of a manifest without those sections.
    static let settings = ObjectShape(deferringOverlaid(keys))

    /// The keys, of which those sections are read later.
    static func deferringOverlaid(_ keys: [Key]) -> [Key] {
        keys.map { overlaid.contains($0.name) ? Key($0.name, DeferredShape()) : $0 }
    }

    static let services = MapShape(value: ServiceKeys.shape, checkName: MapShape.serviceName)
    static let networks = MapShape(value: ResourceKeys.network, checkName: MapShape.resourceName)
    static let volumes = MapShape(value: ResourceKeys.volume, checkName: MapShape.resourceName)
    static let configs = MapShape(value: ResourceKeys.config, checkName: MapShape.resourceName)
    static let secrets = MapShape(value: ResourceKeys.secret, checkName: MapShape.resourceName)
}

/// The top-level `version`, which Compose has long ignored.
private struct ObsoleteVersionShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard StringShape().read(item, at: path, into: &problems) != nil else { return nil }
        let warning = TextError("version has no effect", remedy: "remove it")
        problems.warn(warning, at: item.entryLocation, field: path)
        return nil
    }

    var schema: SchemaNode { .type("string", "number") }
}

/// A section that is read later, together with an environment.
private struct DeferredShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? { nil }
    var schema: SchemaNode { .object([]) }
}
