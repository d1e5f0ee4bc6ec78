internal import Model

/// `environment` and `env_file`.
extension ServiceBuilder {
    /// The variables that the commit says, and the host's files that say more.
    mutating func environment() -> ([String: String?], [HostEnvironmentFile]) {
        var variables: [String: String?] = [:]
        var hostFiles: [HostEnvironmentFile] = []
        var hasCommitFile = false
        for (index, value) in (service["env_file"]?.list ?? []).enumerated() {
            guard let path = value["path"]?.string else { continue }
            let key = "env_file[\(index)]"
            let isRequired = value["required"]?.boolean ?? true
            let isRaw = value["format"]?.string == "raw"
            if path.hasPrefix("/") {
                if hasCommitFile {
                    let error = TextError(
                        "a file of the host comes after one of the commit",
                        remedy: "write the host's files first"
                    )
                    report(error, key, at: value)
                }
                requireHostPath(path, readOnly: true, key, at: value)
                let path = PathText.cleaned(path)
                hostFiles.append(
                    HostEnvironmentFile(path: path, isRequired: isRequired, isRaw: isRaw)
                )
            } else {
                hasCommitFile = true
                let read = read(path, isRequired: isRequired, isRaw: isRaw, key, at: value)
                variables.merge(read) { _, later in later }
            }
        }
        for (name, value) in service["environment"]?.map ?? OrderedMap() {
            variables[name] = .some(value.string)
        }
        return (variables, hostFiles)
    }

    private mutating func read(
        _ path: String,
        isRequired: Bool,
        isRaw: Bool,
        _ key: String,
        at value: ComposeValue
    ) -> [String: String?] {
        let speaker = value.origin.location?.file ?? file.path
        if !isRequired, let place = PathText.inRepository(path, from: speaker), isMissing(place) {
            return [:]
        }
        guard fileBudget > 0 else { return [:] }
        guard let bytes = bytes(of: path, key, at: value) else { return [:] }
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(DotEnvText.LineError) {
            // A file is paid for by what it says, and by what comes of its variables.
            fileBudget -= bytes.count
            let variables = self.variables
            let entries =
                isRaw
                ? try DotEnvText.parseRaw(text)
                : try DotEnvText.parse(text, limit: fileBudget) { variables[$0]?.value }
            fileBudget -= entries.reduce(0) { $0 + $1.value.utf8.count }
            guard fileBudget > 0 else { throw DotEnvText.tooMuch(at: 1) }
            return Dictionary(entries.map { ($0.key, $0.value) }) { _, later in later }
        } catch {
            let place = PathText.inRepository(path, from: speaker) ?? path
            let location = SourceLocation(file: place, line: error.line, column: 1)
            problems.report(error.text, at: location, field: service.field(key))
            if error == DotEnvText.tooMuch(at: error.line) { fileBudget = 0 }
            return [:]
        }
    }

    /// Whether the commit has nothing there; what it has and cannot be read is not missing.
    private func isMissing(_ place: String) -> Bool {
        do {
            return try files.read(place) == nil
        } catch {
            return false
        }
    }
}
