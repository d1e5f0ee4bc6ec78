/// `policy` of an environment file.
enum PolicyKeys {
    static let shape = ObjectShape(
        Keys([
            Key(
                "trusted_registries",
                ListShape(
                    element: StringShape(),
                    whenEmpty: TextError(
                        "an empty list trusts nobody",
                        remedy: "list registries, or remove the key to trust all"
                    )
                ),
                "Where images may come from: hosts, or hosts with a path; none said: anywhere"
            ),
            Key(
                "floating_tags",
                FloatingTagsShape(),
                "Tags without a version: refuse (default), warn, allow, or a list of allowed tags"
            ),
            Key("require_digest", BooleanShape(), "Whether every version has to carry a digest"),
            Key(
                "signatures",
                RefusedShape(
                    "signatures are not checked yet",
                    remedy: "remove it; require_digest and trusted_registries hold an image fast"
                ),
                ""
            ),
            Key("privileged", services, "Services that may run with privileged: true"),
            Key(
                "host_paths",
                ListShape(element: StringShape(check: checkHostPath)),
                "Paths of the host that may be mounted; /path:ro for reading only"
            ),
            Key(
                "shared_paths",
                ListShape(element: StringShape(check: checkHostPath)),
                "Paths of the host that several containers may write to at a time"
            ),
            Key(
                "host_network",
                services,
                "Services that may use network_mode: host, or networks whose driver is not bridge"
            ),
            Key(
                "host_namespaces",
                services,
                "Services that may use the host's pid, ipc or userns, or a cgroup_parent"
            ),
            Key(
                "unconfined",
                services,
                "Services that may choose their security_opt, runtime and its orders"
            ),
            Key(
                "priority",
                services,
                "Services that may come before the host's own: oom_score_adj, oom_kill_disable"
            ),
            Key(
                "capabilities",
                ListShape(element: StringShape(check: CapabilityText.check)),
                "Capabilities that may be added, beside those that every container has"
            ),
            Key("devices", ListShape(element: StringShape()), "Devices that may be handed out"),
            Key(
                "ports",
                ListShape(element: PortRangeShape()),
                "Ports of the host that may be published, as 8000-8999 or 443/tcp; none said: all "
                    + "but 22/tcp"
            ),
            Key(
                "subnets",
                ListShape(element: StringShape(check: checkSubnet)),
                "Public address ranges that networks may have, with all ranges inside them"
            ),
            Key(
                "external_networks",
                ListShape(element: StringShape.filled),
                "Networks created elsewhere that services may join, by their names in Docker"
            ),
            Key(
                "external_volumes",
                ListShape(element: StringShape.filled),
                "Volumes created elsewhere that services may mount, by their names in Docker"
            ),
            Key(
                "file_servers",
                ListShape(element: StringShape.filled),
                "Servers whose shares volumes may mount over nfs and cifs"
            ),
            Key(
                "volume_drivers",
                ListShape(element: StringShape.filled),
                "Volume drivers beside local"
            ),
            Key(
                "log_drivers",
                ListShape(element: StringShape.filled),
                "Log drivers beside json-file, local, journald and none"
            ),
        ])
    )

    private static let services = ListShape(element: StringShape())

    private static let checkSubnet: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        guard IPAddressText.isSubnet(text) else {
            throw TextError("\(text.quoted) is not a subnet", remedy: "write one as 2a00:1::/64")
        }
        return text
    }

    private static let checkHostPath: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        guard text.hasPrefix("/") else {
            throw TextError("\(text.quoted) is not an absolute path", remedy: "start it with /")
        }
        return text
    }
}

/// `floating_tags`: a word or a list of tags.
private struct FloatingTagsShape: Shape {
    private let word = StringShape.choice(["refuse", "warn", "allow"])
    private let list = ListShape(element: StringShape())

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        item.list == nil
            ? word.read(item, at: path, into: &problems)
            : list.read(item, at: path, into: &problems)
    }

    var schema: SchemaNode { .any(of: [word.schema, list.schema]) }
}

/// One of `ports`: a number, or a text such as `8000-8999/tcp`.
private struct PortRangeShape: Shape {
    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let shape = ScalarShape(
            check: { text throws(TextError) in _ = try PortRange(text) },
            allowsBoolean: false
        )
        return shape.read(item, at: path, into: &problems)
    }

    var schema: SchemaNode { .type("integer", "string") }
}
