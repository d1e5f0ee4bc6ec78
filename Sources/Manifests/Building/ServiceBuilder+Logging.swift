internal import Model

/// `logging`: what stays within Docker and the host's journal, and what the policy grants.
extension ServiceBuilder {
    private static let sizes: Set<String> = ["max-size", "max-file", "compress"]
    private static let choices: Set<String> = [
        "labels", "labels-regex", "env", "env-regex", "tag",
    ]
    /// What dockerd takes for any driver.
    private static let common: Set<String> = ["mode", "max-buffer-size"]

    /// The drivers that need no grant, and their options (moby, `daemon/logger`).
    private static let ownDrivers: [String: Set<String>] = [
        "json-file": sizes.union(choices).union(common), "local": sizes.union(common),
        "journald": choices.union(common), "none": [],
    ]

    mutating func logging() -> Logging? {
        guard let value = service["logging"] else { return nil }
        let driver = value["driver"]?.string
        let isGranted = driver.map(policy.logDrivers.contains) ?? false
        let own =
            driver.map { Self.ownDrivers[$0] }
            ?? Self.sizes.union(Self.choices)
            .union(Self.common)
        if let driver, own == nil, !isGranted {
            refuse(
                "the log driver \(driver.quoted) sends logs elsewhere",
                "logging.driver",
                "log_drivers",
                value["driver"] ?? value,
                driver
            )
        }
        for (name, option) in value["options"]?.map ?? OrderedMap() where option.isReadable {
            check(name, option, of: driver, taking: isGranted ? nil : own)
        }
        return Logging(driver: driver, options: value["options"]?.texts ?? [:])
    }

    private mutating func check(
        _ name: String,
        _ option: ComposeValue,
        of driver: String?,
        taking known: Set<String>?
    ) {
        let key = "logging.options.\(name)"
        let text = option.string ?? ""
        guard let known else {
            // What a driver reads or connects to on this host is the host's.
            if Self.isRelativePath(text, of: name) {
                let error = TextError("\(text.quoted) is a path that begins at Docker's own folder")
                    .with(remedy: "write the absolute path")
                return report(error, key, at: option)
            }
            do {
                guard let reach = try HostPathReference(text) else { return }
                requireHostPath(reach.path, readOnly: !reach.isSocket, key, at: option)
            } catch {
                report(error, key, at: option)
            }
            return
        }
        guard known.contains(name) else {
            let error = TextError(
                "\(driver ?? "the host's own driver") has no option \(name.quoted) here",
                remedy: known.isEmpty
                    ? "remove it" : "the options are \(known.sorted().joined(separator: ", "))"
            )
            return report(error, key, at: option)
        }
        if let error = Self.problem(of: name, text) { report(error, key, at: option) }
    }

    /// Options whose values are files (moby, `daemon/logger`).
    private static let files: Set<String> = [
        "syslog-tls-ca-cert", "syslog-tls-cert", "syslog-tls-key", "splunk-capath",
    ]

    /// Whether a driver would look for a file beneath the folder that dockerd runs in.
    ///
    /// The options of a plugin are known by their names alone.
    private static func isRelativePath(_ text: String, of name: String) -> Bool {
        guard !text.isEmpty, text.utf8.first != UInt8(ascii: "/") else { return false }
        if files.contains(name) { return true }
        guard !text.contains("://") else { return false }
        if ["./", "../"].contains(where: text.hasPrefix) || text.contains("/../") { return true }
        let words = Set(name.lowercased().split { "-_.".contains($0) })
        let isFile =
            !words.isDisjoint(with: ["file", "cert", "cacert", "capath", "cafile", "pem"])
            || !words.isDisjoint(with: ["tls", "ssl"]) && !words.isDisjoint(with: ["ca", "key"])
        return isFile && Int(text) == nil && !["true", "false"].contains(text.lowercased())
    }

    private static func problem(of name: String, _ text: String) -> TextError? {
        switch name {
        case "max-size", "max-buffer-size":
            let isNone = name == "max-size" && text == "-1"
            guard !isNone, ((try? ByteText.parse(text)) ?? 0) <= 0 else { return nil }
            return TextError("\(text.quoted) is not a size", remedy: "write 10m")
        case "max-file":
            guard (Int(text) ?? 0) < 1 else { return nil }
            return TextError("\(text.quoted) is not a number of files", remedy: "write 1 or more")
        case "compress":
            guard !["true", "false"].contains(text) else { return nil }
            return TextError("\(text.quoted) is neither true nor false", remedy: "write one")
        case "mode":
            guard !["blocking", "non-blocking"].contains(text) else { return nil }
            return TextError(
                "\(text.quoted) is not a mode",
                remedy: "write blocking or non-blocking"
            )
        default: return nil
        }
    }
}
