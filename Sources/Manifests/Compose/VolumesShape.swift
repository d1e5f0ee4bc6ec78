/// `volumes` of a service: a list of short forms and long ones.
struct VolumesShape: Shape {
    private static let longForm = ObjectShape(
        Keys([
            Key(
                "type",
                StringShape(check: checkType, choices: ["bind", "volume", "tmpfs"]),
                "What is mounted"
            ),
            Key(
                "source",
                StringShape(check: checkSource),
                "A path of the host, or a volume's name"
            ),
            Key("target", StringShape(check: checkTarget), "The path inside the container"),
            Key("read_only", BooleanShape(dropsFalse: true), "Whether the container may only read"),
            Key("consistency", StringShape(), "Has no effect on Linux"),
            Key("bind", ObjectShape(bindKeys), "How a path of the host is mounted"),
            Key("volume", ObjectShape(volumeKeys), "How a volume is mounted"),
            Key("tmpfs", ObjectShape(tmpfsKeys), "How memory is mounted"),
            Key("image", RefusedShape("image mounts are not available", remedy: "remove it"), ""),
        ]),
        required: ["type", "target"],
        check: checkMount
    )

    private static let bindKeys = Keys([
        Key("propagation", StringShape.choice(VolumeText.propagations), "Mount propagation"),
        Key("create_host_path", BooleanShape(), "Makes the directory when it is not there"),
        Key(
            "recursive",
            StringShape.choice(["enabled", "disabled", "writable", "readonly"]),
            "Whether mounts below are mounted too"
        ),
        Key("selinux", StringShape.choice(["z", "Z"]), "SELinux relabelling"),
    ])

    private static let volumeKeys = Keys([
        Key("nocopy", BooleanShape(dropsFalse: true), "Leaves an empty volume empty"),
        Key("subpath", StringShape(check: checkSubpath), "The path inside the volume"),
        Key(
            "labels",
            RefusedShape(
                "labels of a volume belong to its definition",
                remedy: "write them under the top-level volumes"
            ),
            ""
        ),
    ])

    private static let tmpfsKeys = Keys([
        Key("size", BytesShape(), "The most memory, in bytes"),
        Key(
            "mode",
            ModeShape(most: TmpfsText.mostBits, isNumber: true),
            "Permission bits in octal digits, at most 01777"
        ),
    ])

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let list = item.list else {
            problems.report(item.expected("a list"), at: item.location, field: path)
            return nil
        }
        guard list.count <= ListShape.most else {
            let error = TextError("the list has more than \(ListShape.most) items")
            problems.report(error, at: item.location, field: path)
            return nil
        }
        var volumes: [ComposeValue] = []
        var targets: Set<String> = []
        for (index, entry) in list.enumerated() {
            let place = "\(path)[\(index)]"
            let errors = problems.errors
            guard let volume = read(entry: entry, at: place, into: &problems) else {
                if problems.errors > errors { volumes.append(entry.value(.unreadable)) }
                continue
            }
            if let target = volume["target"]?.string, !targets.insert(target).inserted {
                let error = TextError("\(target.quoted) is mounted twice", remedy: "remove one")
                problems.report(error, at: entry.location, field: place)
            }
            volumes.append(volume)
        }
        return item.value(.list(volumes))
    }

    private func read(
        entry: Item,
        at path: String,
        into problems: inout Problems
    ) -> ComposeValue? {
        guard entry.scalar != nil, !entry.isNull else {
            return Self.longForm.read(entry, at: path, into: &problems)
        }
        guard StringShape().read(entry, at: path, into: &problems) != nil else { return nil }
        return entry.convert(at: path, into: &problems) { text throws(TextError) in
            var volume = try VolumeText(text)
            volume.target = try Self.checkTarget(volume.target)
            return Self.value(of: volume, like: entry)
        }
    }

    private static func value(of volume: VolumeText, like entry: Item) -> ComposeValue {
        var map = OrderedMap<ComposeValue>()
        map["type"] = entry.value(.string(volume.isBind ? "bind" : "volume"))
        map["source"] = volume.source.map { entry.value(.string($0)) }
        map["target"] = entry.value(.string(volume.target))
        if volume.readOnly { map["read_only"] = entry.value(.boolean(true)) }
        var bind = OrderedMap<ComposeValue>()
        bind["selinux"] = volume.selinux.map { entry.value(.string($0)) }
        bind["propagation"] = volume.propagation.map { entry.value(.string($0)) }
        if volume.isBind || !bind.isEmpty { map["bind"] = entry.value(.map(bind)) }
        if !volume.isBind {
            var options = OrderedMap<ComposeValue>()
            if volume.noCopy { options["nocopy"] = entry.value(.boolean(true)) }
            map["volume"] = entry.value(.map(options))
        }
        return entry.value(.map(map))
    }

    private static let checkType: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        guard ["bind", "volume", "tmpfs"].contains(text) else {
            throw TextError(
                "mounts of type \(text.quoted) are not available",
                remedy: "use bind, volume or tmpfs"
            )
        }
        return text
    }

    private static let checkSource: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        guard !text.isEmpty else {
            throw TextError("the source is empty", remedy: "name a path or a volume, or remove it")
        }
        return text
    }

    /// A path below the volume's top, which is all that Docker takes.
    private static let checkSubpath: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        let parts = text.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init)
        guard text.utf8.first != UInt8(ascii: "/"), !parts.contains("..") else {
            throw TextError("\(text.quoted) leaves the volume", remedy: "write a path inside it")
        }
        return text
    }

    /// An absolute path without `.` and `..`, as Go's `path.Clean` writes it.
    private static let checkTarget: @Sendable (String) throws(TextError) -> String = {
        text throws(TextError) in
        guard text.hasPrefix("/") else {
            throw TextError(
                "\(text.quoted) is not an absolute path inside the container",
                remedy: "start it with /"
            )
        }
        return PathText.cleaned(text)
    }

    private static let checkMount: @Sendable (ComposeValue) -> TextError? = { mount in
        let type = mount["type"]?.string ?? ""
        let source = mount["source"]?.string
        for options in ["bind", "volume", "tmpfs"] where options != type && mount[options] != nil {
            // A volume is relabelled as a path is, and Compose has one place for it.
            if options == "bind", type == "volume", mount[options]?.map?.keys == ["selinux"] {
                continue
            }
            return TextError("\(options) options on a mount of type \(type)", remedy: "remove them")
        }
        switch (type, source) {
        case ("bind", nil): return TextError("a bind mount needs a source", remedy: "add one")
        case ("tmpfs", _?): return TextError("memory has no source", remedy: "remove source")
        case ("volume", let source?) where source.contains("/"):
            return TextError(
                "\(source.quoted) is not a volume's name",
                remedy: "use a name from the top-level volumes, or type: bind"
            )
        default: return labelConflict(mount["bind"], with: mount["volume"])
        }
    }

    /// Docker relabels only what is mounted in its older form, which makes missing folders and
    /// always mounts what lies below.
    private static func labelConflict(
        _ bind: ComposeValue?,
        with volume: ComposeValue?
    ) -> TextError? {
        guard bind?["selinux"] != nil else { return nil }
        if volume?["subpath"] != nil {
            return TextError("selinux does not go with subpath", remedy: "remove one of them")
        }
        guard bind?["create_host_path"]?.boolean == false || bind?["recursive"] != nil else {
            return nil
        }
        return TextError(
            "selinux goes with neither create_host_path: false nor recursive",
            remedy: "remove one of them"
        )
    }

    var schema: SchemaNode { .list(of: .any(of: [.type("string"), Self.longForm.schema])) }
}
