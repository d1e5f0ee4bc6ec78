/// The keys of a manifest, which is a Compose file.
enum ManifestKeys {
    static let keys = Keys([
        Key("name", StringShape(), "Has no effect: the environment's name takes its place"),
        Key("version", ObsoleteVersionShape(), "Has no effect since Compose 2"),
        Key("services", services, "What the services are"),
        Key("networks", networks, "Networks that services join"),
        Key("volumes", volumes, "Named volumes"),
        Key("configs", configs, "Files mounted read-only"),
        Key("secrets", secrets, "Secret files of the host"),
        Key(
            "include",
            RefusedShape(
                "include is not available",
                remedy: "put the file into manifests/, where it is read by itself"
            ),
            ""
        ),
        Key("models", RefusedShape("models are not available", remedy: "run them as services"), ""),
    ])

    /// A manifest as a whole.
    static let shape = ObjectShape(keys)

    /// The sections that are read together with an environment.
    static let overlaid: Set<String> = ["services", "networks", "volumes", "configs", "secrets"]

    /// What is left of a manifest without those sections.
    static let settings = ObjectShape(
        Keys(
            keys.list.map { key in
                overlaid.contains(key.name) ? Key(key.name, DeferredShape(), "") : key
            }
        )
    )

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
struct DeferredShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? { nil }

    var schema: SchemaNode { .object([]) }
}
