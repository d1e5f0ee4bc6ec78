/// `ports`: a list of short forms and long ones.
struct PortsShape: Shape {
    /// The most ports that one service may publish, ranges counted out.
    static let most = 1_000

    private static let longForm = ObjectShape([
        Key("name", StringShape(), "A name for people"),
        Key("mode", StringShape.choice(["ingress", "host"]), "Both publish on the host"),
        Key("host_ip", address, "The one address to publish on"),
        .required("target", IntegerShape(range: 1...65_535), "The port inside the container"),
        Key("published", published, "The port of the host, or a range to choose from"),
        Key("protocol", StringShape.choice(["tcp", "udp", "sctp"]), "The transport"),
        Key("app_protocol", StringShape(), "What is spoken, for people"),
    ])

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let list = item.list else {
            problems.report(item.expected("a list"), at: item.location, field: path)
            return nil
        }
        var ports: [ComposeValue] = []
        var entries: [[ComposeValue]] = []
        for (index, entry) in list.enumerated() {
            let place = "\(path)[\(index)]"
            let errors = problems.errors
            let values = read(entry: entry, at: place, into: &problems)
            if problems.errors > errors { ports.append(entry.value(.unreadable)) }
            if !values.isEmpty, let first = entries.firstIndex(of: values) {
                let error = TextError("it is the same as \(path)[\(first)]", remedy: "remove one")
                problems.report(error, at: entry.location, field: place)
                ports.append(entry.value(.unreadable))
            } else if problems.errors == errors {
                ports += values
            }
            entries.append(values)
            guard ports.count <= Self.most else {
                let error = TextError("more than \(Self.most) ports are published")
                problems.report(error, at: entry.location, field: path)
                return nil
            }
        }
        return item.value(.list(ports))
    }

    private func read(
        entry: Item,
        at path: String,
        into problems: inout Problems
    ) -> [ComposeValue] {
        guard entry.scalar != nil else {
            let port = Self.longForm.read(entry, at: path, into: &problems)?.completing { fields in
                fields["mode"] = fields["mode"] ?? ComposeValue(.string("ingress"))
                fields["protocol"] = fields["protocol"] ?? ComposeValue(.string("tcp"))
            }
            return port.map { [$0] } ?? []
        }
        let ports = entry.convert(to: "a port", at: path, into: &problems) {
            scalar throws(TextError) in
            let ports = try PortText.parse(scalar.text)
            if scalar.isRewritten { throw ScalarShape.quote(scalar.text) }
            return ports
        }
        return (ports ?? []).map { port in
            var map = OrderedMap<ComposeValue>()
            map["mode"] = entry.value(.string("ingress"))
            map["host_ip"] = port.address.map { entry.value(.string($0)) }
            map["target"] = entry.value(.integer(Int64(port.target)))
            map["published"] = port.published.map { entry.value(.string($0)) }
            map["protocol"] = entry.value(.string(port.transport))
            return entry.value(.map(map))
        }
    }

    private static let address = StringShape.matching(
        "is not an IP address",
        remedy: "write one",
        IPAddressText.isAddress
    )

    /// The host's port of the long form: a number or a range, quoted or not.
    private static let published = ScalarShape.number { text throws(TextError) in
        _ = try PortText.range(text, "host port", in: text)
    }

    var schema: SchemaNode {
        .list(of: .any(of: [.type("integer", "string"), Self.longForm.schema]))
    }
}
