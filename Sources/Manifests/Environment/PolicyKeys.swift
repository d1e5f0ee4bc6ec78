enum PolicyKeys {
    static let shape = ObjectShape([
        Key(
            "trusted_registries",
            ListShape(
                element: StringShape(),
                whenEmpty: TextError("an empty list trusts no registry")
                    .with(remedy: "list registries, or remove the key to trust all")
            ),
            "Where images may come from: hosts, or hosts with a path; without the key: anywhere"
        ),
        Key(
            "floating_tags",
            FloatingTagsShape(),
            "Tags without a version: refuse (default), warn, allow, or a list of allowed tags"
        ),
        Key("require_digest", BooleanShape(), "Whether every version has to carry a digest"),
        .refused(
            "signatures",
            "signatures are not checked yet",
            "remove it; require_digest and trusted_registries pin an image"
        ),
        Key("privileged", services, "Services that may run with privileged: true"),
        Key("host_paths", ListShape(element: StringShape.absolutePath))
            .about("Paths of the host that may be mounted; /path:ro for reading only"),
        Key("shared_paths", ListShape(element: StringShape.absolutePath))
            .about("Paths of the host that several containers may write to at a time"),
        Key(
            "host_network",
            services,
            "Services that may use network_mode: host, or networks whose driver is not bridge"
        ),
        Key("host_namespaces", services)
            .about("Services that may use the host's pid, ipc or userns, or a cgroup_parent"),
        Key("unconfined", services)
            .about("Services that may choose their security_opt, runtime and annotations"),
        Key(
            "priority",
            services,
            "Services that may take priority over the host's own: oom_score_adj, oom_kill_disable"
        ),
        Key("capabilities", ListShape(element: StringShape(check: CapabilityText.check)))
            .about("Capabilities that may be added, beside those that every container has"),
        Key("devices", ListShape.texts, "Devices that containers may get"),
        Key(
            "ports",
            ListShape(element: ports),
            "Ports of the host that may be published: 8000-8999 or 443/tcp; without the key: all "
                + "but 22/tcp"
        ),
        Key("subnets", ListShape(element: subnet))
            .about("Public address ranges that networks may have, with all ranges inside them"),
        Key("external_networks", ListShape.names)
            .about("Networks created elsewhere that services may join, by their names in Docker"),
        Key("external_volumes", ListShape.names)
            .about("Volumes created elsewhere that services may mount, by their names in Docker"),
        Key("file_servers", ListShape.names)
            .about("Servers whose shares volumes may mount over nfs and cifs"),
        Key("volume_drivers", ListShape.names, "Volume drivers beside local"),
        Key("log_drivers", ListShape.names)
            .about("Log drivers beside json-file, local, journald and none"),
    ])

    private static let services = ListShape.texts

    private static let subnet = StringShape.matching(
        "is not a subnet",
        remedy: "write one as 2a00:1::/64",
        IPAddressText.isSubnet
    )

    private static let ports = ScalarShape.number(allowsBoolean: false) { text throws(TextError) in
        _ = try PortRange(text)
    }
}

/// `floating_tags`: a word or a list of tags.
private struct FloatingTagsShape: Shape {
    private let word = StringShape.choice(["refuse", "warn", "allow"])
    private let list = ListShape.texts

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        item.list == nil
            ? word.read(item, at: path, into: &problems)
            : list.read(item, at: path, into: &problems)
    }

    var schema: SchemaNode { .any(of: [word.schema, list.schema]) }
}
