/// A map whose names the team chooses, and whose values have one form.
struct MapShape: Shape {
    /// What every value is.
    var value: any Shape
    /// What a name has to be; throws where it is not.
    var checkName: @Sendable (String) throws(TextError) -> Void = MapShape.anyName

    /// Refuses an empty name, and one that cannot be printed.
    static let anyName: @Sendable (String) throws(TextError) -> Void = { name throws(TextError) in
        if name.isEmpty { throw TextError("the name is empty", remedy: "write one") }
        if let problem = CharacterRule.printable.problem(of: name) { throw problem }
    }

    /// Compose's names of services, networks, volumes, configs and secrets.
    static let resourceName: @Sendable (String) throws(TextError) -> Void = {
        name throws(TextError) in
        let isName = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D
        }
        guard isName, !name.isEmpty, name.utf8.count <= 128 else {
            throw TextError(
                "\(name.quoted) is not a name",
                remedy: "use at most 128 letters, digits, dots, underscores and hyphens"
            )
        }
        // `.` and `..` are folders, and a name server drops a dot at the end.
        guard name.utf8.first != 0x2E, name.utf8.last != 0x2E else {
            throw TextError(
                "\(name.quoted) starts or ends with a dot",
                remedy: "start and end it with a letter or a digit"
            )
        }
    }

    /// A service's name, which hosts look up as a label of DNS (RFC 1035, 2.3.4), and chains carry
    /// whole.
    static let serviceName: @Sendable (String) throws(TextError) -> Void = {
        name throws(TextError) in
        try resourceName(name)
        guard name.utf8.count <= 63 else {
            throw TextError(
                "\(name.quoted) is longer than 63 characters",
                remedy: "shorten it: no host looks up a longer name"
            )
        }
    }

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let map = item.map else {
            problems.report(item.expected("a map"), at: item.location, field: path)
            return nil
        }
        var result = OrderedMap<ComposeValue>()
        for (name, entry) in map {
            let place = "\(path).\(name)"
            // An item of a list that cannot be read has no name yet.
            if entry.scalar?.problem == nil {
                do {
                    try checkName(name)
                } catch {
                    problems.report(error, at: entry.entryLocation, field: place)
                    continue
                }
            }
            result[name] = value.readEntry(entry, at: place, into: &problems)
        }
        return item.value(.map(result))
    }

    func normalised(_ item: Item) -> Item {
        guard let map = item.map else { return item }
        var result = item
        var entries = OrderedMap<Item>()
        for (name, entry) in map { entries[name] = value.normalised(entry) }
        result.content = .map(entries)
        return result
    }

    func merged(_ base: Item, with overlay: Item) -> Item {
        Overlay.merged(base, with: overlay) { _ in value }
    }

    var schema: SchemaNode { .map(of: value.schema) }
}
