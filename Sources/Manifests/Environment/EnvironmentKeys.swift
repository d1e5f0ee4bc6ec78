internal import Model

enum EnvironmentKeys {
    private static let keys: [Key] = [
        Key("registry", StringShape(check: checkRegistry), "The registry of images that name none"),
        Key("pull_policy", StringShape(check: PullPolicyText.canonical))
            .about("For services without one; manifests see it as IMAGE_PULL_POLICY"),
        Key("promotes_from", StringShape(), "The environment that versions come from"),
        Key("adopts", AdoptsShape(), "The Compose project that runs here and is taken over"),
        Key("suspended", BooleanShape(), "Reports and changes nothing"),
        Key("prune", BooleanShape(), "Whether containers of unlisted services are removed"),
        Key(
            "mirrors",
            MapShape(
                value: ListShape(element: StringShape(check: checkRegistry)),
                checkName: checkMirrored
            ),
            "Registries to try when one is down, by registry"
        ),
        Key("variables", MapShape(value: VariableShape(), checkName: checkVariable))
            .about("What ${NAME} stands for in manifests"),
        .required("services", services)
            .about("Everything that runs here, and what differs from the manifest"),
        Key("networks", ManifestKeys.networks, "What differs from the manifests' networks"),
        Key("volumes", ManifestKeys.volumes, "What differs from the manifests' volumes"),
        Key("configs", ManifestKeys.configs, "What differs from the manifests' configs"),
        Key("secrets", ManifestKeys.secrets, "What differs from the manifests' secrets"),
        Key("policy", PolicyKeys.shape, "What services may do here"),
    ]

    static let shape = ObjectShape(keys)

    /// The keys of `shape` that are read by themselves.
    static let settings = ObjectShape(ManifestKeys.deferringOverlaid(keys))

    /// A service of an environment: what a manifest may say, and a version and a registry.
    static let service = ObjectShape(versionKeys + ServiceKeys.keys, null: .null)

    private static let services = MapShape(value: service, checkName: MapShape.serviceName)

    /// The keys that stand under a service of an environment alone.
    static let versionKeys = [
        Key("version", version, "The image's tag: 1.4.2, or 1.4.2@sha256:…"),
        Key("registry", StringShape(check: checkRegistry), "Another registry for this service"),
    ]

    private static let version = ScalarShape(
        check: { text throws(TextError) in _ = try VersionText(text) },
        types: ["string", "number"]
    )

    @Sendable private static func checkRegistry(_ text: String) throws(TextError) -> String {
        let name = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard ImageName.namesRegistry("\(name)/x"), (try? ImageName("\(name)/x")) != nil else {
            throw TextError("\(text.quoted) does not name a registry")
                .with(remedy: "start with its host, as in ghcr.io/team or docker.io/team")
        }
        return name
    }

    /// The name that images' registries are looked up by: a host, and none of its other names.
    @Sendable private static func checkMirrored(_ name: String) throws(TextError) {
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

    @Sendable private static func checkVariable(_ name: String) throws(TextError) {
        if let reserved = Variables.reserved.first(where: { $0.name == name }) {
            throw TextError("\(name) is filled in by Berth", remedy: reserved.remedy)
        }
        guard name.utf8.first?.startsName == true, name.utf8.allSatisfy(\.continuesName) else {
            throw TextError("\(name.quoted) is not a variable's name")
                .with(remedy: "use letters, digits and underscores")
        }
    }
}

private struct AdoptsShape: Shape {
    private let map = ObjectShape([
        .required("project", StringShape(check: checkProject))
            .about("Its name, which its containers have in the label com.docker.compose.project")
    ])

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

    @Sendable private static func checkProject(_ text: String) throws(TextError) -> String {
        guard let correction = ProjectName.correction(of: text) else { return text }
        throw TextError("\(text.quoted) is not the name of a project that can be adopted")
            .with(remedy: "write \(correction)")
    }
}

/// A value of `variables`: any scalar, as it is written.
private struct VariableShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let value = ScalarShape(characters: .anyButNull).read(item, at: path, into: &problems)
        // Else each use of the variable would be reported as unset.
        guard let value else { return item.value(.string(item.scalar?.text ?? "")) }
        if let text = value.string, text.contains("${") {
            let error = TextError("variables are not filled into variables")
                .with(remedy: "write the value out")
            problems.report(error, at: item.location, field: path)
        }
        return value
    }

    var schema: SchemaNode { ScalarShape().schema }
}
