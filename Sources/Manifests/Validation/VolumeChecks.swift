internal import Model

/// What the options of a volume's driver reach on the host, and whether the policy lets them.
///
/// Docker's `local` driver hands its options to mount(2), so that a volume can be a path or a
/// device of the host under another name (moby@b985e23, `volume/local/local_unix.go`).
struct VolumeChecks {
    let file: EnvironmentFile
    let volumes: OrderedMap<ComposeValue>

    /// File systems that come over the network or out of nothing.
    private static let distant: Set<String> = ["tmpfs", "nfs", "nfs4", "cifs", "smb3"]
    /// File systems on a device of the host.
    private static let onDevices: Set<String> = ["ext2", "ext3", "ext4", "xfs", "btrfs"]

    /// Reports what is not granted for the volumes that services mount.
    func run(mountedBy services: [Service], into problems: inout Problems) {
        var keys: Set<String> = []
        for mount in services.flatMap(\.container.mounts) {
            if case .volume(let key, _) = mount.source { keys.insert(key) }
        }
        for (key, volume) in volumes where keys.contains(key) {
            check(volume, "volumes.\(key).driver_opts", into: &problems)
        }
    }

    private func check(_ volume: ComposeValue, _ field: String, into problems: inout Problems) {
        guard let options = volume["driver_opts"]?.map, !options.isEmpty else { return }
        guard ["local", ""].contains(volume["driver"]?.string ?? "") else {
            // What a plugin does with a path is its own affair, so every path counts.
            for (name, value) in options where value.string?.hasPrefix("/") == true {
                requirePath(value, readOnly: false, "\(field).\(name)", into: &problems)
            }
            return
        }
        let words = (options["o"]?.string ?? "").split(separator: ",").map {
            $0.trimmingSpaces
        }
        let type = options["type"]?.string ?? ""
        // The kernel looks at no type once it is told to bind.
        if ["", "none"].contains(type) || words.contains("bind") || words.contains("rbind") {
            guard let device = options["device"] else { return }
            let readOnly = words.last { ["ro", "rw"].contains($0) } == "ro"
            return requirePath(device, readOnly: readOnly, "\(field).device", into: &problems)
        }
        if Self.distant.contains(type) { return }
        if Self.onDevices.contains(type) {
            guard let device = options["device"] else { return }
            return requireDevice(device, "\(field).device", into: &problems)
        }
        let error = TextError(
            "a volume of type \(type.quoted) could show anything of the host",
            remedy: "mount it on the host, and name the path with type: none and o: bind"
        )
        problems.report(error, at: options["type"]?.origin.location, field: "\(field).type")
    }

    private func requirePath(
        _ value: ComposeValue,
        readOnly: Bool,
        _ field: String,
        into problems: inout Problems
    ) {
        let path = value.string ?? ""
        guard path.hasPrefix("/") else {
            let error = TextError(
                "\(path.quoted) is not an absolute path",
                remedy: "start it with a slash"
            )
            return problems.report(error, at: value.origin.location, field: field)
        }
        guard !file.policy.allows(path: path, readOnly: readOnly) else { return }
        let entry = PathText.cleaned(path) + (readOnly ? ":ro" : "")
        problems.wants(entry, in: "host_paths")
        let error = TextError(
            "the host's \(path) is not granted",
            remedy: "remove it, or add \(entry) to policy.host_paths in \(file.path)"
        )
        problems.report(error, at: value.origin.location, field: field)
    }

    private func requireDevice(
        _ value: ComposeValue,
        _ field: String,
        into problems: inout Problems
    ) {
        let device = value.string ?? ""
        guard !file.policy.devices.contains(device) else { return }
        problems.wants(device, in: "devices")
        let error = TextError(
            "the device \(device) is not granted",
            remedy: "remove it, or add \(device) to policy.devices in \(file.path)"
        )
        problems.report(error, at: value.origin.location, field: field)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
