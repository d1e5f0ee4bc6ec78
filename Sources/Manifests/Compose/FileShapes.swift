/// `env_file`: a path, or a list of paths and of maps with a path.
struct EnvFileShape: Shape {
    private static let entry = ObjectShape(
        Keys([
            Key("path", StringShape(), "Relative: from the commit; absolute: from the host"),
            Key("required", BooleanShape(), "Whether the file has to be there"),
            Key("format", StringShape.choice(["raw"]), "raw takes every line as it stands"),
        ]),
        required: ["path"]
    )

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let element = ShortFormShape(longForm: Self.entry, key: "path")
        let list = ListShape(element: element, allowsSingle: true)
        guard let value = list.read(item, at: path, into: &problems), let entries = value.list
        else { return nil }
        let completed = entries.map { entry in
            guard var fields = entry.map else { return entry }
            if fields["required"]?.boolean == true { fields["required"] = nil }
            return ComposeValue(.map(fields), origin: entry.origin)
        }
        return ComposeValue(.list(completed), origin: value.origin)
    }

    var schema: SchemaNode {
        let entry = SchemaNode.any(of: [.type("string"), Self.entry.schema])
        return .any(of: [.type("string"), .list(of: entry)])
    }
}

/// `configs` and `secrets` of a service: names, or maps with a target.
struct FileReferencesShape: Shape {
    /// What a target is put behind when none is given.
    var defaultTarget: String?

    private static let entry = ObjectShape(
        Keys([
            Key("source", StringShape(), "The key at the top level"),
            Key("target", StringShape(), "The path inside the container"),
            Key("uid", StringShape(), "The owner of the mounted file"),
            Key("gid", StringShape(), "The group of the mounted file"),
            Key("mode", ModeShape(), "Permission bits"),
        ]),
        required: ["source"]
    )

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let list = ListShape(element: ShortFormShape(longForm: Self.entry, key: "source"))
        guard let value = list.read(item, at: path, into: &problems), let entries = value.list
        else { return nil }
        let completed = entries.map { entry in
            guard var fields = entry.map, fields["target"] == nil, let defaultTarget,
                let source = fields["source"]?.string
            else { return entry }
            fields["target"] = ComposeValue(.string(defaultTarget + source))
            return ComposeValue(.map(fields), origin: entry.origin)
        }
        return ComposeValue(.list(completed), origin: value.origin)
    }

    var schema: SchemaNode { .list(of: .any(of: [.type("string"), Self.entry.schema])) }
}

/// A text that stands for a map with one key.
struct ShortFormShape: Shape {
    /// The map.
    var longForm: ObjectShape
    /// The key that the text is the value of.
    var key: String

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard item.scalar != nil, !item.isNull else {
            return longForm.read(item, at: path, into: &problems)
        }
        guard let text = StringShape.filled.read(item, at: path, into: &problems) else {
            return nil
        }
        var map = OrderedMap<ComposeValue>()
        map[key] = text
        return item.value(.map(map))
    }

    var schema: SchemaNode { .any(of: [.type("string"), longForm.schema]) }
}

/// `devices`: `source[:target[:permissions]]`, or maps of the same.
struct DeviceShape: Shape {
    private static let longForm = ObjectShape(
        Keys([
            Key("source", StringShape(check: checkPath), "The device on the host"),
            Key("target", StringShape(check: checkPath), "The device inside the container"),
            Key("permissions", StringShape(check: checkPermissions), "Of r, w and m"),
        ]),
        required: ["source"]
    )

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard item.scalar != nil, !item.isNull else {
            return Self.longForm.read(item, at: path, into: &problems)
        }
        guard StringShape().read(item, at: path, into: &problems) != nil else { return nil }
        return item.convert(at: path, into: &problems) { text throws(TextError) in
            let parts = text.utf8.split(separator: .colon, omittingEmptySubsequences: false)
                .map { String(Substring($0)) }
            guard parts.count <= 3, parts.allSatisfy({ !$0.isEmpty }) else {
                throw TextError("\(text.quoted) is not a device", remedy: "write source:target")
            }
            let permissions = parts.count > 2 ? try Self.checkPermissions(parts[2]) : "rwm"
            var map = OrderedMap<ComposeValue>()
            map["source"] = item.value(.string(parts[0]))
            map["target"] = item.value(.string(parts.count > 1 ? parts[1] : parts[0]))
            map["permissions"] = item.value(.string(permissions))
            return item.value(.map(map))
        }
    }

    /// What the short form could not say in one part is no part.
    private static let checkPath: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        guard !text.isEmpty else { throw TextError("it is empty", remedy: "give it a value") }
        guard !text.utf8.contains(.colon) else {
            throw TextError("\(text.quoted) has a colon", remedy: "write one device")
        }
        return text
    }

    private static let checkPermissions: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        let letters = Array(text.utf8)
        guard !letters.isEmpty, letters.allSatisfy(Array("rwm".utf8).contains) else {
            throw TextError("\(text.quoted) is not of r, w and m", remedy: "write rwm, or fewer")
        }
        return text
    }

    var schema: SchemaNode { .any(of: [.type("string"), Self.longForm.schema]) }
}

/// One of `ulimits`: a number for both limits, or a soft and a hard one.
struct UlimitShape: Shape {
    /// The limits that Docker knows (docker/go-units, `ulimit.go`).
    private static let names = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc",
        "rss", "rtprio", "rttime", "sigpending", "stack",
    ]

    /// Refuses what Docker would refuse.
    static let checkName: @Sendable (String) throws(TextError) -> Void = {
        name throws(TextError) in
        guard !names.contains(name) else { return }
        let near = NearestName.of(name, among: names)
        throw TextError(
            "\(name.quoted) is not a limit",
            remedy: near.map { "did you mean \($0)?" }
                ?? "the limits are \(names.joined(separator: ", "))"
        )
    }

    private static let number = IntegerShape(range: -1...Int64.max)
    private static let longForm = ObjectShape(
        Keys([
            Key("soft", number, "What a process gets"),
            Key("hard", number, "What it may raise that to"),
        ]),
        required: ["soft", "hard"]
    )

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        item.scalar != nil && !item.isNull
            ? Self.number.read(item, at: path, into: &problems)
            : Self.longForm.read(item, at: path, into: &problems)
    }

    /// A single limit replaces a pair, and a pair a single limit.
    func merged(_ base: Item, with overlay: Item) -> Item {
        Self.longForm.merged(base, with: overlay)
    }

    var schema: SchemaNode { .any(of: [.type("integer", "string"), Self.longForm.schema]) }
}

/// `external`: true or false; the old map with a name is read, too.
struct ExternalShape: Shape {
    private static let longForm = ObjectShape(
        Keys([Key("name", StringShape(), "The name in Docker; write name: instead")])
    )

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        item.map == nil
            ? BooleanShape(dropsFalse: true).read(item, at: path, into: &problems)
            : Self.longForm.read(item, at: path, into: &problems)
    }

    var schema: SchemaNode { .any(of: [.type("boolean"), .variable, Self.longForm.schema]) }
}
