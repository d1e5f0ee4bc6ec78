/// `ports`: a list of short forms and long ones.
struct PortsShape: Shape {
    /// The most ports that one service may publish, ranges counted out.
    static let most = 1_000

    private static let longForm = ObjectShape(
        Keys([
            Key("name", StringShape(), "A name for people"),
            Key("mode", StringShape.choice(["ingress", "host"]), "Both publish on the host"),
            Key("host_ip", StringShape(check: checkAddress), "The one address to publish on"),
            Key("target", IntegerShape(range: 1...65_535), "The port inside the container"),
            Key("published", PublishedShape(), "The port of the host, or a range to choose from"),
            Key("protocol", StringShape.choice(["tcp", "udp", "sctp"]), "The transport"),
            Key("app_protocol", StringShape(), "What is spoken, for people"),
        ]),
        required: ["target"]
    )

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
        guard let scalar = entry.scalar else {
            guard let long = Self.longForm.read(entry, at: path, into: &problems) else { return [] }
            return [Self.completed(long)]
        }
        let ports = entry.convert(at: path, into: &problems) { text throws(TextError) in
            let ports = try PortText.parse(text)
            if scalar.isRewritten { throw ScalarShape.quote(text) }
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

    private static func completed(_ value: ComposeValue) -> ComposeValue {
        guard var map = value.map else { return value }
        map["mode"] = map["mode"] ?? ComposeValue(.string("ingress"))
        map["protocol"] = map["protocol"] ?? ComposeValue(.string("tcp"))
        return ComposeValue(.map(map), origin: value.origin)
    }

    private static let checkAddress: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        guard IPAddressText.isAddress(text) else {
            throw TextError("\(text.quoted) is not an IP address", remedy: "write one")
        }
        return text
    }

    var schema: SchemaNode {
        .list(of: .any(of: [.type("integer", "string"), Self.longForm.schema]))
    }

    /// The host's port of the long form: a number or a range, quoted or not.
    private struct PublishedShape: Shape {
        func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
            let shape = ScalarShape(check: { text throws(TextError) in
                _ = try PortText.range(text, "host port", in: text)
            })
            return shape.read(item, at: path, into: &problems)
        }

        var schema: SchemaNode { .type("integer", "string") }
    }
}
