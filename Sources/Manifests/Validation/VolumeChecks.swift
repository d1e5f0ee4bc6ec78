internal import Model

/// What volumes reach on the host and beyond it, and whether the policy lets them.
///
/// Docker's `local` driver hands its options to mount(2), so that a volume can be a path or a
/// device of the host under another name, or a share that the host's kernel mounts with the host's
/// own address (moby@b985e23, `volume/local/local_unix.go`).
struct VolumeChecks {
    let file: EnvironmentFile
    let volumes: OrderedMap<ComposeValue>

    /// File systems that come from a server.
    private static let shares: Set<String> = ["nfs", "nfs4", "cifs", "smb3"]
    /// File systems on a device of the host.
    private static let onDevices: Set<String> = ["ext2", "ext3", "ext4", "xfs", "btrfs"]
    /// Words of `o` whose values are a server's paths.
    private static let ofServer: Set<String> = ["unc", "source", "prefixpath"]
    /// Words of `o` that name a server.
    private static let servers: Set<String> = ["addr", "ip", "mountaddr", "mounthost"]

    /// Reports what is not granted for the volumes that services mount.
    func run(mountedBy services: [Service], into problems: inout Problems) {
        var keys: Set<String> = []
        for mount in services.flatMap(\.container.mounts) {
            if case .volume(let key, _) = mount.source { keys.insert(key) }
        }
        for (key, volume) in volumes where keys.contains(key) {
            checkName(key, volume, into: &problems)
            checkDriver(volume, "volumes.\(key).driver", into: &problems)
            check(volume, "volumes.\(key).driver_opts", into: &problems)
        }
    }

    /// What was created elsewhere may hold another environment's data.
    private func checkName(
        _ key: String,
        _ volume: ComposeValue,
        into problems: inout Problems
    ) {
        for (name, value) in volume["labels"]?.map ?? OrderedMap() {
            guard let error = ReservedLabels.problem(of: name) else { continue }
            let field = "volumes.\(key).labels.\(name)"
            problems.report(error, at: value.origin.location, field: field)
        }
        guard let external = volume["external"] else {
            guard let value = volume["name"], let error = DockerNameText.problem(of: value.string)
            else { return }
            return problems.report(
                error,
                at: value.origin.location,
                field: "volumes.\(key).name"
            )
        }
        let name = volume["name"] ?? external["name"]
        let written = name?.string ?? key
        guard !file.policy.externalVolumes.contains(written) else { return }
        problems.refuse(
            "the external volume \(written) is not granted",
            entry: written,
            in: "external_volumes",
            of: file,
            at: (name ?? external).origin.location,
            field: "volumes.\(key).external"
        )
    }

    /// A plugin has the host's rights, and its options name in its own spelling what it mounts.
    private func checkDriver(
        _ volume: ComposeValue,
        _ field: String,
        into problems: inout Problems
    ) {
        guard let driver = volume["driver"], let name = driver.string, !isLocal(volume),
            !file.policy.volumeDrivers.contains(name)
        else { return }
        problems.refuse(
            "the volume driver \(name.quoted) can mount whatever it is told to",
            entry: name,
            in: "volume_drivers",
            of: file,
            at: driver.origin.location,
            field: field
        )
    }

    private func isLocal(_ volume: ComposeValue) -> Bool {
        ["local", ""].contains(volume["driver"]?.string ?? "")
    }

    private func check(_ volume: ComposeValue, _ field: String, into problems: inout Problems) {
        guard let options = volume["driver_opts"]?.map, !options.isEmpty else { return }
        guard isLocal(volume) else {
            // What a plugin does with a path is its own affair, so every path counts.
            for (name, value) in options {
                let field = "\(field).\(name)"
                for text in Self.parts(of: value.string ?? "") {
                    guard let path = reach(text, at: value, field, into: &problems)?.path else {
                        continue
                    }
                    requirePath(path, readOnly: false, at: value, field, into: &problems)
                }
            }
            return
        }
        let local = LocalVolumeOptions(volume["driver_opts"]?.texts ?? [:])
        let (type, words) = (local.type, local.words)
        for (name, value) in options {
            guard let error = Self.problem(of: name, words) else { continue }
            problems.report(error, at: value.origin.location, field: "\(field).\(name)")
        }
        if local.binds {
            guard let device = options["device"] else { return }
            return requirePath(
                local.device ?? "",
                readOnly: local.onlyReads,
                at: device,
                "\(field).device",
                into: &problems
            )
        }
        if type == "tmpfs" { return }
        if Self.shares.contains(type) {
            checkWords(words, of: options, "\(field).o", into: &problems)
            return checkServers(words, of: options, field, into: &problems)
        }
        if Self.onDevices.contains(type) {
            checkWords(words, of: options, "\(field).o", into: &problems)
            guard let device = options["device"] else { return }
            return requireDevice(
                device.string ?? "",
                at: device,
                "\(field).device",
                into: &problems
            )
        }
        let error = TextError(
            "a volume of type \(type.quoted) could show anything of the host",
            remedy: "mount it on the host, and name the path with type: none and o: bind"
        )
        problems.report(error, at: options["type"]?.origin.location, field: "\(field).type")
    }

