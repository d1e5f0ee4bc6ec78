internal import Model

/// What volumes reach on the host and beyond it, and whether the policy lets them.
///
/// Docker's `local` driver hands its options to mount(2), so that a volume can be a path or a
/// device of the host under another name, or a share that the host's kernel mounts with the host's
/// own address (moby@b985e23, `volume/local/local_unix.go`).
struct VolumeChecks {
    let file: EnvironmentFile
    let volumes: OrderedMap<ComposeValue>
    var problems: Problems

    /// File systems that come from a server.
    private static let shares: Set<String> = ["nfs", "nfs4", "cifs", "smb3"]
    /// File systems on a device of the host.
    private static let onDevices: Set<String> = ["ext2", "ext3", "ext4", "xfs", "btrfs"]
    /// Words of `o` whose values are a server's paths.
    private static let ofServer: Set<String> = ["unc", "source", "prefixpath"]
    private static let servers: Set<String> = ["addr", "ip", "mountaddr", "mounthost"]

    mutating func run(mountedBy services: [Service]) {
        var keys: Set<String> = []
        for mount in services.flatMap(\.container.mounts) {
            if case .volume(let key, _) = mount.source { keys.insert(key) }
        }
        for (key, volume) in volumes where keys.contains(key) {
            // What was created elsewhere may hold another environment's data.
            problems.checkObject(.volume, key, volume, of: file) {
                file.policy.externalVolumes.contains($0)
            }
            checkDriver(volume, "volumes.\(key).driver")
            check(volume, "volumes.\(key).driver_opts")
        }
    }

    /// A plugin has the host's rights, and its options name in its own spelling what it mounts.
    private mutating func checkDriver(_ volume: ComposeValue, _ field: String) {
        guard let driver = volume["driver"], let name = driver.string, !isLocal(volume),
            !file.policy.volumeDrivers.contains(name)
        else { return }
        let message = "the volume driver \(name.quoted) can mount any path or device of the host"
        refuse(message, name, in: "volume_drivers", at: driver, field)
    }

    private func isLocal(_ volume: ComposeValue) -> Bool {
        ["local", ""].contains(volume["driver"]?.string ?? "")
    }

    private mutating func check(_ volume: ComposeValue, _ field: String) {
        guard let options = volume["driver_opts"]?.map, !options.isEmpty else { return }
        guard isLocal(volume) else {
            // What a plugin does with a path is its own affair, so every path counts.
            for (name, value) in options {
                let field = "\(field).\(name)"
                for text in Self.parts(of: value.string ?? "") {
                    guard let path = reach(text, at: value, field)?.path else { continue }
                    requirePath(path, readOnly: false, at: value, field)
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
                "\(field).device"
            )
        }
        if type == "tmpfs" { return }
        if Self.shares.contains(type) {
            checkWords(words, of: options, "\(field).o")
            return checkServers(words, of: options, field)
        }
        if Self.onDevices.contains(type) {
            checkWords(words, of: options, "\(field).o")
            guard let device = options["device"] else { return }
            return requireDevice(device.string ?? "", at: device, "\(field).device")
        }
        let error = TextError("a volume of type \(type.quoted) could show anything of the host")
            .with(remedy: "mount it on the host, and name the path with type: none and o: bind")
        problems.report(error, at: options["type"]?.origin.location, field: "\(field).type")
    }

    /// What Docker's own driver, or the kernel, would not read as it is read here.
    private static func problem(of name: String, _ words: [String]) -> TextError? {
        guard LocalVolumeOptions.names.contains(name) else {
            return TextError("the driver local has no option \(name.quoted)")
                .with(remedy: "the options are type, o, device and size")
        }
        guard name == "o" else { return nil }
        if let word = words.first(where: { $0.utf8.first == 0x20 || $0.utf8.last == 0x20 }) {
            return TextError("\(word.quoted) has a blank, which Docker does not leave out")
                .with(remedy: "write commas without blanks")
        }
        guard words.contains(where: { KeyValueText($0).key.lowercased() == "sep" }) else {
            return nil
        }
        return TextError("sep= splits the rest elsewhere", remedy: "split it by commas")
    }

    /// Words of `o` that name a file or a device of the host, as `credentials=/root/share`.
    private mutating func checkWords(
        _ words: [String],
        of options: OrderedMap<ComposeValue>,
        _ field: String
    ) {
        guard let value = options["o"] else { return }
        for word in words.map({ KeyValueText($0) })
        where !Self.ofServer.contains(word.key.lowercased()) {
            guard let text = word.value,
                let path = reach(text, at: value, field)?.path
            else { continue }
            guard !PathText.isInside(PathText.cleaned(path), of: "/dev") else {
                requireDevice(path, at: value, field)
                continue
            }
            requirePath(path, readOnly: true, at: value, field)
        }
    }

    /// The host's kernel mounts a share, and the server sees the host.
    private mutating func checkServers(
        _ words: [String],
        of options: OrderedMap<ComposeValue>,
        _ field: String
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
            let message = "the file server \(name) is not granted"
            refuse(message, name, in: "file_servers", at: place, field)
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

    /// The parts of an unknown driver's option that may be paths: all of it, or behind `=` or `,`.
    private static func parts(of text: String) -> [String] {
        guard text.utf8.first != UInt8(ascii: "/") else { return [text] }
        return [text]
            + text.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "=") }
            .map { String(Substring($0).drop { $0 == " " }) }.filter { $0 != text }
    }

    private mutating func reach(
        _ text: String,
        at value: ComposeValue,
        _ field: String
    ) -> HostPathReference? {
        do {
            return try HostPathReference(text)
        } catch {
            problems.report(error, at: value.origin.location, field: field)
            return nil
        }
    }

    private mutating func requirePath(
        _ path: String,
        readOnly: Bool,
        at value: ComposeValue,
        _ field: String
    ) {
        let place = value.origin.location
        problems.requireHostPath(path, readOnly: readOnly, of: file, at: place, field: field)
    }

    private mutating func requireDevice(_ device: String, at value: ComposeValue, _ field: String) {
        guard !file.policy.devices.contains(device) else { return }
        refuse("the device \(device) is not granted", device, in: "devices", at: value, field)
    }

    private mutating func refuse(
        _ message: String,
        _ entry: String,
        in key: String,
        at value: ComposeValue?,
        _ field: String
    ) {
        let place = value?.origin.location
        problems.refuse(message, entry: entry, in: key, of: file, at: place, field: field)
    }
}
