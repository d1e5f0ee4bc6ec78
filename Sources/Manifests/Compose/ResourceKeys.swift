/// The top-level sections of a manifest: `networks`, `volumes`, `configs`, `secrets`.
enum ResourceKeys {
    static let network = ObjectShape(
        [
            Key("name", StringShape(), "The name in Docker"),
            Key("driver", StringShape(), "The driver"),
            Key("driver_opts", KeyValueShape.options, "Options for the driver"),
            Key("ipam", ipam, "Address ranges"),
            Key("external", ExternalShape(), "Created outside of Berth"),
            Key("internal", BooleanShape(dropsFalse: true), "Without access to the outside"),
            Key("attachable", BooleanShape(dropsFalse: true), "Open to containers started by hand"),
            Key("enable_ipv6", BooleanShape(), "With IPv6 addresses"),
            .refused("enable_ipv4", "networks without IPv4 are not available", "remove it"),
            Key("labels", KeyValueShape.labels, "Labels of the network"),
        ],
        null: .map(OrderedMap()),
        check: checkExternal
    )

    static let volume = ObjectShape(
        [
            Key("name", StringShape(), "The name in Docker"),
            Key("driver", StringShape(), "The driver"),
            Key("driver_opts", KeyValueShape.options, "Options for the driver"),
            Key("external", ExternalShape(), "Created outside of Berth"),
            Key("labels", KeyValueShape.labels, "Labels of the volume"),
            Key("x-berth", BerthKeys.volume, "What only Berth knows: who may write"),
        ],
        null: .map(OrderedMap()),
        check: checkExternal
    )

    static let config = ObjectShape(
        [
            Key("name", StringShape(), "Has no effect on one host"),
            Key("file", StringShape(), "Relative: from the commit; absolute: from the host"),
            Key("content", StringShape(characters: .any), "The content itself"),
            environment, external, labels, templateDriver,
        ],
        check: { value in
            switch (value["file"] != nil, value["content"] != nil) {
            case (true, true):
                TextError("file and content exclude each other", remedy: "remove one")
            case (false, false):
                TextError("the content is missing", remedy: "add file: or content:")
            default: nil
            }
        }
    )

    static let secret = ObjectShape(
        [
            Key("name", StringShape(), "Has no effect on one host"),
            Key("file", StringShape(), "An absolute path on the host"),
            environment, external, labels, templateDriver,
            .refused("driver", "secret drivers are for clusters", fileRemedy),
            .refused("driver_opts", "secret drivers are for clusters", fileRemedy),
        ],
        check: { value in
            value["file"] == nil ? TextError("the content is missing", remedy: fileRemedy) : nil
        }
    )

    private static let fileRemedy = "write file: with an absolute path on the host"

    private static let environment = Key.refused(
        "environment",
        "nothing is taken from the process environment",
        fileRemedy
    )

    private static let external = Key.refused(
        "external",
        "external ones are for clusters",
        fileRemedy
    )

    private static let templateDriver = Key.refused(
        "template_driver",
        "templates are for clusters",
        "remove it"
    )

    private static let labels = Key("labels", KeyValueShape.labels, "Has no effect on one host")

    private static let subnet = StringShape.matching(
        "is not a subnet",
        remedy: "write one as 10.5.0.0/16",
        IPAddressText.isSubnet
    )

    private static let ipam = ObjectShape([
        Key("driver", StringShape.choice(["default"]), "Docker's own"),
        Key(
            "config",
            ListShape(
                element: ObjectShape([
                    .required("subnet", subnet, "In CIDR notation"),
                    Key("ip_range", subnet, "The part that containers get addresses from"),
                    Key("gateway", StringShape.address(IPAddressText.isAddress))
                        .about("The gateway's address"),
                    .refused(
                        "aux_addresses",
                        "auxiliary addresses are not available",
                        "leave them out of ip_range"
                    ),
                ])
            ),
            "Address ranges"
        ),
        .refused("options", "options of the address driver are not available", "remove it"),
    ])

    @Sendable private static func checkExternal(_ value: ComposeValue) -> TextError? {
        guard value.isExternal else { return nil }
        if let inner = value["external"]?["name"], let outer = value["name"], inner != outer {
            return TextError("name and external.name differ", remedy: "write name: alone")
        }
        let others = value.map?.keys.filter { !["name", "external", "x-berth"].contains($0) } ?? []
        guard let other = others.first else { return nil }
        return TextError("\(other) does not go with external: Berth does not create the object")
            .with(remedy: "remove \(other) or external")
    }
}
