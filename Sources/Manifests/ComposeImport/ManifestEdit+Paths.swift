internal import Model
internal import YAML

/// Relative paths: files of the commit are found from `manifests/`, the rest on the host.
extension ManifestEdit {
    mutating func mount(_ node: Node?, of service: String) {
        for (index, item) in (node?.sequence ?? []).enumerated() {
            let field = "services.\(service).volumes[\(index)]"
            if let scalar = item.scalar {
                let text = filled(scalar.text)
                guard text.problem == nil, let volume = try? VolumeText(text.text),
                    let path = volume.source
                else { continue }
                guard volume.isBind else {
                    note(volume: path)
                    continue
                }
                let mount = Mount(path: path, isRead: volume.readOnly, node: item, field: field)
                take(mount, among: text.text)
            } else if let path = item["source"], let scalar = path.scalar {
                let text = filled(scalar.text).text
                guard item["type"]?.scalar?.text == "bind" else {
                    if item["type"]?.scalar?.text == "volume" { note(volume: text) }
                    continue
                }
                let isRead = item["read_only"]?.scalar.map { filled($0.text).text } == "true"
                let mount = Mount(path: text, isRead: isRead, node: path, field: field)
                take(mount, among: text)
            }
        }
    }

    private struct Mount {
        var path: String
        var isRead: Bool
        var node: Node
        var field: String
    }

    private mutating func note(volume key: String) {
        if !volumes.contains(key) { volumes.append(key) }
    }

    /// Finds a mount's source from where it is named now; `text` is all of the value.
    private mutating func take(_ mount: Mount, among text: String) {
        guard let first = mount.path.first, ".~".contains(first) else { return }
        if first == "~" {
            let rest = mount.path.dropFirst()
            guard rest.isEmpty || rest.first == "/" else { return }
            return replace(mount, with: PathText.cleaned("\(source.home)/\(rest)"), in: text)
        }
        if mount.isRead, let bytes = publicFile(mount.path) {
            return replace(mount, with: committed(mount.path, bytes), in: text)
        }
        if source.data == nil, !mount.isRead {
            let error = TextError(
                "\(mount.path.quoted) lies in the repository, which no container can write to",
                remedy: "add --data \(source.place), or where its folder is on the host"
            )
            report(error, at: mount.node.mark, field: mount.field)
            missing.add("data", source.place)
        }
        replace(mount, with: onHost(mount.path), in: text)
    }

    /// A file with nothing in its name or content that looks like a secret.
    private func publicFile(_ path: String) -> [UInt8]? {
        guard !SecretRule.namesSecret(path), let bytes = file(path),
            !SecretRule.holdsSecret(String(decoding: bytes, as: UTF8.self))
        else { return nil }
        return bytes
    }

    func hostPath(of path: String) -> String {
        PathText.cleaned("\(source.data ?? source.place)/\(path)")
    }

    private mutating func onHost(_ path: String) -> String {
        let place = hostPath(of: path)
        hostPaths.insert(place)
        return place
    }

    /// The path from `manifests/` of a file that a commit has, or gets.
    private mutating func committed(_ path: String, _ bytes: [UInt8]) -> String {
        if isCommitted(path), let place = fromManifests(path) { return place }
        let inside = PathText.cleaned("/\(path)")
        if !copies.contains(where: { $0.path == "files\(inside)" }) {
            copies.append(("files\(inside)", bytes))
        }
        return "../files\(inside)"
    }

    /// A path from the Compose file, written from `manifests/`; nil outside of the repository.
    func fromManifests(_ path: String) -> String? {
        inRepository(path).map { PathText.cleaned("../\($0)") }
    }

    /// A path from the Compose file, written from the repository's root.
    private func inRepository(_ path: String) -> String? {
        source.folder.map { PathText.cleaned($0.isEmpty ? path : "\($0)/\(path)") }
    }

    /// A file by its path from the Compose file.
    func file(_ path: String) -> [UInt8]? {
        if let bytes = try? source.beside(path) { return bytes }
        return inRepository(path).flatMap { try? source.other($0) }
    }

    /// Whether a commit of the repository could have the file.
    func isCommitted(_ path: String) -> Bool {
        inRepository(path).flatMap { try? source.other($0) } != nil
    }

    /// Changes the path alone where it stands as it is, else the whole value.
    private mutating func replace(_ mount: Mount, with path: String, in text: String) {
        guard let scalar = mount.node.scalar else { return }
        let start = mount.node.range.lowerBound + (scalar.isPlain ? 0 : 1)
        let old = Array(mount.path.utf8)
        let isLiteral = scalar.style != .literal && scalar.style != .folded
        if isLiteral, source.bytes[start...].starts(with: old) {
            let new = path.replacing("$", with: "$$")
            return changes.replace(start..<start + old.count, with: new)
        }
        let rest = text.utf8.dropFirst(old.count)
        let value = path + String(decoding: Array(rest), as: UTF8.self)
        changes.set(mount.node, to: value)
    }

    // MARK: Configs, secrets, files of variables

    /// `file` of configs and secrets.
    mutating func nameFiles() {
        for section in ["configs", "secrets"] {
            for entry in root[section]?.entries ?? [] {
                guard let node = entry.value["file"], let scalar = node.scalar else { continue }
                let path = filled(scalar.text).text
                guard !path.isEmpty, !path.hasPrefix("/") else { continue }
                let field = "\(section).\(entry.name).file"
                let mount = Mount(path: path, isRead: true, node: node, field: field)
                if section == "configs", let bytes = publicFile(path) {
                    replace(mount, with: committed(path, bytes), in: path)
                } else {
                    replace(mount, with: onHost(path), in: path)
                }
            }
        }
    }

    /// A relative path starts at `manifests/` from now on.
    mutating func rewritePath(_ node: Node) {
        guard let scalar = node.scalar else { return }
        let path = filled(scalar.text).text
        guard let place = fromManifests(path) else { return }
        let mount = Mount(path: path, isRead: true, node: node, field: "")
        replace(mount, with: place, in: path)
    }
}
