/// `env_file`: a path, or a list of paths and of maps with a path.
struct EnvFileShape: Shape {
    private static let entry = ObjectShape([
        .required("path", StringShape(), "Relative: from the commit; absolute: from the host"),
        Key("required", BooleanShape(), "Whether the file has to be there"),
        Key("format", StringShape.choice(["raw"]), "raw takes every line as it stands"),
    ])

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let element = ShortFormShape(longForm: Self.entry, key: "path")
        let list = ListShape(element: element, allowsSingle: true)
        return list.read(item, at: path, into: &problems)?.completingEach { fields in
            if fields["required"]?.boolean == true { fields["required"] = nil }
        }
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

    private static let entry = ObjectShape([
        .required("source", StringShape(), "The key at the top level"),
        Key("target", StringShape(), "The path inside the container"),
        Key("uid", StringShape(), "The owner of the mounted file"),
        Key("gid", StringShape(), "The group of the mounted file"),
        Key("mode", ModeShape(), "Permission bits"),
    ])

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        let list = ListShape(element: ShortFormShape(longForm: Self.entry, key: "source"))
        return list.read(item, at: path, into: &problems)?.completingEach { fields in
            guard fields["target"] == nil, let defaultTarget,
                let source = fields["source"]?.string
            else { return }
            fields["target"] = ComposeValue(.string(defaultTarget + source))
        }
    }

    var schema: SchemaNode { .list(of: .any(of: [.type("string"), Self.entry.schema])) }
}

/// A text that stands for a map with one key.
struct ShortFormShape: Shape {
    var longForm: ObjectShape
    /// The key that the text is the value of.
    var key: String

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard item.scalar != nil, !item.isNull else {
            return longForm.read(item, at: path, into: &problems)
        }
        return StringShape.filled.read(item, at: path, into: &problems).map { text in
            item.value(.map(OrderedMap([(key, text)])))
        }
    }

    var schema: SchemaNode { .any(of: [.type("string"), longForm.schema]) }
}

/// `devices`: `source[:target[:permissions]]`, or maps of the same.
struct DeviceShape: Shape {
    private static let longForm = ObjectShape([
        .required("source", StringShape(check: checkPath), "The device on the host"),
        Key("target", StringShape(check: checkPath), "The device inside the container"),
        Key("permissions", StringShape(check: checkPermissions), "Of r, w and m"),
    ])

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard item.scalar != nil, !item.isNull else {
            return Self.longForm.read(item, at: path, into: &problems)
        }
        return StringShape().convert(item, at: path, into: &problems) { text throws(TextError) in
            let parts = text.utf8.split(separator: .colon, omittingEmptySubsequences: false)
                .map { String(Substring($0)) }
            guard parts.count <= 3, parts.allSatisfy({ !$0.isEmpty }) else {
                throw TextError("\(text.quoted) is not a device", remedy: "write source:target")
            }
            let permissions = parts.count > 2 ? try Self.checkPermissions(parts[2]) : "rwm"
            let texts: [(String, String)] = [
                ("source", parts[0]), ("target", parts.count > 1 ? parts[1] : parts[0]),
                ("permissions", permissions),
            ]
            return item.value(.map(OrderedMap(texts.map { ($0, item.value(.string($1))) })))
        }
    }

    /// What the short form could not say in one part is no part.
    @Sendable private static func checkPath(_ text: String) throws(TextError) -> String {
        guard !text.isEmpty else { throw TextError("it is empty", remedy: "give it a value") }
        guard !text.utf8.contains(.colon) else {
            throw TextError("\(text.quoted) has a colon", remedy: "write one device")
        }
        return text
    }

    @Sendable private static func checkPermissions(_ text: String) throws(TextError) -> String {
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

    @Sendable static func checkName(_ name: String) throws(TextError) {
        guard !names.contains(name) else { return }
        let near = NearestName.of(name, among: names)
        throw TextError(
            "\(name.quoted) is not a limit",
            remedy: near.map { "did you mean \($0)?" }
                ?? "the limits are \(names.joined(separator: ", "))"
        )
    }

    private static let number = IntegerShape(range: -1...Int64.max)
    private static let longForm = ObjectShape([
        .required("soft", number, "What a process gets"),
        .required("hard", number, "What it may raise that to"),
    ])

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
    private static let longForm = ObjectShape([
        Key("name", StringShape(), "The name in Docker; write name: instead")
    ])

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        item.map == nil
            ? BooleanShape(dropsFalse: true).read(item, at: path, into: &problems)
            : Self.longForm.read(item, at: path, into: &problems)
    }

    var schema: SchemaNode { .any(of: [.type("boolean"), .variable, Self.longForm.schema]) }
}
