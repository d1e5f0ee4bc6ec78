internal import Digests
internal import Model

/// What identifies the content of a mounted file within an environment.
enum MountedContent: Hashable, Sendable {
    /// A file of the commit, by its path.
    case file(String)
    /// The content that a config itself states, by the config's name.
    case config(String)
}

/// `configs`, `secrets`, and files of the commit that are mounted by a relative path.
extension ServiceBuilder {
    mutating func files(from section: String) -> [FileMount] {
        (service[section]?.list ?? []).enumerated().compactMap { index, value in
            file(value, section, "\(section)[\(index)]")
        }
    }

    private mutating func file(
        _ value: ComposeValue,
        _ section: String,
        _ key: String
    ) -> FileMount? {
        guard value.isReadable, let name = value["source"]?.string else { return nil }
        guard let definition = resources[section, name] else {
            reportUndefined(name, in: section, key, at: value)
            return nil
        }
        for owner in ["uid", "gid"] {
            guard let number = value[owner] else { continue }
            let error = TextError("the \(owner) of a mounted file cannot be set")
                .with(remedy: "remove it")
            report(error, "\(key).\(owner)", at: number)
        }
        let isSecret = section == "secrets"
        let target = target(value["target"]?.string ?? name, isSecret: isSecret)
        let found = source(of: definition, name, isSecret: isSecret, key)
        guard let source = found else { return nil }
        let mode = value["mode"]?.integer.map { Int($0) }
        if mode != nil, case .host = source {
            let warning = TextError("it has no effect: the host's file keeps its own permissions")
            warn(warning, "\(key).mode", at: value["mode"])
        }
        return FileMount(source, target: target, mode: mode, isSecret: isSecret)
    }

    func target(_ text: String, isSecret: Bool) -> String {
        if text.hasPrefix("/") { return PathText.cleaned(text) }
        return PathText.cleaned(isSecret ? "/run/secrets/\(text)" : "/\(text)")
    }

    private mutating func source(
        of definition: ComposeValue,
        _ name: String,
        isSecret: Bool,
        _ key: String
    ) -> FileMount.Source? {
        if let content = definition["content"]?.string {
            return keep(.config(name)) { _ in Array(content.utf8) }
        }
        guard let file = definition["file"], let path = file.string else { return nil }
        if path.hasPrefix("/") {
            requireHostPath(path, readOnly: true, key, at: file)
            return .host(path: PathText.cleaned(path))
        }
        guard !isSecret else {
            let error = TextError("a secret cannot come from the repository")
                .with(remedy: "write an absolute path on the host, or use a config")
            report(error, key, at: file)
            return nil
        }
        return mounted(path, key, at: file)
    }

    /// Files of the commit, mounted read-only by a bind mount with a relative path.
    mutating func filesOfMounts() -> [FileMount] {
        (service["volumes"]?.list ?? []).enumerated().compactMap { index, value in
            guard value.isReadable, Self.isFromCommit(value), let path = value["source"]?.string,
                let target = value["target"]?.string
            else { return nil }
            let key = "volumes[\(index)]"
            guard value["read_only"]?.boolean == true else {
                let error = TextError(
                    "\(path.quoted) lies in the repository, which no container can write to",
                    remedy: isFile(path, at: value)
                        ? "make it read-only (:ro, or read_only: true), or \(Self.onHost)"
                        : Self.onHost
                )
                report(error, key, at: value)
                return nil
            }
            return mounted(path, key, at: value).map { FileMount($0, target: target) }
        }
    }

    private static let onHost = "put it on the host and write its absolute path"

    /// Where a path of the commit lies in the repository; it is relative to the file that names it.
    func place(of path: String, at value: ComposeValue) -> String? {
        PathText.inRepository(path, from: value.origin.location?.file ?? file.path)
    }

    /// Whether the commit has a file there, and not a folder or nothing.
    private func isFile(_ path: String, at value: ComposeValue) -> Bool {
        guard let place = place(of: path, at: value) else { return false }
        return (try? files.read(place)) != nil
    }

    /// The content of a file of the commit; nil, and reported, where it cannot be used.
    mutating func bytes(of path: String, _ key: String, at value: ComposeValue) -> [UInt8]? {
        do throws(TextError) {
            guard let place = place(of: path, at: value) else {
                throw TextError("\(path.quoted) is outside of the repository")
                    .with(remedy: "move it into the repository, or \(Self.onHost)")
            }
            return try content(at: place, isVariables: key.hasPrefix("env_file"))
        } catch {
            report(error, key, at: value)
            return nil
        }
    }

    private func content(at place: String, isVariables: Bool) throws(TextError) -> [UInt8] {
        let found: [UInt8]?
        do {
            found = try files.read(place)
        } catch {
            throw TextError("\(place) cannot be read: \(error)", remedy: Self.onHost)
        }
        guard let bytes = found else {
            throw TextError(
                "the commit has no file \(place)",
                remedy: isVariables
                    ? "add it, or name a file of the host by its absolute path (for passwords)"
                    : "add it; a folder is not mounted from the commit: \(Self.onHost)"
            )
        }
        guard bytes.count <= FleetFiles.largest else {
            throw TextError("\(place) is larger than \(FleetFiles.largest >> 20) MiB")
                .with(remedy: "name a file of the host by its absolute path")
        }
        if let problem = GitPointer.problem(of: bytes) {
            throw TextError("\(place): \(problem.message)", remedy: problem.remedy)
        }
        return bytes
    }

    private mutating func mounted(
        _ path: String,
        _ key: String,
        at value: ComposeValue
    ) -> FileMount.Source? {
        keep(.file(place(of: path, at: value) ?? path)) { $0.bytes(of: path, key, at: value) }
    }

    /// What is mounted many times is read and hashed once.
    private mutating func keep(
        _ content: MountedContent,
        read: (inout ServiceBuilder) -> [UInt8]?
    ) -> FileMount.Source? {
        if let known = digests[content] { return .commit(known) }
        guard let bytes = read(&self) else { return nil }
        let digest = Digest(hashing: bytes)
        contents[digest] = bytes
        digests[content] = digest
        return .commit(digest)
    }
}
