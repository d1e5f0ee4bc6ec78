internal import Model

/// `environment` and `env_file`.
extension ServiceBuilder {
    struct Environment {
        var variables: [String: String] = [:]
        var hostFiles: [HostEnvironmentFile] = []
        /// Bare names that one of these files has to set.
        var hostVariables: [String] = []
    }

    mutating func environment() -> Environment {
        var result = Environment()
        var isComplete = true
        var hasCommitFile = false
        for (index, value) in (service["env_file"]?.list ?? []).enumerated() {
            guard let path = value["path"]?.string else { continue }
            let key = "env_file[\(index)]"
            let isRequired = value["required"]?.boolean ?? true
            let isRaw = value["format"]?.string == "raw"
            if path.hasPrefix("/") {
                if hasCommitFile {
                    let error = TextError("a file of the host comes after one of the commit")
                        .with(remedy: "write the host's files first")
                    report(error, key, at: value)
                }
                requireHostPath(path, readOnly: true, key, at: value)
                let path = PathText.cleaned(path)
                result.hostFiles.append(
                    HostEnvironmentFile(path: path, isRequired: isRequired, isRaw: isRaw)
                )
            } else {
                hasCommitFile = true
                let read = read(path, isRequired: isRequired, isRaw: isRaw, key, at: value)
                isComplete = isComplete && read != nil
                result.variables.merge(read ?? [:]) { _, later in later }
            }
        }
        for (name, value) in service["environment"]?.map ?? OrderedMap() {
            if let text = value.string {
                result.variables[name] = text
                continue
            }
            guard value.content == .null, result.variables[name] == nil else { continue }
            if !result.hostFiles.isEmpty {
                result.hostVariables.append(name)
            } else if isComplete {
                report(noValue(of: name), "environment.\(name)", at: value)
            }
        }
        return result
    }

    private func noValue(of name: String) -> TextError {
        let ways = [
            "write its value", variables.setting(of: name), "name an env_file that sets it",
        ].compactMap(\.self)
        return TextError(
            "\(name.quoted) has no value, and neither a variable nor an env_file gives it one",
            remedy: ways.dropLast().joined(separator: ", ") + ", or \(ways.last ?? "")"
        )
    }

    /// The variables of a file of the commit; nil, and reported, where it cannot be read.
    private mutating func read(
        _ path: String,
        isRequired: Bool,
        isRaw: Bool,
        _ key: String,
        at value: ComposeValue
    ) -> [String: String]? {
        let place = place(of: path, at: value)
        if !isRequired, let place, isMissing(place) { return [:] }
        guard fileBudget > 0, let bytes = bytes(of: path, key, at: value) else { return nil }
        do throws(DotEnvText.LineError) {
            let text = try DotEnvText.text(of: bytes)
            // A file is paid for by what it says, and by what comes of its variables.
            fileBudget -= bytes.count
            let variables = self.variables
            let entries = try DotEnvText.entries(text, isRaw: isRaw, limit: fileBudget) {
                variables[$0]?.value
            }
            fileBudget -= entries.reduce(0) { $0 + $1.value.utf8.count }
            guard fileBudget > 0 else { throw DotEnvText.tooMuch(at: 1) }
            return DotEnvText.variables(entries)
        } catch {
            let location = SourceLocation(file: place ?? path, line: error.line, column: 1)
            problems.report(error.text, at: location, field: service.field(key))
            if error == DotEnvText.tooMuch(at: error.line) { fileBudget = 0 }
            return nil
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
