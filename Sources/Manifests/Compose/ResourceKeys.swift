/// The top-level sections of a manifest: `networks`, `volumes`, `configs`, `secrets`.
enum ResourceKeys {
    /// One of `networks`.
    static let network = ObjectShape(
        Keys([
            Key("name", StringShape(), "The name in Docker"),
            Key("driver", StringShape(), "The driver"),
            Key("driver_opts", KeyValueShape.options, "Options for the driver"),
            Key("ipam", ipam, "Address ranges"),
            Key("external", ExternalShape(), "Made by somebody else"),
            Key("internal", BooleanShape(dropsFalse: true), "Without a way out"),
            Key("attachable", BooleanShape(dropsFalse: true), "Open to containers started by hand"),
            Key("enable_ipv6", BooleanShape(), "With IPv6 addresses"),
            Key(
                "enable_ipv4",
                RefusedShape("networks without IPv4 are not available", remedy: "remove it"),
                ""
            ),
            Key("labels", KeyValueShape.labels, "Labels of the network"),
        ]),
        null: .map(OrderedMap()),
        check: checkExternal
    )

    /// One of `volumes`.
    static let volume = ObjectShape(
        Keys([
            Key("name", StringShape(), "The name in Docker"),
            Key("driver", StringShape(), "The driver"),
            Key("driver_opts", KeyValueShape.options, "Options for the driver"),
            Key("external", ExternalShape(), "Made by somebody else"),
            Key("labels", KeyValueShape.labels, "Labels of the volume"),
            Key("x-berth", BerthKeys.volume, "What only Berth knows: who may write"),
        ]),
        null: .map(OrderedMap()),
        check: checkExternal
    )

    /// One of `configs`.
    static let config = ObjectShape(
        Keys([
            Key("name", StringShape(), "Has no effect on one host"),
            Key("file", StringShape(), "Relative: from the commit; absolute: from the host"),
            Key("content", StringShape(characters: .any), "The content itself"),
            environment, external, labels, templateDriver,
        ]),
        check: { value in
            switch (value["file"] != nil, value["content"] != nil) {
            case (true, true):
                TextError("file and content exclude each other", remedy: "remove one")
            case (false, false):
                TextError("nothing says the content", remedy: "add file: or content:")
            default: nil
            }
        }
    )

    /// One of `secrets`.
    static let secret = ObjectShape(
        Keys([
            Key("name", StringShape(), "Has no effect on one host"),
            Key("file", StringShape(), "An absolute path on the host"),
            environment, external, labels, templateDriver,
            Key("driver", RefusedShape("secret drivers are for clusters", remedy: fileRemedy), ""),
            Key(
                "driver_opts",
                RefusedShape("secret drivers are for clusters", remedy: fileRemedy),
                ""
            ),
        ]),
        check: { value in
            value["file"] == nil ? TextError("nothing says the content", remedy: fileRemedy) : nil
        }
    )

    private static let fileRemedy = "write file: with an absolute path on the host"

    private static let environment = Key(
        "environment",
        RefusedShape(
            "nothing is taken from the process environment",
            remedy: fileRemedy
        ),
        ""
    )

    private static let external = Key(
        "external",
        RefusedShape(
            "external ones are for clusters",
            remedy: fileRemedy
        ),
        ""
    )

    private static let templateDriver = Key(
        "template_driver",
        RefusedShape(
            "templates are for clusters",
            remedy: "remove it"
        ),
        ""
    )

    private static let labels = Key("labels", KeyValueShape.labels, "Has no effect on one host")

    private static let subnet: StringShape = StringShape(check: { text throws(TextError) in
        guard IPAddressText.isSubnet(text) else {
            throw TextError("\(text.quoted) is not a subnet", remedy: "write one as 10.5.0.0/16")
        }
        return text
    })

    private static let ipam = ObjectShape(
        Keys([
            Key("driver", StringShape.choice(["default"]), "Docker's own"),
            Key(
                "config",
                ListShape(
                    element: ObjectShape(
                        Keys([
                            Key("subnet", subnet, "In CIDR notation"),
                            Key("ip_range", subnet, "The part that is handed out"),
                            Key(
                                "gateway",
                                StringShape.address(IPAddressText.isAddress),
                                "The gateway's address"
                            ),
                            Key(
                                "aux_addresses",
                                RefusedShape(
                                    "auxiliary addresses are not available",
                                    remedy: "leave them out of ip_range"
                                ),
                                ""
                            ),
                        ]),
                        required: ["subnet"]
                    )
                ),
                "Address ranges"
            ),
            Key(
                "options",
                RefusedShape(
                    "options of the address driver are not available",
                    remedy: "remove it"
                ),
                ""
            ),
        ])
    )

    private static let checkExternal: @Sendable (ComposeValue) -> TextError? = { value in
        let external = value["external"]
        let outerName = value["name"]?.string
        guard external?.boolean == true || external?.map != nil else { return nil }
        if let name = external?["name"]?.string, let outerName, name != outerName {
            return TextError("name and external.name differ", remedy: "write name: alone")
        }
        let others = value.map?.keys.filter { !["name", "external", "x-berth"].contains($0) } ?? []
        guard let other = others.first else { return nil }
        return TextError(
            "\(other) cannot be said of what somebody else made",
            remedy: "remove \(other) or external"
        )
    }
}
