internal import Model

/// `volumes` and `tmpfs`.
extension ServiceBuilder {
    /// Bind mounts, volumes and memory; files of the commit are `filesOfMounts`.
    mutating func mounts() -> [Mount] {
        var mounts: [Mount] = []
        for (index, value) in (service["volumes"]?.list ?? []).enumerated()
        where !Self.isFromCommit(value) {
            if let mount = mount(value, "volumes[\(index)]") { mounts.append(mount) }
        }
        for value in service["tmpfs"]?.list ?? [] {
            guard let text = value.string, let tmpfs = try? TmpfsText(text) else { continue }
            let source = Mount.Source.tmpfs(size: tmpfs.size, mode: tmpfs.mode)
            mounts.append(Mount(source, target: tmpfs.target, readOnly: tmpfs.readOnly))
        }
        return mounts
    }

    /// Whether a bind mount names a file by a path that is relative to the manifest.
    static func isFromCommit(_ value: ComposeValue) -> Bool {
        guard value["type"]?.string == "bind", let source = value["source"]?.string else {
            return false
        }
        return !source.hasPrefix("/") && !source.hasPrefix("~")
    }

    private mutating func mount(_ value: ComposeValue, _ key: String) -> Mount? {
        guard value.isReadable, let target = value["target"]?.string else { return nil }
        for path in [value["source"]?.string, target] {
            guard let path, path.utf8.contains(.colon) else { continue }
            let error = TextError("\(path.quoted) has a colon, by which Docker splits a mount")
                .with(remedy: "use a path without one")
            report(error, key, at: value)
            return nil
        }
        let readOnly = value["read_only"]?.boolean ?? false
        let source: Mount.Source?
        switch value["type"]?.string {
        case "bind": source = bind(value, readOnly: readOnly, key)
        case "tmpfs":
            let options = value["tmpfs"]
            source = .tmpfs(
                size: options?["size"]?.integer,
                mode: options?["mode"]?.integer.map { Int($0) }
            )
        case "volume": source = volume(value, readOnly: readOnly, key)
        default: source = nil
        }
        return source.map { Mount($0, target: target, readOnly: readOnly) }
    }

    private mutating func bind(
        _ value: ComposeValue,
        readOnly: Bool,
        _ key: String
    ) -> Mount.Source? {
        guard let path = value["source"]?.string else { return nil }
        guard !path.hasPrefix("~") else {
            let error = TextError("\(path.quoted) depends on who runs Berth")
                .with(remedy: "write the absolute path")
            report(error, key, at: value)
            return nil
        }
        let bind = value["bind"]
        let options = BindOptions(
            propagation: bind?["propagation"]?.string,
            createHostPath: bind?["create_host_path"]?.boolean ?? true,
            selinux: bind?["selinux"]?.string,
            recursive: bind?["recursive"]?.string
        )
        requireHostPath(path, readOnly: readOnly && !options.writesAnyway, key, at: value)
        return .bind(path: PathText.cleaned(path), options: options)
    }

    private mutating func volume(
        _ value: ComposeValue,
        readOnly: Bool,
        _ key: String
    ) -> Mount.Source {
        let options = VolumeOptions(
            noCopy: value["volume"]?["nocopy"]?.boolean ?? false,
            subpath: value["volume"]?["subpath"]?.string,
            selinux: value["bind"]?["selinux"]?.string
        )
        guard let name = value["source"]?.string else {
            if readOnly || options.subpath != nil || options.selinux != nil {
                let error = TextError(
                    "a volume without a name has neither subpath nor read_only nor selinux",
                    remedy: "name a volume with source:, or remove them"
                )
                report(error, key, at: value)
            }
            return .anonymousVolume(options)
        }
        if resources["volumes", name] == nil {
            reportUndefined(name, in: "volumes", key, at: value)
        }
        return .volume(key: name, options: options)
    }
}
