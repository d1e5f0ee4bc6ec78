/// `depends_on`: a list of services, or a map with conditions.
struct DependsOnShape: Shape {
    private static let started = "service_started"
    private static let condition = ObjectShape([
        .required(
            "condition",
            StringShape.choice([started, "service_healthy", "service_completed_successfully"]),
            "When the other service counts as ready"
        ),
        Key("restart", BooleanShape(), "Whether this service is replaced with the other one"),
        Key("required", BooleanShape(), "Whether the other service has to be listed"),
    ])

    private static let map = MapShape(value: condition, checkName: MapShape.resourceName)

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let read = Self.map.read(normalised(item), at: path, into: &problems)
        guard let value = read, let entries = value.map else { return nil }
        var result = OrderedMap<ComposeValue>()
        for (service, entry) in entries where entry.map != nil {
            result[service] = entry.completing { fields in
                fields["condition"] = fields["condition"] ?? ComposeValue(.string(Self.started))
                if fields["restart"]?.boolean == false { fields["restart"] = nil }
                fields["required"] = fields["required"] ?? ComposeValue(.boolean(true))
            }
        }
        return ComposeValue(.map(result), origin: value.origin)
    }

    func normalised(_ item: Item) -> Item {
        guard let list = item.list else { return item }
        let fields = OrderedMap([("condition", Item(text: Self.started, like: item))])
        return item.mapped(list) { ($0, .map(fields)) }
    }

    func merged(_ base: Item, with overlay: Item) -> Item {
        Self.map.merged(normalised(base), with: normalised(overlay))
    }

    var schema: SchemaNode { .any(of: [.list(of: .type("string")), Self.map.schema]) }
}

/// `networks` of a service: a list of names, or a map with aliases and addresses.
struct ServiceNetworksShape: Shape {
    private static let attachment = ObjectShape(
        [
            Key("aliases", ListShape.texts, "More names in the network's DNS"),
            Key("ipv4_address", StringShape.address(IPAddressText.isIPv4), "A fixed IPv4 address"),
            Key("ipv6_address", StringShape.address(IPAddressText.isIPv6), "A fixed IPv6 address"),
            Key("link_local_ips", ListShape(element: StringShape.address(IPAddressText.isAddress)))
                .about("Addresses of link-local scope"),
            Key("mac_address", StringShape.address(HardwareAddressText.isAddress))
                .about("A fixed hardware address"),
            Key("driver_opts", KeyValueShape.options, "Options for the network's driver"),
            Key("priority", IntegerShape(range: -1_000_000...1_000_000), "Has no effect here"),
            Key("gw_priority", IntegerShape(range: -1_000_000...1_000_000))
                .about("Which network gives the default route"),
            .refused("interface_name", "interface names are not available", "remove it"),
        ],
        null: .null
    )

    private static let map = MapShape(value: attachment, checkName: MapShape.resourceName)

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        Self.map.read(normalised(item), at: path, into: &problems)
    }

    func normalised(_ item: Item) -> Item {
        guard let list = item.list else { return item }
        return item.mapped(list) { ($0, .scalar(ScalarText("", isPlain: true))) }
    }

    /// An entry with nothing in it joins a network and adds nothing to what is said of it below.
    func merged(_ base: Item, with overlay: Item) -> Item {
        let lower = normalised(base)
        var upper = normalised(overlay)
        guard let present = lower.map, var entries = upper.map else { return upper }
        for (name, entry) in entries where entry.isNull && !entry.isWrittenNull {
            if let known = present[name] { entries[name] = known }
        }
        upper.content = .map(entries)
        return Self.map.merged(lower, with: upper)
    }

    var schema: SchemaNode { .any(of: [.list(of: .type("string")), Self.map.schema]) }
}

/// `extra_hosts`: a list of `name=address`, or a map of names to addresses.
struct ExtraHostsShape: Shape {
    private static let addresses = ListShape(
        element: StringShape(),
        isUnique: false,
        allowsSingle: true
    )

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let map = MapShape(value: Self.addresses)
        guard let value = map.read(normalised(item), at: path, into: &problems),
            let entries = value.map
        else { return nil }
        var lines: [(text: String, origin: Origin)] = []
        for (name, entry) in entries {
            do {
                let host = try ExtraHostText(name: name, addresses: entry.strings ?? [])
                lines += host.addresses.map { ("\(name)=\($0)", entry.origin) }
            } catch {
                problems.report(error, at: entry.origin.location, field: "\(path).\(name)")
            }
        }
        let sorted = lines.sorted { $0.text < $1.text }
        return item.value(.list(sorted.map { ComposeValue(.string($0.text), origin: $0.origin) }))
    }

    /// Names become keys; a name on several lines gathers its addresses.
    func normalised(_ item: Item) -> Item {
        guard let list = item.list else { return item }
        var addresses: [String: [Item]] = [:]
        for element in list {
            guard let scalar = element.scalar, let host = try? ExtraHostText(scalar.text) else {
                continue
            }
            addresses[host.name, default: []] += host.addresses.map {
                Item(text: $0, like: element)
            }
        }
        var seen: Set<String> = []
        let firsts = list.filter { element in
            guard let scalar = element.scalar, scalar.problem == nil,
                let host = try? ExtraHostText(scalar.text)
            else { return true }
            return seen.insert(host.name).inserted
        }
        return item.mapped(firsts) { text throws(TextError) in
            let host = try ExtraHostText(text)
            return (host.name, .list(addresses[host.name] ?? []))
        }
    }

    func merged(_ base: Item, with overlay: Item) -> Item {
        Overlay.merged(normalised(base), with: normalised(overlay)) { _ in Self.addresses }
    }

    var schema: SchemaNode {
        let address = SchemaNode.any(of: [.type("string"), .list(of: .type("string"))])
        return .any(of: [.list(of: .type("string")), .map(of: address)])
    }
}
