internal import Model

/// The keys of an environment file.
enum EnvironmentKeys {
    static let keys = Keys([
        Key("registry", StringShape(check: checkRegistry), "Put before images that name none"),
        Key(
            "pull_policy",
            StringShape(
                check: { text throws(TextError) in
                    _ = try PullPolicyText.parse(text)
                    return PullPolicyText.canonical(text)
                }
            ),
            "For services that say none; manifests see it as IMAGE_PULL_POLICY"
        ),
        Key("promotes_from", StringShape(), "The environment that versions come from"),
        Key("adopts", AdoptsShape(), "The Compose project that runs here and is taken over"),
        Key("suspended", BooleanShape(), "Looks and reports, changes nothing"),
        Key("prune", BooleanShape(), "Whether containers of unlisted services are removed"),
        Key(
            "mirrors",
            MapShape(
                value: ListShape(element: StringShape(check: checkRegistry)),
                checkName: checkMirrored
            ),
            "Registries to try when one is down, by registry"
        ),
        Key(
            "variables",
            MapShape(value: VariableShape(), checkName: checkVariable),
            "What ${NAME} stands for in manifests"
        ),
        Key("services", services, "Everything that runs here, and what differs from the manifest"),
        Key("networks", ManifestKeys.networks, "What differs from the manifests' networks"),
        Key("volumes", ManifestKeys.volumes, "What differs from the manifests' volumes"),
        Key("configs", ManifestKeys.configs, "What differs from the manifests' configs"),
        Key("secrets", ManifestKeys.secrets, "What differs from the manifests' secrets"),
        Key("policy", PolicyKeys.shape, "What services may do here"),
    ])

    /// An environment file as a whole, for its JSON Schema.
    static let shape = ObjectShape(keys, required: ["services"])

    /// The keys of `shape` that are read by themselves.
    static let settings = ObjectShape(
        Keys(
            keys.list.map { key in
                ManifestKeys.overlaid.contains(key.name) ? Key(key.name, DeferredShape(), "") : key
            }
        )
    )

    /// A service of an environment: what a manifest may say, and a version and a registry.
    static let service = ObjectShape(Keys(versionKeys + ServiceKeys.manifest.list), null: .null)

    private static let services = MapShape(value: service, checkName: MapShape.serviceName)

    /// The keys that stand under a service of an environment alone.
    static let versionKeys = [
        Key("version", VersionShape(), "The image's tag: 1.4.2, or 1.4.2@sha256:…"),
        Key("registry", StringShape(check: checkRegistry), "Another registry for this service"),
    ]

    private static let checkRegistry: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        let name = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard ImageName.namesRegistry("\(name)/x"), (try? ImageName("\(name)/x")) != nil else {
            throw TextError(
                "\(text.quoted) does not name a registry",
                remedy: "start with its host, as in ghcr.io/team or docker.io/team"
            )
        }
        return name
    }

    /// The name that images' registries are looked up by: a host, and none of its other names.
    private static let checkMirrored: @Sendable (String) throws(TextError) -> Void = {
        name throws(TextError) in
        let image = try? ImageName("\(name)/x")
        let isOne = ImageName.namesRegistry("\(name)/x")
        guard isOne, let registry = image?.registry, registry == name else {
            throw TextError(
                "\(name.quoted) is not a registry's name",
                remedy: isOne && image != nil
                    ? "write \(image?.registry ?? "")" : "write its host, as in ghcr.io"
            )
        }
    }

    private static let checkVariable: @Sendable (String) throws(TextError) -> Void = {
        name throws(TextError) in
        if let reserved = Variables.reserved.first(where: { $0.name == name }) {
            throw TextError("\(name) is filled in by Berth", remedy: reserved.remedy)
        }
        guard name.utf8.first?.startsName == true, name.utf8.allSatisfy(\.continuesName) else {
            throw TextError(
                "\(name.quoted) is not a variable's name",
                remedy: "use letters, digits and underscores"
            )
        }
    }
}

/// `adopts`: the Compose project that runs here.
private struct AdoptsShape: Shape {
    private let map = ObjectShape(
        Keys([
            Key(
                "project",
                StringShape(check: checkProject),
                "Its name, which its containers have in the label com.docker.compose.project"
            )
        ]),
        required: ["project"]
    )

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard item.map == nil else { return map.read(item, at: path, into: &problems) }
        let name = (item.list?.first ?? item).scalar?.text.lowercased() ?? ""
        let isName = !item.isNull && ProjectName.correction(of: name) == nil
        var error = item.expected("a map")
        error.remedy =
            isName
            ? "write { project: \(YAMLWriter.text(name)) }"
            : "write { project: shop }, with the project's name"
                + (item.isNull ? ", or remove the key" : "")
        problems.report(error, at: item.location, field: path)
        return nil
    }

    var schema: SchemaNode { map.schema }

    private static let checkProject: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        guard let correction = ProjectName.correction(of: text) else { return text }
        throw TextError(
            "\(text.quoted) is not the name of a project that can be adopted",
            remedy: "write \(correction)"
        )
    }
}

/// A value of `variables`: any scalar, as it is written.
private struct VariableShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let value = ScalarShape(characters: .anyButNull).read(item, at: path, into: &problems)
        // What uses the variable need not be told that it is not set.
        guard let value else { return item.value(.string(item.scalar?.text ?? "")) }
        if let text = value.string, text.contains("${") {
            let error = TextError(
                "variables are not filled into variables",
                remedy: "write the value out"
            )
            problems.report(error, at: item.location, field: path)
        }
        return value
    }

    var schema: SchemaNode { ScalarShape().schema }
}

/// `version`: a tag, or a tag and a digest.
private struct VersionShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        ScalarShape(check: { text throws(TextError) in _ = try VersionText(text) })
            .read(item, at: path, into: &problems)
    }

    var schema: SchemaNode { .type("string", "number") }
}
