/// `volumes` of a service: a list of short forms and long ones.
struct VolumesShape: Shape {
    private static let longForm = ObjectShape(
        [
            .required("type", StringShape(check: checkType, choices: ["bind", "volume", "tmpfs"]))
                .about("What is mounted"),
            Key("source", StringShape(check: checkSource))
                .about("A path of the host, or a volume's name"),
            .required("target", StringShape(check: checkTarget), "The path inside the container"),
            Key("read_only", BooleanShape(dropsFalse: true), "Whether the container may only read"),
            Key("consistency", StringShape(), "Has no effect on Linux"),
            Key("bind", ObjectShape(bindKeys), "How a path of the host is mounted"),
            Key("volume", ObjectShape(volumeKeys), "How a volume is mounted"),
            Key("tmpfs", ObjectShape(tmpfsKeys), "How memory is mounted"),
            .refused("image", "image mounts are not available", "remove it"),
        ],
        check: checkMount
    )

    private static let bindKeys = [
        Key("propagation", StringShape.choice(VolumeText.propagations), "Mount propagation"),
        Key("create_host_path", BooleanShape(), "Creates the directory when it is missing"),
        Key("recursive", StringShape.choice(["enabled", "disabled", "writable", "readonly"]))
            .about("Whether mounts below are mounted too"),
        Key("selinux", StringShape.choice(["z", "Z"]), "SELinux relabelling"),
    ]

    private static let volumeKeys = [
        Key("nocopy", BooleanShape(dropsFalse: true), "Leaves an empty volume empty"),
        Key("subpath", subpath, "The path inside the volume"),
        .refused(
            "labels",
            "labels of a volume belong to its definition",
            "write them under the top-level volumes"
        ),
    ]

    private static let tmpfsKeys = [
        Key("size", BytesShape(), "The most memory, in bytes"),
        Key("mode", ModeShape(most: TmpfsText.mostBits, isNumber: true))
            .about("Permission bits in octal digits, at most 01777"),
    ]

    func read(_ item: Item, at path: String, into problems: inout Problems) -> ComposeValue? {
        guard let list = ListShape.items(of: item, at: path, into: &problems) else { return nil }
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
        return StringShape().convert(entry, at: path, into: &problems) { text throws(TextError) in
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

    @Sendable private static func checkType(_ text: String) throws(TextError) -> String {
        guard ["bind", "volume", "tmpfs"].contains(text) else {
            throw TextError("mounts of type \(text.quoted) are not available")
                .with(remedy: "use bind, volume or tmpfs")
        }
        return text
    }

    @Sendable private static func checkSource(_ text: String) throws(TextError) -> String {
        guard !text.isEmpty else {
            throw TextError("the source is empty", remedy: "name a path or a volume, or remove it")
        }
        return text
    }

    /// A path below the volume's top, which is all that Docker takes.
    private static let subpath = StringShape.matching(
        "leaves the volume",
        remedy: "write a path inside it"
    ) { text in
        let parts = text.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init)
        return text.utf8.first != UInt8(ascii: "/") && !parts.contains("..")
    }

    /// An absolute path without `.` and `..`, as Go's `path.Clean` writes it.
    @Sendable private static func checkTarget(_ text: String) throws(TextError) -> String {
        guard text.hasPrefix("/") else {
            throw TextError("\(text.quoted) is not an absolute path inside the container")
                .with(remedy: "start it with /")
        }
        return PathText.cleaned(text)
    }

    @Sendable private static func checkMount(_ mount: ComposeValue) -> TextError? {
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
            return TextError("\(source.quoted) is not a volume's name")
                .with(remedy: "use a name from the top-level volumes, or type: bind")
        default: return labelConflict(mount["bind"], with: mount["volume"])
        }
    }

    /// Docker relabels only what is mounted in its older form, which creates missing folders and
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
        return TextError("selinux goes with neither create_host_path: false nor recursive")
            .with(remedy: "remove one of them")
    }

    var schema: SchemaNode { .list(of: .any(of: [.type("string"), Self.longForm.schema])) }
}