    /// What Docker's own driver, or the kernel, would not read as it is read here.
    private static func problem(of name: String, _ words: [String]) -> TextError? {
        guard LocalVolumeOptions.names.contains(name) else {
            return TextError(
                "the driver local has no option \(name.quoted)",
                remedy: "the options are type, o, device and size"
            )
        }
        guard name == "o" else { return nil }
        if let word = words.first(where: { $0.utf8.first == 0x20 || $0.utf8.last == 0x20 }) {
            return TextError(
                "\(word.quoted) has a blank, which Docker does not leave out",
                remedy: "write commas without blanks"
            )
        }
        guard words.contains(where: { KeyValueText($0).key.lowercased() == "sep" }) else {
            return nil
        }
        return TextError("sep= splits the rest elsewhere", remedy: "split it by commas")
    }

    /// Words of `o` that name a file or a device of the host, as `credentials=/root/share`.
    private func checkWords(
        _ words: [String],
        of options: OrderedMap<ComposeValue>,
        _ field: String,
        into problems: inout Problems
    ) {
        guard let value = options["o"] else { return }
        for word in words.map({ KeyValueText($0) })
        where !Self.ofServer.contains(word.key.lowercased()) {
            guard let text = word.value,
                let path = reach(text, at: value, field, into: &problems)?.path
            else { continue }
            guard !PathText.isInside(PathText.cleaned(path), of: "/dev") else {
                requireDevice(path, at: value, field, into: &problems)
                continue
            }
            requirePath(path, readOnly: true, at: value, field, into: &problems)
        }
    }

    /// The host's kernel mounts a share, and the server sees the host.
    private func checkServers(
        _ words: [String],
        of options: OrderedMap<ComposeValue>,
        _ field: String,
        into problems: inout Problems
    ) {
        let pairs = words.map { KeyValueText($0) }
        // cifs takes the words in any case.
        var names = pairs.filter { Self.servers.contains($0.key.lowercased()) }
            .compactMap(\.value)
        let devices =
            [options["device"]?.string].compactMap(\.self)
            + pairs.filter { Self.ofServer.contains($0.key.lowercased()) }.compactMap(\.value)
        names += devices.compactMap(Self.server)
        let place = options["device"] ?? options["o"]
        guard !names.isEmpty else {
            let error = TextError("no server is named", remedy: "add its addr= to o")
            return problems.report(error, at: place?.origin.location, field: field)
        }
        for name in Set(names).sorted() where !file.policy.fileServers.contains(name) {
            problems.refuse(
                "the file server \(name) is not granted",
                entry: name,
                in: "file_servers",
                of: file,
                at: place?.origin.location,
                field: field
            )
        }
    }

    /// The server of `//server/share`, `server:/path` or `[2001:db8::1]:/path`.
    private static func server(of device: String) -> String? {
        let slashes = device.replacing("\\", with: "/")
        if slashes.hasPrefix("//") {
            return slashes.split(separator: "/").first.map(String.init)
        }
        if device.hasPrefix("[") {
            return device.dropFirst().split(separator: "]").first.map(String.init)
        }
        let name = device.prefix { $0 != ":" && $0 != "/" }
        return name.isEmpty || name.endIndex == device.endIndex ? nil : String(name)
    }

    /// Where paths may stand in an option of a driver that is not known: all of it, or what is
    /// behind `=` or a comma.
    private static func parts(of text: String) -> [String] {
        guard text.utf8.first != UInt8(ascii: "/") else { return [text] }
        return [text]
            + text.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "=") }
            .map { String(Substring($0).drop { $0 == " " }) }.filter { $0 != text }
    }

    private func reach(
        _ text: String,
        at value: ComposeValue,
        _ field: String,
        into problems: inout Problems
    ) -> HostPathReference? {
        do {
            return try HostPathReference(text)
        } catch {
            problems.report(error, at: value.origin.location, field: field)
            return nil
        }
    }

    private func requirePath(
        _ path: String,
        readOnly: Bool,
        at value: ComposeValue,
        _ field: String,
        into problems: inout Problems
    ) {
        guard path.utf8.first == UInt8(ascii: "/") else {
            let error = TextError(
                "\(path.quoted) is not an absolute path",
                remedy: "start it with a slash"
            )
            return problems.report(error, at: value.origin.location, field: field)
        }
        guard !file.policy.allows(path: path, readOnly: readOnly) else { return }
        problems.refuse(
            "the host's \(path) is not granted",
            entry: PathText.cleaned(path) + (readOnly ? ":ro" : ""),
            in: "host_paths",
            of: file,
            at: value.origin.location,
            field: field
        )
    }

    private func requireDevice(
        _ device: String,
        at value: ComposeValue,
        _ field: String,
        into problems: inout Problems
    ) {
        guard !file.policy.devices.contains(device) else { return }
        problems.refuse(
            "the device \(device) is not granted",
            entry: device,
            in: "devices",
            of: file,
            at: value.origin.location,
            field: field
        )
    }
}
